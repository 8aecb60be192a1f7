"""Three writers at once, any of them killed at any moment: nothing is lost, nothing is doubled, one history is shown.

Ten seconds on each database in `make test`; `SOAK_SECONDS` makes it longer (`make soak`).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread

from sqlalchemy import select

from certsvc.adapters.ledger_schema import outbox_event
from tests.faults.conftest import KEYS
from tests.faults.writer_process import write_for_ever
from tests.ledger.conftest import House
from tests.support.outside_checker import Audit, LogKeeper, check_public_tree

SECONDS = float(os.environ.get("SOAK_SECONDS", "10"))
SEED = int(os.environ.get("SOAK_SEED", "20261121"))
WRITERS = 3


class Crew:
    """Writers, each in a process of its own, and everything that they told."""

    def __init__(self, home: Path, url: str) -> None:
        self._home, self._url = home, url
        self._names = count(1)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.writer_process"])
        self._readers: list[Thread] = []
        self.lines: list[str] = []

    def start(self) -> multiprocessing.process.BaseProcess:
        """One more writer, under a new name."""
        reading, writing = self._context.Pipe(duplex=False)
        name = f"writer-{next(self._names)}"
        process = self._context.Process(target=_write, args=(self._home, self._url, name, writing))
        process.start()
        writing.close()
        reader = Thread(target=self._listen, args=(reading,), daemon=True)
        reader.start()
        self._readers.append(reader)
        return process

    def _listen(self, reading: multiprocessing.connection.Connection) -> None:
        with os.fdopen(os.dup(reading.fileno()), encoding="utf-8") as lines:
            reading.close()
            self.lines.extend(line.rstrip("\n") for line in lines if line.endswith("\n"))

    def heard(self, word: str) -> bool:
        """Whether any writer has told anything under a word so far."""
        return any(line.split(" ", 1)[0] == word for line in tuple(self.lines))

    def told(self, word: str) -> list[str]:
        """What was told under a word, once every writer is dead."""
        for reader in self._readers:
            reader.join(timeout=60)
        return [line.partition(" ")[2] for line in self.lines if line.split(" ", 1)[0] == word]


def _write(home: Path, url: str, name: str, pipe: multiprocessing.connection.Connection) -> None:
    write_for_ever(home, url, name, pipe.fileno())


@contextmanager
def writers(crew: Crew) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    """Three of them; killed at the end, whatever happens."""
    running = [crew.start() for _ in range(WRITERS)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.join()


def test_writers_killed_at_random_lose_nothing_double_nothing_and_show_one_history(
    living_house: House,
) -> None:
    house = living_house
    dice, crew, kills = random.Random(SEED), Crew(house.home, house.url), 0
    end = time.monotonic() + SECONDS
    with LogKeeper(house.public) as keeper, writers(crew) as running:
        while time.monotonic() < end or (not crew.heard("queued") and time.monotonic() < end + 120):
            # A busy machine needs longer than the longest pause to start a writer at all.
            time.sleep(dice.uniform(0.05, 0.6 if crew.heard("queued") else 6))
            at = dice.randrange(WRITERS)
            assert running[at].is_alive(), f"a writer gave up: {crew.lines[-3:]}"
            running[at].kill()
            running[at].join()
            kills += 1
            running[at] = crew.start()
    assert crew.told("failed") == []
    audit = finish(house)
    keeper.look()
    shown = keeper.require_one_history(audit, KEYS)
    require_every_event_once(house, audit, crew.told("queued"))
    assert kills >= SECONDS / 4
    assert shown >= SECONDS
    assert max(map(int, crew.told("shown"))) <= audit.checkpoint.size


def finish(house: House) -> Audit:
    """A fresh process logs what was left, and publishes; the outsider's finding."""
    ledger = house.ledger()
    while ledger.record():
        pass
    house.publisher().publish()
    return check_public_tree(house.public, KEYS)


def require_every_event_once(house: House, audit: Audit, told: list[str]) -> None:
    """Leaves and committed outbox events are the same, one to one; whoever was told that it is committed was told right."""
    with house.engine.begin() as connection:
        rows = connection.execute(select(outbox_event)).all()
    queued = {row.leaf_index: (row.kind, row.slot, row.commitment) for row in rows}
    assert len(queued) == len(rows)
    logged = {at: (int(leaf.type), leaf.slot, leaf.commitment) for at, leaf in audit.events.items()}
    assert logged == queued
    assert len({commitment for _, _, commitment in logged.values()}) == len(logged)
    assert set(told) <= {row.idempotency_key for row in rows}
    assert len(told) == len(set(told)) > 0
