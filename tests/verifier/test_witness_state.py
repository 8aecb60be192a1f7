"""The folder of a witness: key and state belong together, and nothing is answered before it is remembered."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from certverify import witness_key, witness_store
from certverify.errors import WitnessStateError
from certverify.witness_key import KEY_FILE, open_folder
from certverify.witness_store import STATE_FILE

from tests.verifier.witnessing import (
    NAME,
    Bench,
    request,
    said,
    text_of,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path / "witness")
    yield opened
    opened.store.close()


def test_of_requests_at_the_same_moment_exactly_one_wins(bench: Bench) -> None:
    bench.ask(request(0, 9))
    start, answers = Barrier(8), []

    def ask(size: int) -> None:
        start.wait()
        answers.append((bench.ask(request(9, size)), size))

    threads = [Thread(target=ask, args=(size,)) for size in range(20, 28)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [won] = [size for answer, size in answers if answer.status == 200]
    assert {said(answer) for answer, _ in answers if answer.status != 200} == {(409, str(won))}


def test_two_processes_on_one_folder_are_one_witness(bench: Bench) -> None:
    other = Bench(bench.folder)
    assert other.vkey == bench.vkey
    assert bench.ask(request(0, 9)).status == 200
    assert said(other.ask(request(0, 12))) == (409, "9")
    assert other.ask(request(9, 12)).status == 200
    assert said(bench.ask(request(9, 20))) == (409, "12")
    other.store.close()


def test_on_a_full_disk_nothing_is_cosigned_and_nothing_forgotten(bench: Bench) -> None:
    bench.ask(request(0, 9))
    with bench.store.turn() as turn:
        file = turn.connection
    pages = file.execute("PRAGMA page_count").fetchone()[0]
    file.execute(f"PRAGMA max_page_count = {pages}")
    long_text = text_of(20) + "x" * 100_000 + "\n"
    assert said(bench.ask(request(9, 20, text=long_text))) == (503, "state-unavailable")
    assert said(bench.ask(request(20, 30))) == (409, "9")
    file.execute("PRAGMA max_page_count = 1000000")
    assert bench.ask(request(9, 20, text=long_text)).status == 200


def test_a_state_that_somebody_else_holds_is_waited_for_and_then_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_store, "_BUSY_SECONDS", 0.05)
    bench.again()
    with closing(sqlite3.connect(bench.folder / STATE_FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert said(bench.ask(request(0, 9))) == (503, "state-unavailable")
        other.execute("ROLLBACK")
    assert bench.ask(request(0, 9)).status == 200


def test_the_state_is_flushed_with_every_commit(bench: Bench) -> None:
    with bench.store.turn() as turn:
        assert turn.connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert turn.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(bench: Bench) -> None:
    first = bench.vkey
    bench.ask(request(0, 9))
    for name in (None, NAME):
        bench.name = name
        bench.again()
        assert bench.vkey == first
    assert stat.S_IMODE((bench.folder / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(bench.folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in bench.folder.iterdir() if "witness.sqlite3-" not in path.name) == [
        KEY_FILE,
        STATE_FILE,
    ]


def test_a_first_start_that_was_broken_off_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "w"

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    for place in ("write_key", "named_key"):
        with monkeypatch.context() as patched:
            patched.setattr(witness_key, place, killed)
            with pytest.raises(KeyboardInterrupt):
                open_folder(folder, NAME)
    with monkeypatch.context() as patched:
        patched.setattr(witness_store.Turn, "identify", killed)
        with pytest.raises(KeyboardInterrupt):
            open_folder(folder, NAME)
    raw_key = (folder / KEY_FILE).read_bytes()
    store, _ = open_folder(folder, NAME)
    store.close()
    assert (folder / KEY_FILE).read_bytes() == raw_key


def lose_state(folder: Path) -> None:
    for path in folder.glob(f"{STATE_FILE}*"):
        path.unlink()


def lose_key(folder: Path) -> None:
    (folder / KEY_FILE).unlink()


def bring_another_key(folder: Path) -> None:
    other = folder.parent / "other"
    store, _ = open_folder(other, NAME)
    store.close()
    (other / KEY_FILE).rename(folder / KEY_FILE)


def let_others_read(folder: Path) -> None:
    (folder / KEY_FILE).chmod(0o640)


def damage_key(folder: Path) -> None:
    (folder / KEY_FILE).write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


def damage_state(folder: Path) -> None:
    lose_state(folder)
    (folder / STATE_FILE).write_bytes(b"no database " * 100)


def come_from_later(folder: Path) -> None:
    with closing(sqlite3.connect(folder / STATE_FILE)) as connection:
        connection.execute("PRAGMA user_version = 2")


@pytest.mark.parametrize(
    "harm",
    [
        lose_state,
        lose_key,
        bring_another_key,
        let_others_read,
        damage_key,
        damage_state,
        come_from_later,
    ],
)
def test_a_key_without_its_own_state_does_not_sign(harm: Callable[[Path], None], bench: Bench) -> None:
    bench.ask(request(0, 9))
    bench.store.close()
    harm(bench.folder)
    with pytest.raises(WitnessStateError):
        open_folder(bench.folder, NAME)


@pytest.mark.parametrize("name", [None, "", "two words", "a+b", "none", "tab\t", "\ud800"])
def test_a_first_start_needs_a_name_that_notes_and_policies_can_carry(
    name: str | None, tmp_path: Path
) -> None:
    with pytest.raises(WitnessStateError):
        open_folder(tmp_path / "w", name)
    assert not (tmp_path / "w" / KEY_FILE).exists()


def test_a_folder_speaks_under_one_name_for_ever(bench: Bench) -> None:
    with pytest.raises(WitnessStateError, match=NAME):
        open_folder(bench.folder, "witness.example/another")
