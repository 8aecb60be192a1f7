"""The database under the log: the process dies between two statements, the disk is full, the server goes away."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event

from certsvc.adapters.clock import SystemClock
from certsvc.errors import ConflictError, UnavailableError
from certsvc.formats.leaf import EventKind
from tests.faults.conftest import KEYS
from tests.faults.test_three_writers import finish, require_every_event_once
from tests.faults.writer_process import event_named
from tests.ledger.conftest import House, event_on, open_house
from tests.support.failing_files import Died
from tests.support.outside_checker import LogKeeper, check_public_tree
from tests.support.servers import PostgresqlServer

MOST_STATEMENTS = 200
BLOWS = 5 if "SOAK_SECONDS" in os.environ else 1


@contextmanager
def dying(house: House, at: int) -> Iterator[None]:
    """The process dies before the n-th statement, commit included."""
    left = at

    def step(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Died

    names = ("before_cursor_execute", "commit")
    for name in names:
        event.listen(house.engine, name, step)
    try:
        yield
    finally:
        for name in names:
            event.remove(house.engine, name, step)


def test_a_batch_that_dies_before_any_statement_is_logged_by_the_next_process_once(house: House) -> None:
    slots = house.slots(2)
    for at in range(1, MOST_STATEMENTS):
        kind = (EventKind.SUSPENDED, EventKind.REINSTATED)[at % 2] if at > 1 else EventKind.ISSUED
        house.clock.instant = house.clock.instant.replace(minute=at % 60, hour=8 + at // 60)
        with house.store.transaction() as transaction:
            transaction.queue([event_named(f"{at}/{slot}", kind, slot) for slot in slots], house.clock.now())
        dead = False
        try:
            with dying(house, at):
                house.ledger().record()
                house.publisher().publish()
        except Died:
            dead = True
        house.engine.dispose()
        audit = finish(house)
        assert audit.status(slots[0]) == kind.status_after
        if not dead:
            break
    assert at > 15
    require_every_event_once(house, audit, [f"{n}/{slot}" for n in range(1, at + 1) for slot in slots])


def test_a_database_that_is_full_says_so_at_any_fill_and_goes_on_when_there_is_room(
    sqlite_house: House,
) -> None:
    house, limit = sqlite_house, [1 << 30]

    def bound(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    event.listen(house.engine, "begin", bound)
    house.publisher().publish()
    ledger, refused = house.ledger(), 0
    for turn in range(1, 12):
        with house.engine.begin() as connection:
            limit[0] = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        events = house_events(house, turn)
        for _ in range(60):
            try:
                batch = ledger.record(events)
            except UnavailableError:
                refused += 1
                assert check_public_tree(house.public, KEYS)
                limit[0] += 1
            else:
                break
        assert batch is not None
        house.publisher().publish()
        limit[0] = 1 << 30
    audit = check_public_tree(house.public, KEYS)
    assert refused > 5
    assert len(audit.events) == 11 * 40
    house.engine.dispose()


def house_events(house: House, turn: int) -> list[Any]:
    """Forty events; their slots are taken while there is still room."""
    return [event_on(slot, turn * 100 + at) for at, slot in enumerate(house.slots(40))]


class Appender(threading.Thread):
    """Queues, records and publishes until it is stopped; what is unavailable it tries again."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self._house = open_house(house.home, house.url, SystemClock())  # type: ignore[arg-type]
        self.stopping = threading.Event()
        self.queued: list[str] = []
        self.unavailable = 0
        self.failure: BaseException | None = None

    def run(self) -> None:
        ledger, publisher = self._house.ledger(), self._house.publisher()
        try:
            while not self.stopping.is_set():
                try:
                    self._business()
                    ledger.record()
                    publisher.publish()
                except (UnavailableError, ConflictError):
                    self.unavailable += 1
                    time.sleep(0.05)
        except BaseException as failure:
            self.failure = failure
        finally:
            self._house.engine.dispose()

    def _business(self) -> None:
        slots = self._house.slots(3)
        key = f"at-{time.monotonic_ns()}"
        events = [event_named(f"{key}/{slot}", EventKind.ISSUED, slot) for slot in slots]
        with self._house.store.transaction() as transaction:
            transaction.queue(events, self._house.clock.now())
        self.queued.extend(one.idempotency_key for one in events)

    def wait_for_more(self, seconds: float = 120) -> None:
        """Return when something more was queued."""
        known, end = len(self.queued), time.monotonic() + seconds
        while len(self.queued) < known + 9 and self.failure is None:
            assert time.monotonic() < end, "the appender does not go on"
            time.sleep(0.01)


@pytest.mark.parametrize("blow", ["crash", "backend"])
def test_a_server_that_crashes_during_append_is_waited_for_and_loses_nothing(
    crashing_postgresql: PostgresqlServer, tmp_path: Any, blow: str
) -> None:
    house = open_house(tmp_path, crashing_postgresql.fresh(), SystemClock())  # type: ignore[arg-type]
    house.ledger().start_log()
    house.publisher().publish()
    appender = Appender(house)
    with LogKeeper(house.public) as keeper:
        appender.start()
        for _ in range(BLOWS):
            appender.wait_for_more()
            house.engine.dispose()
            if blow == "crash":
                crashing_postgresql.crash()
                crashing_postgresql.start()
            else:
                kill_backends(crashing_postgresql, house.url)
        appender.wait_for_more()
        appender.stopping.set()
        appender.join(timeout=120)
    assert appender.failure is None
    assert appender.unavailable > 0
    audit = finish(house)
    keeper.look()
    assert keeper.require_one_history(audit, KEYS) > 3
    require_every_event_once(house, audit, appender.queued)
    house.engine.dispose()


def kill_backends(server: PostgresqlServer, url: str) -> None:
    """SIGKILL to the processes that serve a database, as the kernel does when memory is short."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [url.rpartition("/")[2]]
        ).fetchall()
    assert found
    for (process,) in found:
        os.kill(process, signal.SIGKILL)
    end = time.monotonic() + 120
    while True:
        try:
            with psycopg.connect(server.url("postgres")):
                return
        except psycopg.OperationalError:
            assert time.monotonic() < end
            time.sleep(0.05)
