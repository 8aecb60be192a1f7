"""kill -9 after the commit of a decision: confirming again, or whoever catches up, finishes the rest exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind
from tests.decisions.deciders import Deciders, issue_sun

ROOT = Path(__file__).parents[2]
ISSUED, CORRECTED, REVOKED, CREDIT_OPENED = 1, 2, 3, 8


def die_while_confirming(deciders: Deciders, decision: str, step: str) -> None:
    """Run a confirmation in a process of its own that is killed at the step."""
    settings = deciders.office.settings
    process = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.decisions.dying_confirmation",
            str(settings.home),
            settings.effective_database_url,
            decision,
            step,
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr.decode()


@pytest.mark.parametrize("step", ["record", "publish"])
def test_a_revocation_killed_after_its_commit_stands_and_is_shown_by_whoever_catches_up(
    deciders: Deciders, step: str
) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    die_while_confirming(deciders, deciders.propose(DecisionKind.REVOKE, number), step)
    assert deciders.status(number) == [Status.REVOKED]
    assert deciders.shown(certificate) == ("valid", "valid")
    deciders.office.catch_up()
    assert deciders.shown(certificate) == ("revoked", "revoked")
    assert [int(leaf.type) for leaf in deciders.audit()] == [ISSUED, REVOKED, CREDIT_OPENED]


@pytest.mark.parametrize("step", ["seal", "record", "release"])
def test_a_correction_killed_after_its_commit_is_finished_by_confirming_again(
    deciders: Deciders, step: str
) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    proposed = deciders.propose(
        DecisionKind.CORRECT, number, changes={"name": "孙健国"}, ground="姓名录入有误"
    )
    die_while_confirming(deciders, proposed, step)
    deciders.office.confirm_decision(proposed, "checker")
    first, second = deciders.office.certificates.published(number=number)
    assert (deciders.shown(first), deciders.shown(second)) == (("superseded",) * 2, ("valid",) * 2)
    assert [int(leaf.type) for leaf in deciders.audit()] == [ISSUED, CORRECTED, ISSUED]


def test_a_broken_off_correction_stands_in_no_revocations_way(deciders: Deciders) -> None:
    certificate = issue_sun(deciders)
    number = certificate.draft.content.number
    revocation = deciders.propose(DecisionKind.REVOKE, number)
    correction = deciders.propose(
        DecisionKind.CORRECT, number, changes={"name": "孙健国"}, ground="姓名录入有误"
    )
    die_while_confirming(deciders, correction, "seal")
    deciders.office.confirm_decision(revocation, "checker")
    assert deciders.status(number) == [Status.REVOKED, Status.REVOKED]
    kinds = [int(leaf.type) for leaf in deciders.audit()]
    assert sorted(kinds) == [ISSUED, ISSUED, CORRECTED, REVOKED, REVOKED, CREDIT_OPENED]
