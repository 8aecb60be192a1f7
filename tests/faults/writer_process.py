"""A writer that issues, changes, records and publishes: what the fault tests run, trace and kill.

It tells on standard output, line by line: `queued KEY` after the business transaction with that event has returned,
`shown SIZE` after a publication. What cannot be done at the moment it tries again, as the background work does; any
other failure is told as `failed CODE MESSAGE` and ends it with exit code 3.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

from certsvc.adapters.clock import SystemClock
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.errors import CertsvcError, ConflictError, UnavailableError
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent
from tests.ledger.conftest import House, open_house
from tests.support.traced import let_be_traced

_NUMBER = build_certificate_number(2026, 5, Level.DEPUTY_SENIOR, 1)
_LATER = (EventKind.SUSPENDED, EventKind.REINSTATED, EventKind.REVOKED)
_PAUSE_SECONDS = 0.02
_TRIES = 500
READY = b"ready\n"


def event_named(key: str, kind: EventKind, slot: int) -> PendingEvent:
    """An event with a commitment of its own."""
    digest = sha256(key.encode()).digest()
    return PendingEvent(key, kind, slot, date(2026, 11, 20), digest, _NUMBER, 1)


class Writer:
    """One writer's work, turn after turn."""

    def __init__(self, house: House, name: str, tell: Callable[[str], None], dice: random.Random) -> None:
        self._house, self._name, self._tell, self._dice = house, name, tell, dice
        self._ledger, self._publisher = house.ledger(), house.publisher()
        self._own: list[int] = []
        self._turn = 0

    def take_a_turn(self) -> None:
        """Some business transactions, a batch, a publication."""
        self._turn += 1
        for step in range(self._dice.randint(1, 3)):
            key = f"{self._name}/{self._turn}/{step}"
            self._persist(lambda key=key: self._business(key))  # type: ignore[misc]
        self._persist(self._ledger.record)
        head = self._persist(self._publisher.publish)
        self._tell(f"shown {head.size}")  # type: ignore[attr-defined]

    def _business(self, key: str) -> None:
        """Issue a few certificates, or change one issued before: slots and events in one transaction."""
        count = self._dice.randint(1, 6)
        if self._own and self._dice.random() < 0.4:
            slot, kind = self._dice.choice(self._own), self._dice.choice(_LATER)
            events = [event_named(key, kind, slot)]
        else:
            slots = self._house.slots(count)
            events = [event_named(f"{key}/{at}", EventKind.ISSUED, slot) for at, slot in enumerate(slots)]
            self._own.extend(slots)
        with self._house.store.transaction() as transaction:
            transaction.queue(events, self._house.clock.now())
        for event in events:
            self._tell(f"queued {event.idempotency_key}")

    def _persist(self, step: Callable[[], object]) -> object:
        for _ in range(_TRIES):
            try:
                return step()
            except (ConflictError, UnavailableError) as error:
                self._tell(f"again {error.code} {error}")
                time.sleep(_PAUSE_SECONDS)
        return step()


def write_for_ever(home: Path, url: str, name: str, pipe: int, turns: int | None = None) -> None:
    """The process: as described above, on a file descriptor."""

    def tell(line: str) -> None:
        os.writev(
            pipe, [f"{line}\n".encode()]
        )  # at once, so a kill cuts no line in two; no call that is made to fail

    try:
        house = open_house(home, url, SystemClock())  # type: ignore[arg-type]
        writer = Writer(house, name, tell, random.Random(name))
        while turns is None or turns > 0:
            writer.take_a_turn()
            turns = None if turns is None else turns - 1
    except CertsvcError as error:
        tell(f"failed {error.code} {error}")
        sys.exit(3)


def write_when_told(
    home: Path, url: str, name: str, waiting: Connection, telling: Connection, turns: int
) -> None:
    """The same, begun only when it is told to: until then somebody may attach himself."""
    let_be_traced()
    os.write(telling.fileno(), READY)
    waiting.recv()
    write_for_ever(home, url, name, telling.fileno(), turns)
