"""Every order of decisions over one certificate, against a small model of what may follow what (Hypothesis)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind
from certsvc.errors import ConflictError
from tests.decisions.deciders import Deciders, issue_sample

REVOKE, CORRECT = DecisionKind.REVOKE, DecisionKind.CORRECT
SUSPEND, REINSTATE = DecisionKind.SUSPEND, DecisionKind.REINSTATE
EXAMPLES = 12
NAMES = ("王丽", "李雷", "赵敏", "周文", "吴静", "郑强", "冯刚", "陈平", "褚亮", "卫红")


class Model:
    """What a certificate must look like: newest status, number of versions, whether a credit record is open."""

    def __init__(self) -> None:
        self.newest, self.versions, self.credit = Status.VALID, 1, False

    def allows(self, kind: DecisionKind) -> bool:
        match kind:
            case DecisionKind.REVOKE:
                return self.newest in (Status.VALID, Status.SUSPENDED)
            case DecisionKind.CORRECT | DecisionKind.SUSPEND:
                return self.newest is Status.VALID
            case DecisionKind.REINSTATE:
                return self.newest in (Status.SUSPENDED, Status.REVOKED)

    def apply(self, kind: DecisionKind) -> None:
        match kind:
            case DecisionKind.REVOKE:
                self.newest, self.credit = Status.REVOKED, True
            case DecisionKind.SUSPEND:
                self.newest = Status.SUSPENDED
            case DecisionKind.REINSTATE:
                self.newest, self.credit = Status.VALID, False
            case DecisionKind.CORRECT:
                self.versions += 1

    @property
    def statuses(self) -> list[Status]:
        older = Status.SUPERSEDED if self.newest is Status.VALID else self.newest
        return [older] * (self.versions - 1) + [self.newest]


def machine_over(deciders: Deciders, numbers: Iterator[tuple[str, str]]) -> type[RuleBasedStateMachine]:
    """A machine whose every run has the next certificate to itself."""

    class Decisions(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.number, self.person = next(numbers)
            self.model, self.turn = Model(), count()

        @rule()
        def revoke(self) -> None:
            self.decide(REVOKE)

        @rule()
        def suspend(self) -> None:
            self.decide(SUSPEND)

        @rule()
        def reinstate(self) -> None:
            self.decide(REINSTATE)

        @rule()
        def correct(self) -> None:
            self.decide(CORRECT, {"name": NAMES[self.model.versions % len(NAMES)]})

        def decide(self, kind: DecisionKind, changes: dict[str, str] | None = None) -> None:
            allowed = self.model.allows(kind)
            with contextlib.nullcontext() if allowed else pytest.raises(ConflictError):
                proposed = deciders.propose(
                    kind, self.number, ground=f"第{next(self.turn)}次", changes=changes
                )
                deciders.office.deciding.confirm(proposed, "checker")
                deciders.office.issuance.sealing.seal_corrections(1)
            if allowed:
                self.model.apply(kind)

        @invariant()
        def stands_as_the_model_says(self) -> None:
            assert deciders.status(self.number) == self.model.statuses
            blocks = deciders.office.filings.credit_blocks([self.person])
            assert (self.person in blocks) is self.model.credit

    return Decisions


def test_decisions_follow_the_state_machine_in_every_order(quiet: Deciders) -> None:
    issued = issue_sample(quiet, 60)
    numbers = iter([(one.draft.content.number, one.draft.content.award.document.number) for one in issued])
    run_state_machine_as_test(
        machine_over(quiet, numbers),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    quiet.office.catch_up()
    quiet.audit()
