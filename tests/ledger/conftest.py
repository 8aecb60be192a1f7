"""A ledger in a temporary home: real database, real folder, fixed keys, a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_database
from certsvc.adapters.file_keys import FileLogSigner, FileRecordSigner
from certsvc.adapters.ledger_outbox import allot_slots
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent
from certsvc.stages.ledger import Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import log_key

ORIGIN = "certsvc.example/test-log"
RECORD_KEY = FileRecordSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LOG_KEY = FileLogSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))), ORIGIN)


@dataclass
class House:
    """One home folder with its database and public tree."""

    home: Path
    url: str
    clock: FixedClock
    engine: Engine

    @property
    def public(self) -> Path:
        return self.home / "public"

    @property
    def tree(self) -> FolderTree:
        return FolderTree(self.public)

    @property
    def store(self) -> DatabaseLedgerStore:
        return DatabaseLedgerStore(self.engine)

    def ledger(self) -> Ledger:
        return Ledger(self.store, self.tree, self.clock, RECORD_KEY, LOG_KEY)

    def publisher(self) -> Publisher:
        return Publisher(self.store, self.tree, [log_key(LOG_KEY)])

    def slots(self, count: int) -> list[int]:
        with self.engine.begin() as connection:
            return allot_slots(connection, count)

    def issue(self, count: int, *, start: int = 1) -> list[PendingEvent]:
        return [event_on(slot, start + at) for at, slot in enumerate(self.slots(count))]


def event_on(slot: int, serial: int, kind: EventKind = EventKind.ISSUED) -> PendingEvent:
    """An event with a commitment of its own."""
    number = build_certificate_number(2026, 5, Level.DEPUTY_SENIOR, serial)
    return PendingEvent(
        idempotency_key=f"{kind.name.lower()}/{number}/1",
        kind=kind,
        slot=slot,
        effective_on=date(2026, 11, 20),
        commitment=sha256(f"{kind}{serial}".encode()).digest(),
        certificate_number=number,
        certificate_version=1,
    )


def open_house(home: Path, url: str, clock: FixedClock) -> House:
    """A home with the database of that URL."""
    return House(home, url, clock, open_database(url))


@pytest.fixture
def house(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[House]:
    """A home whose log has begun."""
    made = open_house(tmp_path, database_url, clock)
    assert made.ledger().start_log()
    yield made
    made.engine.dispose()
