"""Many officials at once, each with connections of their own: nothing is lost, nothing happens twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain

from sqlalchemy import select

from certsvc.adapters.decision_schema import credit_record
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.bootstrap import Office, open_office
from certsvc.domain.certificate_status import CertificateStatus as Status
from certsvc.domain.decision import DecisionKind, DecisionStatus
from certsvc.errors import ConflictError
from tests.decisions.deciders import Deciders, issue_sample

CERTIFICATES, OFFICES = 25, 10


@contextmanager
def offices(deciders: Deciders) -> Iterator[list[Office]]:
    """Offices of one home, each with an engine of its own."""
    opened = [open_office(deciders.office.settings, deciders.clock) for _ in range(OFFICES)]
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


def confirm(office: Office, decision: str) -> bool:
    """Confirm; False when the certificate's status no longer allows it. Told to wait for a signature, it tries again."""
    for _ in range(50):
        try:
            office.confirm_decision(decision, "checker")
            return True
        except ConflictError as conflict:
            if "尚未完成签章" not in str(conflict):
                return False
    raise AssertionError("the corrected version was never sealed")


def test_fifty_revocations_and_corrections_of_the_same_certificates_lose_nothing(deciders: Deciders) -> None:
    numbers = [one.draft.content.number for one in issue_sample(deciders, CERTIFICATES)]
    revocations = [deciders.propose(DecisionKind.REVOKE, number) for number in numbers]
    corrections = [
        deciders.propose(
            DecisionKind.CORRECT, number, changes={"unit_name": "示例路桥有限公司"}, ground="录入有误"
        )
        for number in numbers
    ]
    # corrections from the front, revocations from the end: each meets the other of its certificate early, late, at once
    jobs = list(chain.from_iterable(zip(corrections, reversed(revocations), strict=True)))
    with offices(deciders) as opened, ThreadPoolExecutor(OFFICES) as pool:
        done = list(pool.map(confirm, opened * (len(jobs) // OFFICES + 1), jobs))
    confirmed = {job for job, was_confirmed in zip(jobs, done, strict=False) if was_confirmed}
    assert confirmed >= set(revocations)
    assert confirmed & set(corrections)

    kept = {one.id: one.status for one in deciders.office.decisions.listed()}
    assert {one for one, status in kept.items() if status is DecisionStatus.CONFIRMED} == confirmed
    for number, correction in zip(numbers, corrections, strict=True):
        assert deciders.status(number) == [Status.REVOKED] * (2 if correction in confirmed else 1)
    corrected = len(confirmed) - CERTIFICATES
    with deciders.office.engine.begin() as connection:
        events = connection.execute(select(outbox_event)).all()
        credit_slots = set(connection.scalars(select(credit_record.c.slot)))
    assert Counter(event.kind for event in events) == Counter(
        {1: CERTIFICATES + corrected, 2: corrected, 3: CERTIFICATES + corrected, 8: CERTIFICATES}
    )
    assert all(event.leaf_index is not None for event in events)
    opening = [event.slot for event in events if event.kind in (1, 8)]
    assert len(opening) == len(set(opening))
    assert len(credit_slots) == CERTIFICATES
    leaves = deciders.audit()
    assert sorted((leaf.slot, int(leaf.type)) for leaf in leaves) == sorted((e.slot, e.kind) for e in events)
    for certificate in chain(*(deciders.office.certificates.published(number=one) for one in numbers[::6])):
        assert deciders.shown(certificate) == ("revoked", "revoked")


def test_the_same_decision_proposed_and_confirmed_by_many_at_once_is_one(deciders: Deciders) -> None:
    (certificate,) = issue_sample(deciders, 1)
    number = certificate.draft.content.number

    def propose(office: Office) -> str:
        return office.deciding.propose(
            DecisionKind.REVOKE,
            number,
            "吉人社撤〔2024〕7号",
            deciders.clock.today(),
            "申报材料造假",
            "maker",
        )

    with offices(deciders) as opened, ThreadPoolExecutor(OFFICES) as pool:
        (proposed,) = set(pool.map(propose, opened))
        confirmed = set(pool.map(lambda office: office.confirm_decision(proposed, "checker").id, opened))
    assert confirmed == {proposed}
    assert [int(leaf.type) for leaf in deciders.audit()] == [1, 3, 8]
