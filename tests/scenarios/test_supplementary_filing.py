"""A held or refused person of an issued batch comes again with the same 批次编号 and the same document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.filing import FilingReport, FilingStatus
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, Batch, sample

PEOPLE: list[dict[str, Any]] = [dict(sample(REGULAR).rows[place], 依据文号=None) for place in range(3)]
OPEN, CLEARED = {"公示结果": "有异议"}, {"公示结果": "异议不成立"}


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


def batch(*rows: dict[str, Any], **header: Any) -> bytes:
    filing: Batch = sample(REGULAR).with_rows(rows).with_header(**header)
    return filing.xlsx()


def counts(report: FilingReport) -> tuple[int, int, int]:
    return report.rows.admitted, report.rows.held, report.rows.refused


def first_filing(office: OfficeUnderTest) -> FilingReport:
    """Three persons, the last one under an objection; the others are issued."""
    report = office.submit(batch(PEOPLE[0], PEOPLE[1], {**PEOPLE[2], **OPEN}))
    assert counts(report) == (2, 1, 0)
    assert len(office.issue(report)) == 2
    return report


def test_a_held_person_is_issued_when_the_objection_was_not_upheld(office: OfficeUnderTest) -> None:
    first_filing(office)
    again = office.submit(batch({**PEOPLE[2], **CLEARED}))
    assert (again.status, counts(again), again.findings) == (FilingStatus.EXAMINED, (1, 0, 0), ())
    (certificate,) = office.issue(again)
    assert office.check_qr(certificate)["verdict"] == "passed"


def test_the_whole_corrected_file_admits_only_who_has_no_certificate_yet(office: OfficeUnderTest) -> None:
    first_filing(office)
    again = office.submit(batch(PEOPLE[0], PEOPLE[1], {**PEOPLE[2], **CLEARED}))
    assert (again.status, counts(again)) == (FilingStatus.EXAMINED, (1, 0, 2))
    assert {(f.row, f.case) for f in again.findings} == {(1, 23), (2, 23)}


@pytest.mark.parametrize("other", [{"批次编号": "2023-GC-GL-02"}, {"批次编号": None}])
def test_another_batch_may_not_use_the_document(office: OfficeUnderTest, other: dict[str, Any]) -> None:
    first_filing(office)
    again = office.submit(batch({**PEOPLE[2], **CLEARED}, **other))
    assert again.status is FilingStatus.REFUSED


def test_a_batch_is_supplemented_only_after_its_certificates_are_issued(office: OfficeUnderTest) -> None:
    """Until then nobody can tell who of the first filing has a certificate."""
    first = office.submit(batch(PEOPLE[0], PEOPLE[1], {**PEOPLE[2], **OPEN}))
    office.approval.approve(first.filing, "maker")
    again = office.submit(batch({**PEOPLE[2], **CLEARED}))
    assert again.status is FilingStatus.REFUSED
    assert "announcement-used" in {f.code for f in again.findings}


def test_a_certificate_that_was_withdrawn_does_not_come_back_by_a_supplement(office: OfficeUnderTest) -> None:
    from sqlalchemy import update

    from certsvc.adapters.schema import certificate
    from certsvc.domain.certificate_status import CertificateStatus

    first_filing(office)
    with office.office.engine.begin() as connection:
        connection.execute(update(certificate).values(status=int(CertificateStatus.REVOKED)))
    again = office.submit(batch(PEOPLE[0], {**PEOPLE[2], **CLEARED}))
    assert counts(again) == (1, 0, 1)
    assert {(f.row, f.code) for f in again.findings} == {(1, "title-withdrawn")}
