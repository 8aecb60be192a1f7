"""Scenario S6 on every database: a self-reviewed batch without meeting filing is void, with all that follows and its undoing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.schema import certificate
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind
from certsvc.domain.dependants import DependantStatus, Reason
from certsvc.errors import ConflictError, NotPermitted, RequestError
from tests.batches.cases import (
    case_day,
    issue_batch,
    numbers,
    open_cases,
    promoted,
    restore,
    self_reviewed,
    shown,
    void,
    voiding,
)
from tests.decisions.deciders import Deciders

PERSONS = 8


@pytest.fixture
def cases(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    opened = open_cases(tmp_path / "home", case_day(), database_url)
    yield opened
    opened.close()


def valid(cases: Deciders) -> int:
    """How many titles stand."""
    stands = certificate.c.status == int(Status.VALID)
    with cases.office.engine.begin() as connection:
        return connection.scalar(select(func.count(certificate.c.number.distinct())).where(stands)) or 0


def test_s6_a_whole_batch_is_void_and_what_was_built_on_it_waits_for_a_person(cases: Deciders) -> None:
    batch = self_reviewed(PERSONS)
    filing, deputies = issue_batch(cases, batch)
    _, (senior,) = issue_batch(cases, promoted([dict(batch.rows[2])]))
    promoted_number = senior.draft.content.number
    assert valid(cases) == PERSONS + 1
    work = cases.office.case_work
    preview = work.batches.preview(voiding(filing), "maker")
    assert (preview.planned, preview.dependants) == (PERSONS, (promoted_number,))

    decided = void(cases, filing)
    assert shown(cases, deputies) == {"voided": PERSONS}
    assert shown(cases, (senior,)) == {"valid": 1}, "nothing ends by itself"
    assert valid(cases) == 1
    for one in numbers(deputies):
        (decision,) = cases.office.decisions.listed(number=one)
        assert decision.proposal.effective_on.isoformat() == "2023-06-12"
    with cases.office.engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(credit_record)) == 0

    (entry,) = work.dependants.listed(DependantStatus.OPEN)
    assert (entry.subject, entry.ended) == (promoted_number, numbers(deputies)[2])
    assert entry.reason is Reason.PROMOTION
    again = cases.under_test.submit(batch.with_header(申报人数=41).xlsx())
    assert "batch-void" in {one.code for one in again.findings}, (
        "the batch does not come back by a supplement"
    )

    restore(cases, decided)
    assert shown(cases, deputies) == {"valid": PERSONS}
    assert valid(cases) == PERSONS + 1
    assert [one.status for one in work.dependants.listed()] == [DependantStatus.LIFTED]
    cases.audit()
    assert cases.office.trail.verify_chain().fault is None


def test_s6_a_person_settles_each_later_title(cases: Deciders) -> None:
    batch = self_reviewed(3)
    filing, _ = issue_batch(cases, batch)
    _, seniors = issue_batch(cases, promoted([dict(row) for row in batch.rows[:2]]))
    void(cases, filing)
    dependants = cases.office.case_work.dependants
    kept, ended = sorted(dependants.listed(DependantStatus.OPEN), key=lambda one: one.subject)
    with pytest.raises(NotPermitted):
        dependants.settle(kept.id, DependantStatus.KEPT, "changchun", "保留")
    with pytest.raises(RequestError, match="理由"):
        dependants.settle(kept.id, DependantStatus.KEPT, "maker", None)
    for _ in range(2):
        settled = dependants.settle(kept.id, DependantStatus.KEPT, "maker", "任职年限和业绩另行符合条件")
        assert settled.status is DependantStatus.KEPT
    with pytest.raises(ConflictError, match="已办结"):
        dependants.settle(kept.id, DependantStatus.KEPT, "maker", "另一理由")
    with pytest.raises(RequestError, match="决定编号"):
        dependants.settle(ended.id, DependantStatus.ENDED, "maker", None)
    other = cases.decide(DecisionKind.VOID, ended.subject)
    assert dependants.settle(ended.id, DependantStatus.ENDED, "maker", None, other.id).decision == other.id
    assert dependants.listed(DependantStatus.OPEN) == ()
    assert shown(cases, seniors) == {"valid": 1, "voided": 1}
    subject = f"dependant/{kept.id}"
    assert [one.action for one in cases.office.trail.entries(subject)] == [
        "console:dependent:settle.refused",
        "console:dependent:settle",
    ]
