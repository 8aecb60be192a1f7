"""A writer over SQLite whose system calls fail, or which dies at them: strace decides at which.

`make test` takes a sample of the moments of a writer's life (seeded), `make soak` every one (SOAK_MOMENTS=all).
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.adapters.clock import SystemClock
from tests.faults.conftest import KEYS
from tests.faults.test_three_writers import SEED, finish, require_every_event_once
from tests.faults.writer_process import READY, write_when_told
from tests.ledger.conftest import House, open_house
from tests.support.databases import SqliteFiles
from tests.support.outside_checker import LogKeeper
from tests.support.traced import Trace, moments

SAMPLE = None if os.environ.get("SOAK_MOMENTS") == "all" else 16
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
TURNS = 2
DONE, GAVE_UP = 0, 3


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """A house on SQLite, on the machine's own time, with a small published log."""
    url = SqliteFiles(tmp_path, sqlite_template).fresh()
    made = open_house(tmp_path / "home", url, SystemClock())  # type: ignore[arg-type]
    (tmp_path / "home").mkdir()
    assert made.ledger().start_log()
    made.publisher().publish()
    yield made
    made.engine.dispose()


class TracedWriters:
    """Writers that wait for their strace before they begin."""

    def __init__(self, house: House, strace: str, log: Path) -> None:
        self._house, self._strace, self._log = house, strace, log
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.writer_process"])
        self.told: list[str] = []

    def run(self, name: str, injected: str | None = None) -> int:
        """One writer's life; its exit code (a signal as a negative number)."""
        waiting, go = self._context.Pipe(duplex=False)
        reading, writing = self._context.Pipe(duplex=False)
        arguments = (self._house.home, self._house.url, name, waiting, writing)
        process = self._context.Process(target=write_when_told, args=(*arguments, TURNS))
        process.start()
        writing.close()
        assert os.read(reading.fileno(), len(READY)) == READY
        trace = Trace(self._strace, process.pid or 0, self._log, injected)
        go.send(None)
        with os.fdopen(os.dup(reading.fileno()), encoding="utf-8") as lines:
            self.told.extend(line.rstrip("\n") for line in lines)
        process.join()
        trace.wait()
        for end in (waiting, go, reading):
            end.close()
        assert process.exitcode is not None
        return process.exitcode

    def queued(self) -> list[str]:
        """The events whose commit was told."""
        return [line.removeprefix("queued ") for line in self.told if line.startswith("queued ")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_writer_whose_system_calls_fail_goes_on_or_is_followed_by_one_that_does(
    house: House, fault: str, strace: str, tmp_path: Path
) -> None:
    writers = TracedWriters(house, strace, tmp_path / "trace")
    assert writers.run("rehearsal") == DONE
    places = list(moments(tmp_path / "trace", tmp_path))
    assert {call for call, _ in places} >= {"openat", "pwrite64", "write", "fsync", "fdatasync", "rename"}
    if SAMPLE is not None:
        places = random.Random(f"{SEED} {fault}").sample(places, SAMPLE)
    struck = 0
    with LogKeeper(house.public) as keeper:
        for turn, (call, number) in enumerate(places):
            code = writers.run(f"writer-{turn}", f"{call}:{FAULTS[fault]}:when={number}")
            expected = (DONE, -signal.SIGKILL) if fault == "KILL" else (DONE,)
            assert code in expected, f"{fault} at {call} {number}: exit code {code}, {writers.told[-2:]}"
            struck += code != DONE or "(INJECTED)" in (tmp_path / "trace").read_text(errors="replace")
            audit = finish(house)
    assert struck > len(places) // 2  # the calls of two lives are not quite the same
    keeper.require_one_history(audit, KEYS)
    require_every_event_once(house, audit, writers.queued())
