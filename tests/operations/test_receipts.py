"""A filing level counts only by a receipt that the receiving authority's own account recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.domain.receipts import FilingReceipt
from certsvc.domain.registry import FilingLevel
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, HOSPITAL, REGULAR, RURAL, sample

CITY, LOCAL, PROVINCE = FilingLevel.CITY, FilingLevel.LOCAL, FilingLevel.PROVINCE
CITY_RECEIPT = ("2023-SDX-222404-NY-1", date(2023, 11, 28))
PROVINCE_RECEIPT = ("2023-SDX-222404-NY-2", date(2023, 12, 6))
LOCAL_RECEIPT = ("2023-PP-YY-01-1", date(2023, 11, 7))
Opener = Callable[[str], OfficeUnderTest]


@pytest.fixture
def opened(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Opener]:
    offices: list[OfficeUnderTest] = []

    def open_one(receipts: str) -> OfficeUnderTest:
        offices.append(OfficeUnderTest(tmp_path, clock, database_url, receipts=receipts))
        for name, role, region in (
            ("changchun", Role.MAKER, "220100"),
            ("siping", Role.MAKER, "220300"),
            ("watcher", Role.SUPERVISOR, "222400"),
        ):
            offices[0].office.actors.register_actor(Actor(name, role, region), clock.now())
        return offices[0]

    yield open_one
    for one in offices:
        one.close()


@pytest.fixture
def strict(opened: Opener) -> OfficeUnderTest:
    """An office where every level must be recorded."""
    return opened("recorded")


def submit(office: OfficeUnderTest, name: str = DUAL_DIRECTED, **header: Any) -> FilingReport:
    report = office.submit(sample(name).with_rows([{}]).with_header(**header).xlsx())
    assert report.status is FilingStatus.EXAMINED, report.findings
    return report


def record(
    office: OfficeUnderTest,
    filing: str,
    level: FilingLevel = CITY,
    receipt: tuple[str, date] = CITY_RECEIPT,
    actor: str = "city",
    opinion: str = "同意报送",
) -> FilingReceipt:
    return office.office.receipts.record(filing, level, *receipt, opinion, actor)


def test_the_owning_city_records_then_the_province_approves_and_the_chain_is_whole(
    strict: OfficeUnderTest,
) -> None:
    filing = submit(strict).filing
    with pytest.raises(ConflictError, match="市州（延边朝鲜族自治州人力资源和社会保障部门）尚未登记回执"):
        strict.approval.approve(filing, "maker")
    record(strict, filing)
    approved = strict.approval.approve(filing, "maker")
    assert approved.status is FilingStatus.APPROVED
    assert "filing-receipt-claimed-only" not in {finding.code for finding in approved.findings}
    chain = strict.office.receipts.receipts.recorded(filing)
    assert [(one.level, one.office, one.actor, one.receipt_ref, one.received_on) for one in chain] == [
        (CITY, "222400", "city", *CITY_RECEIPT),
        (PROVINCE, "220000", "maker", *PROVINCE_RECEIPT),
    ]
    assert strict.office.receipts.missing(filing) == ()


def test_the_department_over_an_appointment_linked_committee_records_its_batches(
    strict: OfficeUnderTest,
) -> None:
    filing = submit(strict, HOSPITAL).filing
    with pytest.raises(NotPermitted, match="长春市"):
        record(strict, filing, LOCAL, LOCAL_RECEIPT, "siping")
    with pytest.raises(ConflictError, match="当地（长春市"):
        strict.approval.approve(filing, "maker")
    record(strict, filing, LOCAL, LOCAL_RECEIPT, "changchun")
    assert strict.approval.approve(filing, "maker").status is FilingStatus.APPROVED


@pytest.mark.parametrize("name", [REGULAR, RURAL])
def test_a_batch_filed_with_the_province_alone_is_received_by_its_approval(
    strict: OfficeUnderTest, name: str
) -> None:
    filing = submit(strict, name).filing
    strict.approval.approve(filing, "maker")
    (receipt,) = strict.office.receipts.receipts.recorded(filing)
    assert (receipt.step, receipt.level, receipt.actor, receipt.office) == (1, PROVINCE, "maker", "220000")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"actor": "county"}, NotPermitted),
        ({"actor": "maker"}, NotPermitted),
        ({"actor": "siping"}, NotPermitted),
        ({"actor": "watcher"}, NotPermitted),
        ({"actor": "nobody"}, UnknownReference),
        ({"level": LOCAL}, ConflictError),
        ({"level": PROVINCE, "receipt": PROVINCE_RECEIPT, "actor": "maker"}, ConflictError),
        ({"receipt": (CITY_RECEIPT[0], date(2026, 11, 21))}, RequestError),
        ({"receipt": (CITY_RECEIPT[0], date(2023, 11, 29))}, ConflictError),
        ({"receipt": ("2023-OTHER", CITY_RECEIPT[1])}, ConflictError),
        ({"opinion": "  "}, RequestError),
        ({"opinion": "同" * 501}, RequestError),
        ({"opinion": "同意\n"}, RequestError),
        ({"receipt": ("", CITY_RECEIPT[1])}, RequestError),
    ],
)
def test_anything_but_the_right_account_in_order_with_the_claimed_numbers_is_refused(
    strict: OfficeUnderTest, change: dict[str, Any], error: type[Exception]
) -> None:
    filing = submit(strict).filing
    with pytest.raises(error) as refused:
        record(strict, filing, **change)
    assert type(refused.value) is error
    assert strict.office.receipts.receipts.recorded(filing) == ()


def test_a_receipt_is_recorded_once_and_never_changed(strict: OfficeUnderTest) -> None:
    filing = submit(strict).filing
    first = record(strict, filing)
    assert record(strict, filing) == first
    with pytest.raises(ConflictError, match="不能更改"):
        record(strict, filing, opinion="不同意")
    assert strict.office.receipts.receipts.recorded(filing) == (first,)


def test_an_unknown_filing_and_a_refused_one_have_no_receipts(strict: OfficeUnderTest) -> None:
    with pytest.raises(UnknownReference):
        record(strict, "F000000000000000")
    refused = strict.submit(
        sample(DUAL_DIRECTED).with_rows([{}]).with_header(备案2报送单位="HRSS-222404").xlsx()
    )
    assert refused.status is FilingStatus.REFUSED
    with pytest.raises(ConflictError, match="整批不予受理"):
        record(strict, refused.filing)


def test_where_claims_suffice_the_approval_says_that_it_rests_on_them(opened: Opener) -> None:
    office = opened("claimed")
    filing = submit(office).filing
    answer = office.approval.approve(filing, "maker")
    (warning,) = [one for one in answer.findings if one.code == "filing-receipt-claimed-only"]
    assert (warning.severity.value, warning.column) == ("warning", "备案1回执号")
    assert "市州备案" in warning.message
    assert "2023-11-28" in warning.message
    with pytest.raises(ConflictError, match="上一级已登记"):
        record(office, filing)
