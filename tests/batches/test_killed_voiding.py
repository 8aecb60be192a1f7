"""kill -9 while a batch decision is carried out: nobody is told "valid", and whoever takes it up finishes it once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from certsvc.adapters.ledger_schema import outbox_event
from certsvc.domain.batch_voiding import BatchProgress
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind
from certsvc.errors import ConflictError
from certsvc.formats.record import record_text
from tests.batches.cases import issue_batch, numbers, self_reviewed, shown, voiding
from tests.decisions.deciders import Deciders

ROOT = Path(__file__).parents[2]
ISSUED, VOIDED = 1, 5
CERTIFICATES = 7


def die_while_confirming(cases: Deciders, batch: str, chunks: int) -> None:
    """Run a confirmation in a process of its own that is killed after so many chunks."""
    settings = cases.office.settings
    given = [str(settings.home), settings.effective_database_url, batch, str(chunks)]
    process = subprocess.run(
        [sys.executable, "-m", "tests.batches.dying_voiding", *given],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()


def verdict(cases: Deciders, certificate: Any) -> dict[str, Any]:
    """What verification on line answers to the QR symbol."""
    text = record_text(certificate.record, cases.office.settings.qr_prefix)
    return cases.office.verification.check_qr(text).as_json()


@pytest.mark.parametrize("again", ["the same person", "the background"])
def test_a_killed_confirmation_is_taken_up_and_nothing_happens_twice(cases: Deciders, again: str) -> None:
    filing, issued = issue_batch(cases, self_reviewed(CERTIFICATES))
    batch = cases.office.case_work.batches.propose(voiding(filing), "maker")
    die_while_confirming(cases, batch, 0)
    assert [cases.status(one) for one in numbers(issued)] == [[Status.VOIDED]] * CERTIFICATES
    told = verdict(cases, issued[-1])
    assert (told["verdict"], told["status"]) == ("failed", "voided"), "before a single event was written"
    assert told["decision"]["reference"] == "吉人社函〔2025〕5号"
    die_while_confirming(cases, batch, 1)
    die_while_confirming(cases, batch, 1)
    assert cases.office.case_work.batches.progress(batch) == BatchProgress(CERTIFICATES, 4, 0)
    if again == "the same person":
        cases.office.confirm_batch(batch, "checker")
    else:
        cases.office.case_work.work(lambda: False)
        cases.office.catch_up()
    assert cases.office.case_work.batches.progress(batch) == BatchProgress(*[CERTIFICATES] * 3)
    assert shown(cases, issued) == {"voided": CERTIFICATES}
    assert [int(leaf.type) for leaf in cases.audit()] == [ISSUED] * CERTIFICATES + [VOIDED] * CERTIFICATES
    with cases.office.engine.begin() as connection:
        keys = list(connection.scalars(select(outbox_event.c.idempotency_key)))
    assert len(keys) == len(set(keys)) == 2 * CERTIFICATES
    actions = [one.action for one in cases.office.trail.entries(f"batch/{batch}")]
    assert actions == ["console:batch_void:propose", "console:batch_void:confirm"]


def test_no_other_decision_comes_before_the_events_of_the_batch(cases: Deciders) -> None:
    filing, issued = issue_batch(cases, self_reviewed(2))
    batch = cases.office.case_work.batches.propose(voiding(filing), "maker")
    die_while_confirming(cases, batch, 0)
    number = numbers(issued)[0]
    with pytest.raises(ConflictError, match="正在入账"):
        cases.propose(DecisionKind.REINSTATE, number)
    cases.office.catch_up()
    cases.decide(DecisionKind.REINSTATE, number)
    assert shown(cases, issued) == {"valid": 1, "voided": 1}
