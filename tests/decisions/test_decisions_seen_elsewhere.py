"""A decision made in one process, asked for in another: at once with Redis, within two seconds without it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from redis import Redis
from sqlalchemy import event

from certsvc.bootstrap import Office, open_office
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.jobs.background import Companion
from certsvc.formats.record import record_text
from tests.decisions.deciders import OFFICERS, Deciders, decision_day, issue_sun
from tests.shared.patience import eventually
from tests.support.office import OfficeUnderTest
from tests.support.servers import RedisServer

GREATEST_AGE = 2.0
LONG = 60.0
OpenPair = Callable[[str | None], tuple[Deciders, Office]]


@pytest.fixture
def open_pair(tmp_path: Path, database_url: str) -> Iterator[OpenPair]:
    """Two offices over one database, each with engines of its own, as two processes have."""
    opened: list[Office] = []

    def open_both(redis_url: str | None) -> tuple[Deciders, Office]:
        clock = decision_day()
        first = OfficeUnderTest(tmp_path / "home", clock, database_url, redis_url=redis_url)
        for officer in OFFICERS:
            first.office.actors.register_actor(officer, clock.now())
        other = open_office(first.office.settings, clock)
        opened.extend((first.office, other))
        return Deciders(first, clock), other

    yield open_both
    for office in opened:
        office.close()


def told(office: Office, text: str) -> str:
    """The status that somebody who shows the QR symbol is told."""
    status: str = office.verification.check_qr(text).as_json()["status"]
    return status


def revoke_in_one(deciders: Deciders, other: Office) -> str:
    """A certificate that both have told to be valid, revoked by a committed decision that the log does not know yet."""
    issued = issue_sun(deciders)
    text = record_text(issued.record)
    assert (told(deciders.office, text), told(other, text)) == ("valid", "valid")
    proposed = deciders.propose(DecisionKind.REVOKE, issued.draft.content.number)
    deciders.office.deciding.confirm(proposed, "checker")
    return text


def test_without_redis_it_is_told_at_once_here_and_within_two_seconds_there(open_pair: OpenPair) -> None:
    deciders, other = open_pair(None)
    text = revoke_in_one(deciders, other)
    committed = time.monotonic()
    assert told(deciders.office, text) == "revoked"
    time.sleep(max(committed + GREATEST_AGE - time.monotonic(), 0))
    assert told(other, text) == "revoked"


def test_with_redis_it_is_told_at_once_everywhere(open_pair: OpenPair, redis_server: RedisServer) -> None:
    deciders, other = open_pair(redis_server.url)
    text = revoke_in_one(deciders, other)
    assert told(deciders.office, text) == "revoked"
    eventually(lambda: told(other, text) == "revoked", seconds=1)


def test_with_a_redis_that_died_it_is_told_within_two_seconds(
    open_pair: OpenPair, redis_server: RedisServer
) -> None:
    deciders, other = open_pair(redis_server.url)
    redis_server.kill()
    text = revoke_in_one(deciders, other)
    committed = time.monotonic()
    assert told(deciders.office, text) == "revoked"
    time.sleep(max(committed + GREATEST_AGE - time.monotonic(), 0))
    assert told(other, text) == "revoked"


def test_a_number_asked_for_again_is_not_read_again(open_pair: OpenPair) -> None:
    deciders, _ = open_pair(None)
    text, statements = record_text(issue_sun(deciders).record), list[str]()

    @event.listens_for(deciders.office.reading_engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "sealed_record" in statement:
            statements.append(statement)

    began = time.monotonic()
    for _ in range(5):
        told(deciders.office, text)
    rounds = int((time.monotonic() - began) / GREATEST_AGE) + 1
    assert 1 <= len(statements) <= rounds


def test_redis_holds_nothing_that_can_be_read(open_pair: OpenPair, redis_server: RedisServer) -> None:
    deciders, other = open_pair(redis_server.url)
    issued = issue_sun(deciders)
    content = issued.draft.content
    with Redis.from_url(redis_server.url) as client:
        said = client.pubsub()
        said.subscribe("certsvc:changed", "certsvc:work")
        told(other, record_text(issued.record))
        told(deciders.office, record_text(issued.record))
        held = b"".join(b"".join([key, *client.hgetall(key)[b"body"].split()]) for key in client.keys("*"))
        deciders.decide(DecisionKind.REVOKE, content.number)
        heard = repr([said.get_message(timeout=0.2) for _ in range(8)]).encode()
        said.close()
    assert held
    for secret in (content.number, content.award.name, content.award.document.number[-4:]):
        assert secret.encode() not in held + heard


def test_what_somebody_else_wrote_into_redis_is_not_believed(
    open_pair: OpenPair, redis_server: RedisServer
) -> None:
    deciders, other = open_pair(redis_server.url)
    text = record_text(issue_sun(deciders).record)
    told(deciders.office, text)
    with Redis.from_url(redis_server.url) as client:
        for key in client.keys("certsvc:answer:*"):
            client.hset(key, "body", b"\x00" * 64)
    assert told(other, text) == "valid"


def test_with_redis_a_committed_decision_is_logged_by_another_process_long_before_its_next_look(
    open_pair: OpenPair, redis_server: RedisServer
) -> None:
    deciders, other = open_pair(redis_server.url)
    number = issue_sun(deciders).draft.content.number
    recorded, failed = list[int](), Event()
    companion = Companion(
        "test",
        lambda _stopping: recorded.append(other.record_waiting()),
        LONG,
        failed.set,
        other.shared.wake_ups,
    )
    companion.start()
    try:
        eventually(lambda: bool(recorded))
        deciders.office.deciding.confirm(deciders.propose(DecisionKind.REVOKE, number), "checker")
        eventually(lambda: sum(recorded) > 0)
    finally:
        companion.ask_to_stop()
        companion.join()
    companion.require_well()
