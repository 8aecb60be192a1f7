"""The ledger stage alone: waiting events become leaves, 1,000 a commit, on a SQLite file."""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.timing import Measurement, Scale, Target, elapsed
from bench.versions import versions
from certsvc.adapters.clock import SystemClock
from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.file_keys import FileLogSigner, FileRecordSigner
from certsvc.adapters.ledger_outbox import allot_slots, queue_events
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent
from certsvc.stages.ledger import MOST_EVENTS, Ledger


def measure(scale: Scale) -> list[Measurement]:
    """Leaves a second, from the outbox to the committed head with its signed checkpoint."""
    leaves = min(scale.leaves, MOST_EVENTS)
    with tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
        home = Path(folder)
        engine = open_database(f"sqlite:///{home / 'ledger.sqlite3'}")
        migrate(engine)
        record_key = FileRecordSigner(Ed25519PrivateKey.generate())
        log_key = FileLogSigner(Ed25519PrivateKey.generate(), "certsvc.example/bench-log")
        ledger = Ledger(
            DatabaseLedgerStore(engine), FolderTree(home / "public"), SystemClock(), record_key, log_key
        )
        ledger.start_log()
        rates, floors = [], []
        for first in range(0, scale.leaves, leaves):
            with engine.begin() as connection:
                slots = allot_slots(connection, leaves)
                events = [_event(slot, first + at) for at, slot in enumerate(slots)]
                queue_events(connection, events, datetime.now(UTC))
            floors.append(_bare_rows(home / "floor.sqlite3", leaves))
            rates.append(leaves / elapsed(ledger.record))
        engine.dispose()
    return [
        Measurement(
            "ledger_sqlite_per_second",
            "ledger on SQLite, 1,000 leaves a commit",
            median(rates),
            "1/s",
            median(floors),
            "leaf hashes and rows by bare sqlite3, a second",
            versions("sqlalchemy", "sqlite"),
            Target(100_000),
        )
    ]


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


def _bare_rows(path: Path, count: int) -> float:
    """One durable transaction: each leaf hashed, inserted, and its outbox row updated."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS leaf (id INTEGER PRIMARY KEY, hash BLOB, place INTEGER)")
    (first,) = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM leaf").fetchone()
    numbers = range(first, first + count)

    def batch() -> None:
        rows = [(number, sha256(b"\0%0100d" % number).digest()) for number in numbers]
        connection.executemany("INSERT INTO leaf (id, hash) VALUES (?, ?)", rows)
        connection.executemany("UPDATE leaf SET place = ? WHERE id = ?", [(n, n) for n in numbers])
        connection.commit()

    seconds = elapsed(batch)
    connection.close()
    return count / seconds
