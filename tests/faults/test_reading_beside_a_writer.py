"""Whoever only looks waits for nobody who writes: on SQLite there is one writer at a time, and he may take long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap.office import Office
from certsvc.domain.holder_request import RequestState
from certsvc.ports.audit import TrailQuestion
from certsvc.ports.holder_requests import RequestFilter
from certsvc.ports.people import AccountQuestion
from tests.support.office import OfficeUnderTest

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
OWNER = b"o" * 32
READINGS: dict[str, Callable[[Office], object]] = {
    "who is signed in": lambda office: office.sign_in.sessions.board.find(OWNER),
    "which holder is signed in": lambda office: office.holder_sign_in.sessions.board.find(OWNER),
    "sessions of a person": lambda office: office.sign_in.sessions.board.of_owner("maker"),
    "an account": lambda office: office.actors.find_actor("maker"),
    "accounts": lambda office: office.actors.accounts(AccountQuestion(), 0, 10),
    "the inbox": lambda office: office.notice_desk.holders.inbox.page((OWNER,), 0, 10),
    "unread notices": lambda office: office.notice_desk.holders.inbox.counted((OWNER,)),
    "addresses": lambda office: office.notice_desk.holders.addresses.of_owner(OWNER),
    "requests": lambda office: office.request_desk.store.listed(
        RequestFilter(None, list(RequestState)), 0, 10
    ),
    "a request": lambda office: office.request_desk.store.whole("A"),
    "exports": lambda office: office.exports.store.of_owner(OWNER, NOW),
    "delegations": lambda office: office.people.delegations.store.listed(0, 10),
    "delegations in force": lambda office: office.people.delegations.store.in_force(
        "maker", date(2026, 11, 20)
    ),
    "historical records": lambda office: office.history.lists.lists.records(None, None, None, None, 10, 0),
    "the audit trail": lambda office: office.people.audit.reading.entries(TrailQuestion(), 10),
    "looks": lambda office: office.people.audit.reading.looks(TrailQuestion(), 10),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> OfficeUnderTest:
    """An office on SQLite."""
    return OfficeUnderTest(tmp_path_factory.mktemp("reading") / "home", FixedClock(NOW))


@pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)
def test_who_looks_does_not_begin_as_a_writer(
    office: OfficeUnderTest, reading: Callable[[Office], object]
) -> None:
    begun: list[object] = []

    def begin(connection: object) -> None:
        begun.append(connection)

    event.listen(office.office.engine, "begin", begin)
    try:
        reading(office.office)
    finally:
        event.remove(office.office.engine, "begin", begin)
    assert begun == []
