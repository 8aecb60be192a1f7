"""The past bundle answers what `POST /api/v1/history` answers, for any life of a certificate and any day (Hypothesis)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any, ClassVar

from certverify.past import Past
from certverify.past_life import Standing
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.certificate_past import CertificateEvent
from certsvc.domain.certificate_past import Standing as ServiceStanding
from certsvc.domain.decision import DecisionKind
from certsvc.errors import RequestError
from certsvc.formats.record import record_text
from tests.decisions.deciders import Deciders
from tests.past.asking import asked, codes, exported
from tests.support.aid_mission import issue_aid, some_people

EXAMPLES, STEPS = 8, 8
NAMES = ("王丽", "李雷", "赵敏", "周文", "吴静", "郑强", "冯刚", "陈平", "褚亮", "卫红")
A_DAY = timedelta(days=1)


class Lives(RuleBasedStateMachine):
    """Decides over one certificate whatever it likes, dated today or in the past; every run has the next certificate."""

    deciders: ClassVar[Deciders]
    certificates: ClassVar[Iterator[PublicCertificate]]
    confirmed: ClassVar[list[tuple[DecisionKind, int]]]

    def __init__(self) -> None:
        super().__init__()
        certificate = next(self.certificates)
        self.number = certificate.draft.content.number
        self.text = record_text(certificate.record)
        self.acquired_on = certificate.draft.content.award.acquired_on
        self.turn = count()

    @rule(nights=st.integers(1, 4))
    def sleep(self, nights: int) -> None:
        self.deciders.clock.advance(A_DAY * nights)

    @rule(pick=st.integers(0, 59), days_back=st.sampled_from([0, 1, 2, 5, 30]))
    def decide(self, pick: int, days_back: int) -> None:
        status = self.deciders.status(self.number)[-1]
        possible = [kind for kind in DecisionKind if status in kind.possible_from]
        kind, turn = possible[pick % len(possible)], next(self.turn)
        given: dict[str, Any] = {
            "ground": f"第{turn}次",
            "decided_on": self.deciders.clock.today() - A_DAY * days_back,
            "changes": {"name": NAMES[turn % len(NAMES)]} if kind is DecisionKind.CORRECT else None,
        }
        with contextlib.suppress(RequestError):  # a lifting that is dated before what it lifts
            self.deciders.decide(kind, self.number, **given)
            self.confirmed.append((kind, days_back))

    @invariant()
    def answers_like_the_service(self) -> None:
        deciders, today = self.deciders, self.deciders.clock.today()
        raw_bundle = exported(deciders, self.number)
        days = {
            self.acquired_on - A_DAY,
            self.acquired_on,
            *(today - A_DAY * back for back in (0, 1, 2, 3, 6, 31)),
        }
        for day in days:
            online = deciders.office.past_answers.for_record(self.text, day)
            answer = asked(deciders, raw_bundle, day)
            assert codes(answer) & {"past-incomplete", "past-chain-bad", "content-closed"} == set()
            past = answer.past
            assert past is not None
            assert past.on == day
            assert same(past.recorded_then, online.recorded_then), day
            assert same(past.known_now, online.known_now), day
            assert [*map(told, online.events)] == [
                told_offline(place, past) for place in range(len(past.events))
            ]


def same(offline: Standing | None, online: ServiceStanding) -> bool:
    assert offline is not None
    words = offline.status and offline.status.name, online.status and online.status.name
    return words[0] == words[1] and offline.version == online.version


def told(event: CertificateEvent) -> tuple[str, date, date, str | None, str | None]:
    return event.kind.value, event.effective_on, event.recorded_on, event.reference, event.ground


def told_offline(place: int, past: Past) -> tuple[str, date, date, str | None, str | None]:
    event = past.events[place]
    reference = None if event.words is None else event.words.document_ref
    ground = None if event.words is None else event.words.ground
    logged_on = (event.logged_at + timedelta(hours=8)).date()
    return event.kind.name.lower(), event.effective_on, logged_on, reference, ground


def test_a_past_bundle_answers_like_the_service_whatever_happened(deciders: Deciders) -> None:
    issued = issue_aid(deciders.under_test, some_people(EXAMPLES * 3))
    confirmed: list[tuple[DecisionKind, int]] = []
    here = {"deciders": deciders, "certificates": iter(issued), "confirmed": confirmed}
    run_state_machine_as_test(
        type("LivesHere", (Lives,), here),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert {kind for kind, _ in confirmed} == set(DecisionKind), "every decision was met"
    assert any(days_back for _, days_back in confirmed), "and some were dated in the past"
