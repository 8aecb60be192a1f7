"""The ledger stage alone: waiting events become leaves, status array and seal included, on SQLite and PostgreSQL.

Every batch is timed between two runs of the floor on the same database: the same number of leaves hashed, inserted as
bare rows, given a place, committed durably. The target is a rate, or 0.6 of that floor where it is lower.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, update

from bench.ledger_floors import PostgresqlFloor, SqliteFloor
from bench.private_postgresql import NoPostgresqlError, running_cluster
from bench.timing import Measurement, Scale, Target, elapsed
from bench.versions import versions
from certsvc.adapters.clock import SystemClock
from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.file_keys import FileLogSigner, FileRecordSigner
from certsvc.adapters.ledger_outbox import allot_slots, queue_events
from certsvc.adapters.ledger_schema import status_space
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent
from certsvc.stages.ledger import MOST_EVENTS, Ledger

_SHARE_OF_FLOOR = 0.6
_SMALL_BATCHES = 100
_LARGE_ARRAY = 1 << 24
Floor = SqliteFloor | PostgresqlFloor


@dataclass(frozen=True, slots=True)
class _Case:
    """One measurement: so many leaves a commit, so many commits."""

    key: str
    what: str
    leaves: int
    batches: int
    target: float | None = None
    slots: int | None = None


def measure(scale: Scale) -> list[Measurement]:
    """Leaves a second, from the outbox to the committed head with its signed checkpoint."""
    return [*_on_sqlite(scale), *_on_postgresql(scale)]


def _cases(scale: Scale, database: str, target: float) -> list[_Case]:
    full = min(scale.leaves, MOST_EVENTS)
    batches = max(1, scale.leaves // full)
    few = min(_SMALL_BATCHES, scale.leaves)
    key, on = f"ledger_{database.lower()}", f"ledger on {database}"
    return [
        _Case(f"{key}_per_second", f"{on}, 1,000 leaves a commit", full, batches, target),
        _Case(f"{key}_sixteen_per_second", f"{on}, 16 leaves a commit", 16, few),
        _Case(f"{key}_single_per_second", f"{on}, 1 leaf a commit", 1, few),
        _Case(
            f"{key}_large_array_per_second",
            f"{on}, 1,000 leaves a commit, status array of 16.8 million slots",
            full,
            batches,
            slots=_LARGE_ARRAY,
        ),
    ]


def _on_sqlite(scale: Scale) -> list[Measurement]:
    with tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
        floor = SqliteFloor(Path(folder) / "floor.sqlite3")
        engine = open_database(f"sqlite:///{Path(folder) / 'ledger.sqlite3'}")
        cases = _cases(scale, "SQLite", 100_000)
        return _measured(engine, Path(folder), floor, cases, versions("sqlalchemy", "sqlite"))


def _on_postgresql(scale: Scale) -> list[Measurement]:
    try:
        with running_cluster() as cluster, tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
            url = cluster.url("postgres")
            floor = PostgresqlFloor(url)
            engine = open_database(url)
            stack = versions("sqlalchemy", "psycopg") | {"postgresql": floor.server}
            return _measured(engine, Path(folder), floor, _cases(scale, "PostgreSQL", 28_000), stack)
    except NoPostgresqlError as error:
        print(f"ledger: {error}", file=sys.stderr)
        return []


def _measured(
    engine: Engine, home: Path, floor: Floor, cases: Sequence[_Case], stack: dict[str, str]
) -> list[Measurement]:
    migrate(engine)
    log = _Log(engine, home)
    try:
        return [_measurement(log, floor, case, stack) for case in cases]
    finally:
        floor.close()
        engine.dispose()


def _measurement(log: _Log, floor: Floor, case: _Case, stack: dict[str, str]) -> Measurement:
    if case.slots is not None:
        log.widen(case.slots)
    log.queue(case.leaves)
    log.ledger.record()  # statements compiled, array and edge in memory: a service that runs
    rates, floors = [], [floor.rate(case.leaves)]
    for _ in range(case.batches):
        log.queue(case.leaves)
        rates.append(case.leaves / elapsed(log.ledger.record))
        floors.append(floor.rate(case.leaves))
    least = median(floors)
    return Measurement(
        case.key,
        case.what,
        median(rates),
        "1/s",
        least,
        f"{floor.what}, a second; ratio {median(rates) / least:.2f}",
        stack,
        None if case.target is None else Target(round(min(case.target, _SHARE_OF_FLOOR * least))),
    )


class _Log:
    """A log in a fresh database, and the certificates that wait to be logged."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self._engine = engine
        self._serial = 0
        record_key = FileRecordSigner(Ed25519PrivateKey.generate())
        log_key = FileLogSigner(Ed25519PrivateKey.generate(), "certsvc.example/bench-log")
        tree = FolderTree(home / "public")
        self.ledger = Ledger(DatabaseLedgerStore(engine), tree, SystemClock(), record_key, log_key)
        self.ledger.start_log()

    def queue(self, count: int) -> None:
        """Let so many first events wait, each on a slot of its own."""
        with self._engine.begin() as connection:
            slots = allot_slots(connection, count)
            events = [_event(slot, self._serial + at) for at, slot in enumerate(slots)]
            queue_events(connection, events, datetime.now(UTC))
        self._serial += count

    def widen(self, slots: int) -> None:
        """Let the next seal commit to a larger array, as if so many certificates had been issued."""
        with self._engine.begin() as connection:
            connection.execute(update(status_space).values(slots=slots))


def _event(slot: int, serial: int) -> PendingEvent:
    number = build_certificate_number(2026, 5, Level.DEPUTY_SENIOR, serial + 1)
    return PendingEvent(
        idempotency_key=f"issue/{number}/1",
        kind=EventKind.ISSUED,
        slot=slot,
        effective_on=date(2026, 11, 20),
        commitment=sha256(number.encode()).digest(),
        certificate_number=number,
        certificate_version=1,
    )
