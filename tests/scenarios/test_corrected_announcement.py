"""An announcement of 60 is corrected: one name, one person withdrawn, one added; each is walked to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.announced_changes import ChangeKind, ChangeState
from certsvc.domain.caller import OPERATOR
from certsvc.domain.coverage import CoverageReport, GapReason
from certsvc.domain.decision import DecisionKind
from certsvc.domain.filing import FilingStatus
from tests.announced.lists import (
    CONFIRMER,
    CORRECTED,
    CORRECTED_ON,
    LOADER,
    announced,
    batch,
    correct,
    issue,
    listed_as,
    people,
    put_in_force,
    register,
)
from tests.support.office import OfficeUnderTest

RIGHT_NAME = "钱甲畴"


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    register(opened)
    yield opened
    opened.close()


def coverage(office: OfficeUnderTest) -> CoverageReport:
    return office.office.announced.coverage(OPERATOR, "cli", year=2023, region=None, document_ref=None)


def test_a_corrected_announcement_is_followed_to_its_end(office: OfficeUnderTest) -> None:
    persons = people(61)
    filed, added = persons[:60], persons[60]
    put_in_force(office, announced(filed))
    certificates = issue(office, batch(filed))
    assert len(certificates) == 60
    assert coverage(office).clean
    numbers = {one.draft.content.award.row: one.draft.content.number for one in certificates}

    new = announced(filed).but(2, 姓名=RIGHT_NAME).without(7).also(listed_as(61, added)).named(CORRECTED)
    lists = office.office.announced
    dry = lists.replace(new.xlsx(), "list.xlsx", "吉人社职字〔2023〕101号", CORRECTED, LOADER, keep=False)
    assert dry.kept is None
    assert [one.kind for one in dry.changes] == [ChangeKind.CHANGED, ChangeKind.WITHDRAWN, ChangeKind.ADDED]
    corrected = correct(office, new)

    stored, followed = lists.propose(corrected, LOADER)
    assert [one.state for one in followed] == [ChangeState.PROPOSED, ChangeState.PROPOSED, ChangeState.OPEN]
    assert lists.propose(corrected, LOADER) == (stored, followed)
    kinds = []
    for one in followed[:2]:
        decision = office.office.decisions.find(one.stored.decision or "")
        assert decision is not None
        assert decision.proposal.document_ref == CORRECTED
        kinds.append(decision.proposal.kind)
        office.office.confirm_decision(decision.id, CONFIRMER)
    assert kinds == [DecisionKind.CORRECT, DecisionKind.VOID]

    gaps = coverage(office)
    assert [(one.person.number, one.reason) for one in gaps.lines] == [(61, GapReason.NOT_FILED)]
    supplement = batch([added], 公布文号=CORRECTED, 公布日期=CORRECTED_ON)
    report = office.submit(supplement.xlsx())
    assert (report.status, report.rows.admitted) == (FilingStatus.EXAMINED, 1), report.findings
    (third,) = office.issue(report)

    assert {one.state for one in lists.following.followed(stored)} == {ChangeState.DONE}
    assert coverage(office).clean
    shown = office.check_qr(certificates[1])
    assert (shown["status"], numbers[2]) == ("superseded", certificates[1].draft.content.number)
    newest = office.office.certificates.published(number=numbers[2])[-1]
    assert (office.check_qr(newest)["status"], newest.draft.content.award.name) == ("valid", RIGHT_NAME)
    assert office.check_qr(certificates[6])["status"] == "voided"
    assert office.check_qr(third)["status"] == "valid"
    assert third.draft.content.award.announcement_ref == CORRECTED
