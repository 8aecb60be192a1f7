"""Historical records beside certificates: what rests on a revoked one is listed, and issue looks at them once more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.decision import DecisionKind
from certsvc.domain.dependants import DependantStatus, Reason
from certsvc.domain.statistics import Basis, Dimension, Standing, StatisticsQuestion
from tests.decisions.deciders import SUN, Deciders, issue_sun, open_deciders
from tests.history.papers import ZHOU, Archive
from tests.support.workbooks import REGULAR, sample

GROUND = "经核查，申报材料与事实不符"
DEPUTY = {
    **ZHOU, **SUN, "原职称名称": "高级工程师", "原职称系列": "工程", "原职称级别": "副高", "取得时间": "2008.6",
}  # fmt: skip
SENIOR = {
    **DEPUTY,
    "原职称名称": "正高级工程师",
    "原职称级别": "正高",
    "原证书编号": "吉正高字150001",
    "取得时间": "2015.6",
}


@pytest.fixture
def deciders(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Deciders]:
    opened = open_deciders(tmp_path / "home", clock, database_url)
    yield opened
    opened.close()


@pytest.fixture
def archive(deciders: Deciders) -> Archive:
    return Archive(deciders.under_test, deciders.clock)


def bring_in(archive: Archive, *rows: dict[str, Any]) -> list[str]:
    """Import and confirm rows; their check references."""
    answer = archive.bring_in(*rows)
    assert answer.kept is not None, answer.findings
    archive.office.history.confirm(answer.import_id, archive.caller("checker"))
    return archive.references(answer.import_id)


def revoke(archive: Archive, reference: str) -> None:
    day, office = archive.clock.today(), archive.office
    office.history.endings.propose(reference, "吉人社撤〔2026〕9号", day, GROUND, archive.caller("maker"))
    office.history.confirm_revocation(reference, archive.caller("checker"))


def approved(deciders: Deciders) -> str:
    """A filing of 孙建国's that the checker may issue."""
    report = deciders.under_test.submit(sample(REGULAR).with_rows([SUN]).xlsx())
    assert report.rows.admitted == 1, report.findings
    deciders.office.approval.approve(report.filing, "maker")
    deciders.office.approval.begin_issue(report.filing, "checker")
    return report.filing


def held_codes(deciders: Deciders, filing: str) -> set[str]:
    issued = deciders.office.issuance.run(filing)
    assert (issued.rows.admitted, issued.rows.held) == (0, 1)
    return {one.code for one in issued.findings if one.severity == "hold"}


def test_a_later_certificate_that_rests_on_a_revoked_record_is_listed(
    deciders: Deciders, archive: Archive
) -> None:
    (reference,) = bring_in(archive, DEPUTY)
    later = issue_sun(deciders).draft.content.number
    revoke(archive, reference)
    (entry,) = archive.office.case_work.dependants.listed()
    assert (entry.ended, entry.subject, entry.certificate) == (reference, later, later)
    assert (entry.reason, entry.through, entry.status) == (Reason.PROMOTION, None, DependantStatus.OPEN)
    decided = deciders.decide(DecisionKind.REVOKE, later)
    settle = archive.office.case_work.dependants.settle
    assert settle(entry.id, DependantStatus.ENDED, "maker", None, decided.id).decision == decided.id
    archive.office.catch_up()
    assert len(archive.office.case_work.dependants.listed()) == 1


def test_a_later_record_that_rests_on_a_revoked_one_is_listed_and_ended_by_its_own_decision(
    archive: Archive,
) -> None:
    base, later = bring_in(archive, DEPUTY, SENIOR)
    revoke(archive, base)
    (entry,) = archive.office.case_work.dependants.listed()
    assert (entry.ended, entry.certificate) == (base, later)
    revoke(archive, later)
    ending = archive.office.history.endings.endings.find(later)
    assert ending is not None
    settle = archive.office.case_work.dependants.settle
    assert settle(entry.id, DependantStatus.ENDED, "maker", None, ending.id).status is DependantStatus.ENDED


def test_the_same_title_by_a_record_that_was_published_meanwhile_holds_the_row(
    deciders: Deciders, archive: Archive
) -> None:
    filing = approved(deciders)
    bring_in(archive, SENIOR)
    assert held_codes(deciders, filing) == {"title-held-at-issue"}


def test_a_record_that_was_revoked_meanwhile_holds_the_row_with_its_credit_record(
    deciders: Deciders, archive: Archive
) -> None:
    (reference,) = bring_in(archive, DEPUTY)
    filing = approved(deciders)
    revoke(archive, reference)
    assert held_codes(deciders, filing) == {"title-ended-before-issue", "credit-block-before-issue"}


def test_a_record_that_was_revoked_before_the_approval_holds_nothing_at_issue(
    deciders: Deciders, archive: Archive
) -> None:
    (reference,) = bring_in(
        archive, {**DEPUTY, "原职称名称": "工程师", "原职称级别": "中级", "取得时间": "2001.6"}
    )
    office = archive.office
    revoke(archive, reference)
    (block,) = office.filings.credit_blocks([str(SUN["证件号码"])])[str(SUN["证件号码"])]
    assert block.from_on == archive.clock.today()
    deciders.clock.advance(timedelta(seconds=60))
    report = deciders.under_test.submit(sample(REGULAR).with_rows([SUN]).xlsx())
    assert report.rows.admitted == 1, report.findings
    assert len(deciders.under_test.issue(report)) == 1


def test_statistics_lists_and_credit_tell_a_revoked_record_once(archive: Archive) -> None:
    (reference,) = bring_in(archive, DEPUTY)
    revoke(archive, reference)
    office, province = archive.office, archive.caller("checker")
    today = archive.clock.today()
    for basis in Basis:
        told = office.information.reports.statistics(
            StatisticsQuestion(Dimension.LEVEL, None, today, basis), province
        )
        assert (told.total.total, told.total.counts[Standing.REVOKED]) == (1, 1)
    (stored,) = office.decisions.listed(number=reference)
    assert (stored.proposal.kind, stored.proposal.number) == (DecisionKind.REVOKE, reference)
    (record,) = office.credit.archive.listed(province, "cli")
    assert (record.record.decision, record.withdrawn_on, record.ended_on) == (stored.id, None, None)
    _history, holder = office.credit.archive.show(record.record.id, province, "cli")
    assert (holder.number, holder.name) == (reference, SUN["姓名"])
