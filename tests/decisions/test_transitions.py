"""Every order of all six decisions over one certificate, against a small model of what may follow what (Hypothesis).

The model paints days: each event colours the days from which it counts on, over what earlier events have painted. What
the calendar shows in the end is what is known now; what it showed of a day in that day's evening is what was recorded then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.certificate_past import Standing
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind
from certsvc.errors import ConflictError
from certsvc.formats.record import record_text
from tests.decisions.deciders import Deciders
from tests.support.aid_mission import issue_aid, some_people

REVOKE, WRITE_OFF, VOID = DecisionKind.REVOKE, DecisionKind.WRITE_OFF, DecisionKind.VOID
CORRECT, SUSPEND, REINSTATE = DecisionKind.CORRECT, DecisionKind.SUSPEND, DecisionKind.REINSTATE
ENDINGS = {REVOKE: Status.REVOKED, WRITE_OFF: Status.WRITTEN_OFF, VOID: Status.VOIDED}
EXAMPLES, STEPS = 10, 10
NAMES = ("王丽", "李雷", "赵敏", "周文", "吴静", "郑强", "冯刚", "陈平", "褚亮", "卫红")
A_DAY = timedelta(days=1)


class Model:
    """What a certificate must look like: newest status, number of versions, open credit record, and the calendar."""

    def __init__(self, acquired_on: date, published_on: date, today: date) -> None:
        self.newest, self.versions, self.credit = Status.VALID, 1, False
        self.acquired_on, self.published_on, self.today = acquired_on, published_on, today
        self.ended_from: date | None = None
        self.now = dict.fromkeys(days(acquired_on, today), Standing(Status.VALID, 1))
        self.then = dict.fromkeys(days(published_on, today), Standing(Status.VALID, 1))

    def allows(self, kind: DecisionKind) -> bool:
        if kind is REINSTATE:
            return self.newest is not Status.VALID
        if kind in ENDINGS:
            return self.newest in (Status.VALID, Status.SUSPENDED)
        return self.newest is Status.VALID

    def apply(self, kind: DecisionKind) -> None:
        if kind is CORRECT:
            self.versions += 1
            self.paint(self.today)
            return
        counts_from = self.acquired_on if kind is VOID else self.today
        if kind in ENDINGS:
            self.newest, self.ended_from = ENDINGS[kind], counts_from
            self.credit = kind is REVOKE
        elif kind is SUSPEND:
            self.newest = Status.SUSPENDED
        else:
            counts_from = self.ended_from or self.today
            self.newest, self.ended_from, self.credit = Status.VALID, None, False
        self.paint(counts_from)

    def paint(self, counts_from: date) -> None:
        """A version is in force from its own correction on, whatever the status is painted back to."""
        for day in days(counts_from, self.today):
            version = self.versions if day == self.today else self.now[day].version
            self.now[day] = Standing(self.newest, version)
        self.then[self.today] = self.now[self.today]

    def sleep(self, nights: int) -> None:
        for _ in range(nights):
            self.today += A_DAY
            self.now[self.today] = self.then[self.today] = Standing(self.newest, self.versions)

    @property
    def statuses(self) -> list[Status]:
        older = Status.SUPERSEDED if self.newest is Status.VALID else self.newest
        return [older] * (self.versions - 1) + [self.newest]


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + A_DAY * number for number in range((last - first).days + 1)]


class Decisions(RuleBasedStateMachine):
    """Decides over one certificate as it likes; every run has the next certificate to itself."""

    deciders: ClassVar[Deciders]
    certificates: ClassVar[Iterator[PublicCertificate]]
    published_on: ClassVar[date]

    def __init__(self) -> None:
        super().__init__()
        self.certificate = next(self.certificates)
        award = self.certificate.draft.content.award
        self.number, self.person = self.certificate.draft.content.number, award.document.number
        self.model = Model(award.acquired_on, self.published_on, self.deciders.clock.today())
        self.turn = count()

    @rule(nights=st.integers(1, 3))
    def sleep(self, nights: int) -> None:
        self.deciders.clock.advance(A_DAY * nights)
        self.model.sleep(nights)

    @rule(kind=st.sampled_from([kind for kind in DecisionKind if kind is not REINSTATE]))
    def decide(self, kind: DecisionKind) -> None:
        allowed = self.model.allows(kind)
        name = NAMES[self.model.versions % len(NAMES)]
        with contextlib.nullcontext() if allowed else pytest.raises(ConflictError):
            proposed = self.deciders.propose(
                kind,
                self.number,
                ground=f"第{next(self.turn)}次",
                changes={"name": name} if kind is CORRECT else None,
            )
            self.deciders.office.deciding.confirm(proposed, "checker")
            self.deciders.office.issuance.sealing.seal_corrections(1)
        if allowed:
            self.model.apply(kind)

    @rule()
    def reinstate(self) -> None:
        self.decide(REINSTATE)

    @invariant()
    def stands_as_the_model_says(self) -> None:
        assert self.deciders.status(self.number) == self.model.statuses
        blocks = self.deciders.office.filings.credit_blocks([self.person])
        assert (self.person in blocks) is self.model.credit

    @invariant()
    def stood_as_the_calendar_says(self) -> None:
        text, model = record_text(self.certificate.record), self.model
        asked = {model.acquired_on - A_DAY, model.acquired_on, model.published_on, model.today - A_DAY}
        for day in {*asked, model.today, *list(model.now)[-6::2]}:
            answer = self.deciders.office.past_answers.for_record(text, day)
            assert answer.known_now == model.now.get(day, Standing()), day
            assert answer.recorded_then == model.then.get(day, Standing()), day


def test_decisions_follow_the_state_machine_in_every_order(deciders: Deciders) -> None:
    issued = issue_aid(deciders.under_test, some_people(EXAMPLES * 3))
    on_this_office = {
        "deciders": deciders,
        "certificates": iter(issued),
        "published_on": deciders.clock.today(),
    }
    run_state_machine_as_test(
        type("DecisionsHere", (Decisions,), on_this_office),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    deciders.office.catch_up()
    replayed = {event.slot: event.type.status_after for event in deciders.audit()}
    for certificate in issued:
        for version in deciders.office.certificates.versions(certificate.draft.content.number):
            assert replayed[version.content.slot] == version.status
