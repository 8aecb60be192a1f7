"""Messages to the national platforms: at least once, in order, with growing pauses, over real HTTP on loopback."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from certsvc.adapters import platform_door
from certsvc.adapters.credit_schema import platform_message
from certsvc.adapters.platform_door import HttpsDoor
from certsvc.bootstrap import open_office
from certsvc.domain.decision import DecisionKind
from certsvc.domain.platform_message import (
    LONGEST_WAIT_SECONDS,
    MOST_ATTEMPTS,
    MessageState,
    Platform,
    wait_after,
)
from certsvc.errors import ConfigurationError, ConflictError, UnknownReference
from certsvc.stages.platform_delivery import DeliveryRound, PlatformDelivery
from tests.credit.platform_simulator import PlatformSimulator, require_signed
from tests.decisions.deciders import Deciders, issue_sample, issue_sun

REVOKE, REINSTATE, CORRECT = DecisionKind.REVOKE, DecisionKind.REINSTATE, DecisionKind.CORRECT
END = datetime(2027, 6, 2, 16, 0, tzinfo=UTC)


def delivery(deciders: Deciders) -> PlatformDelivery:
    """What delivers."""
    return deciders.office.credit.delivery


def deliver_all(deciders: Deciders) -> None:
    """Rounds until nothing is due."""
    while delivery(deciders).deliver().delivered:
        pass


def of_credit(simulator: PlatformSimulator) -> list[str]:
    """The kinds of credit messages that the platform keeps, in order."""
    return [kind for kind, _ in simulator.kinds if kind in ("open", "withdraw")]


def test_a_record_is_told_when_it_opens_and_withdrawn_when_it_ends(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    number = issue_sun(connected).draft.content.number
    connected.decide(REVOKE, number)
    deliver_all(connected)
    assert [kind for kind, _ in simulator.kinds] == ["open", "publish", "change"]
    connected.clock.instant = END
    connected.office.credit.work(lambda: False)
    assert of_credit(simulator) == ["open", "withdraw"]
    assert simulator.content(-1) | {"record": ""} == {
        "record": "",
        "withdrawn_on": "2027-06-03",
        "reason": "expired",
        "document_ref": None,
    }
    (opened, ended) = delivery(connected).listed(Platform.CREDIT, MessageState.DELIVERED, 10)
    assert (opened.receipt, ended.receipt) == (f"R-{opened.key}", f"R-{ended.key}")


def test_every_message_is_signed_named_by_its_key_and_carries_the_credential(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    deliver_all(connected)
    signer = connected.office.credit.api_signer
    for request in simulator.seen:
        header = require_signed(request["body"], request["X-JWS-Signature"], signer.public_key)
        assert header == {"alg": "EdDSA", "kid": signer.key_id}
        told = json.loads(request["body"])
        assert told["format"] == "certsvc-platform-message/1"
        assert told["key"] == request["Idempotency-Key"]
        wanted = "Bearer secret-token" if told["platform"] == "credit" else None
        assert request.get("Authorization") == wanted


PASSING = ("500", "503", "429", "401", "404", "302", "break", "no-receipt", "long")


def test_what_is_not_received_is_tried_again_later_with_the_same_bytes(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    for attempt, mood in enumerate(PASSING, start=1):
        simulator.moods = [mood] * 2
        results = delivery(connected).deliver()
        assert (results.failed, results.dead) == (2, 0), mood
        assert delivery(connected).deliver() == DeliveryRound(0, 0, 0), "nothing is due before its time"
        connected.clock.advance(timedelta(seconds=wait_after(attempt)))
    deliver_all(connected)
    assert sorted(kind for kind, _ in simulator.kinds) == ["change", "open", "publish"]


def test_an_answer_that_does_not_come_is_given_up_and_tried_again(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    simulator.moods = ["slow"]
    doors = {Platform.CREDIT: HttpsDoor(simulator.address, None, seconds=0.3)}
    impatient = replace(delivery(connected), doors=doors)
    assert impatient.deliver() == DeliveryRound(0, 1, 0)
    (report,) = impatient.listed(Platform.CREDIT, MessageState.WAITING, 10)
    assert (report.last_fault, report.attempts) == ("timeout", 1)
    connected.clock.advance(timedelta(seconds=wait_after(1)))
    assert impatient.deliver() == DeliveryRound(1, 0, 0)


def test_a_message_that_arrived_though_the_answer_was_lost_is_a_duplicate_with_a_receipt(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    simulator.moods = ["take-and-break"] * 2
    delivery(connected).deliver()
    connected.clock.advance(timedelta(seconds=wait_after(1)))
    deliver_all(connected)
    assert len(simulator.order) == len(set(simulator.order)) == 3
    assert len(simulator.seen) == 5
    assert delivery(connected).listed(None, MessageState.WAITING, 10) == ()


def test_a_withdrawal_never_overtakes_its_opening(connected: Deciders, simulator: PlatformSimulator) -> None:
    number = issue_sun(connected).draft.content.number
    connected.decide(REVOKE, number)
    simulator.moods = ["500"] * 2
    delivery(connected).deliver()
    connected.decide(REINSTATE, number, ground="复核后原决定不成立")
    deliver_all(connected)
    assert of_credit(simulator) == [], "the withdrawal waits behind the opening that waits for its time"
    connected.clock.advance(timedelta(seconds=wait_after(1)))
    deliver_all(connected)
    assert of_credit(simulator) == ["open", "withdraw"]
    assert [kind for kind, _ in simulator.kinds if kind in ("publish", "change")] == [
        "publish",
        "change",
        "change",
    ]


def test_an_unfit_message_is_a_dead_letter_that_holds_back_its_own_subject_alone(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    number = issue_sun(connected).draft.content.number
    connected.decide(REVOKE, number)
    simulator.moods = ["422"]
    assert delivery(connected).deliver().dead == 1
    connected.decide(REINSTATE, number, ground="复核后原决定不成立")
    connected.clock.advance(timedelta(days=30))
    deliver_all(connected)
    assert of_credit(simulator) == []
    (dead,) = delivery(connected).listed(None, MessageState.DEAD, 10)
    assert (dead.last_fault, dead.kind.value) == ("http-422", "open")
    assert delivery(connected).revive(dead.id).state is MessageState.WAITING
    with pytest.raises(ConflictError):
        delivery(connected).revive(dead.id)
    with pytest.raises(UnknownReference):
        delivery(connected).revive(10_000)
    deliver_all(connected)
    assert of_credit(simulator) == ["open", "withdraw"]


def test_after_many_attempts_a_message_is_given_up_until_somebody_asks(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    only = replace(delivery(connected), doors={Platform.CREDIT: HttpsDoor(simulator.address, None)})
    simulator.moods = ["500"] * MOST_ATTEMPTS
    for attempt in range(1, MOST_ATTEMPTS + 1):
        done = only.deliver()
        assert done == DeliveryRound(0, int(attempt < MOST_ATTEMPTS), int(attempt == MOST_ATTEMPTS))
        connected.clock.advance(timedelta(seconds=wait_after(attempt)))
    assert only.deliver() == DeliveryRound(0, 0, 0)


def test_pauses_double_up_to_six_hours() -> None:
    assert [wait_after(attempt) for attempt in (1, 2, 3, 9)] == [60, 120, 240, 15_360]
    assert {wait_after(attempt) for attempt in (10, 60, 1000)} == {LONGEST_WAIT_SECONDS}


def test_a_platform_that_is_down_holds_no_other_up(connected: Deciders, simulator: PlatformSimulator) -> None:
    issue_sample(connected, 5)
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    doors = dict(delivery(connected).doors)
    doors[Platform.TITLES] = HttpsDoor("http://127.0.0.1:9/", None, seconds=0.5)
    done = replace(delivery(connected), doors=doors).deliver()
    assert (done.delivered, done.failed) == (1, 3), "three failures in a row end a platform's round"
    assert of_credit(simulator) == ["open"]


def test_two_that_deliver_at_once_deliver_everything_once_in_order(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    number = issue_sun(connected).draft.content.number
    issue_sample(connected, 5)
    connected.decide(REVOKE, number)
    connected.decide(REINSTATE, number, ground="复核后原决定不成立")
    others = [open_office(connected.office.settings, connected.clock) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(4):
            list(pool.map(lambda office: office.credit.delivery.deliver(), others))
    for office in others:
        office.close()
    assert len(simulator.seen) == len(simulator.order) == 10
    assert of_credit(simulator) == ["open", "withdraw"]
    assert delivery(connected).listed(None, MessageState.WAITING, 10) == ()


def test_without_an_address_messages_wait_and_the_list_says_so(deciders: Deciders) -> None:
    deciders.decide(REVOKE, issue_sun(deciders).draft.content.number)
    assert delivery(deciders).deliver() == DeliveryRound(0, 0, 0)
    credit, titles = delivery(deciders).standings()
    assert (credit.platform, credit.connected, credit.waiting) == (Platform.CREDIT, False, 1)
    assert (titles.connected, titles.waiting) == (False, 0)


def test_titles_are_queued_only_where_their_platform_is_switched_on(deciders: Deciders) -> None:
    number = issue_sun(deciders).draft.content.number
    deciders.decide(REVOKE, number)
    assert {one.platform for one in delivery(deciders).listed(None, None, 10)} == {Platform.CREDIT}


def test_a_title_is_published_replaced_by_its_correction_and_changed_by_decisions(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    number = issue_sun(connected).draft.content.number
    connected.decide(CORRECT, number, changes={"name": "孙健国"}, ground="姓名录入有误")
    connected.decide(REVOKE, number)
    connected.decide(REINSTATE, number, ground="复核后原决定不成立")
    deliver_all(connected)
    titles = [json.loads(simulator.kept[key]) for key in simulator.order if key.startswith("titles/")]
    assert [one["kind"] for one in titles] == ["publish", "replace", "change", "change"]
    assert [one["content"].get("name") for one in titles[:2]] == ["孙建国", "孙健国"]
    assert [one["content"]["status"] for one in titles[2:]] == ["revoked", "valid"]


def test_a_bulk_issue_queues_its_titles_in_one_statement_a_chunk(connected: Deciders) -> None:
    inserts: list[int] = []

    def count(
        _c: object, _cursor: object, statement: str, parameters: object, _x: object, _many: bool
    ) -> None:
        if statement.startswith("INSERT INTO platform_message"):
            inserts.append(1)

    event.listen(connected.office.engine, "before_cursor_execute", count)
    issue_sample(connected, 6)
    assert sum(inserts) == 1
    with connected.office.engine.begin() as connection:
        assert len(connection.execute(select(platform_message.c.id)).all()) == 6


@pytest.mark.parametrize("address", ["http://platform.example.invalid/", "ftp://127.0.0.1/", "platform"])
def test_personal_data_leaves_over_tls_alone(address: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        HttpsDoor(address, None)
    HttpsDoor("https://platform.example.invalid/", None)
    assert wait_after(1) > platform_door.SECONDS, "an attempt is over before the next one may begin"


def test_a_message_taken_up_by_a_process_that_died_is_sent_by_the_next_one(
    connected: Deciders, simulator: PlatformSimulator
) -> None:
    connected.decide(REVOKE, issue_sun(connected).draft.content.number)
    taken = delivery(connected).queue.claim(Platform.CREDIT, connected.clock.now(), wait_after)
    assert taken is not None
    delivery(connected).deliver()
    assert of_credit(simulator) == []
    connected.clock.advance(timedelta(seconds=wait_after(1)))
    delivery(connected).deliver()
    assert of_credit(simulator) == ["open"]
    assert simulator.kept[taken.key] == taken.body
