"""The witness: it cosigns a log that only grows, remembers before it answers, and keeps what speaks against the log."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from certverify import witness_key, witness_store
from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import AuditError, TreeMissingError, WitnessStateError
from certverify.log_key import log_key
from certverify.note import decode_verifier_key
from certverify.witness import Witness
from certverify.witness_key import KEY_FILE, open_folder
from certverify.witness_logs import listed_logs
from certverify.witness_protocol import Answer
from certverify.witness_report import render_report, report
from certverify.witness_store import STATE_FILE, Ground
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.builders import LOG_KEY, NOW, WITNESS_KEY, key
from tests.verifier.witnessing import (
    FORKED,
    LEAVES,
    NAME,
    Bench,
    StandingClock,
    cosigned_at,
    note_of,
    request,
    text_of,
)

SECOND_LOG = key("log.example/second", 21)
NEXT_LOG_KEY = key(LOG_KEY.name, 22)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path / "witness")
    yield opened
    opened.store.close()


def clock_of(bench: Bench) -> StandingClock:
    assert isinstance(bench.clock, StandingClock)
    return bench.clock


def said(answer: Answer) -> tuple[int, str]:
    return int(answer.status), answer.body.decode().strip()


# --- growing ---


def test_a_log_that_grows_is_cosigned_from_the_first_checkpoint_on(bench: Bench) -> None:
    sizes = (0, 1, 2, 3, 7, 8, 33, 64)
    for old, size in zip((0, *sizes), sizes, strict=False):
        clock_of(bench).go(1)
        answer = bench.ask(request(old, size))
        assert bench.cosigned_at(text_of(size), answer) == clock_of(bench).now
    copy = bench.witness.copy(LOG_KEY.name)
    assert copy is not None
    checkpoint, note = decode_checkpoint(copy)
    assert (checkpoint.size, note.signed_by(decode_verifier_key(LOG_KEY.vkey()))) == (64, True)
    assert note.cosigned_at(bench.verifier) == int(clock_of(bench).now.timestamp())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 64), st.integers(0, 64), st.booleans()), max_size=8))
def test_whatever_is_asked_the_cosigned_checkpoints_are_one_growing_log(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[int, int, bool]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("w"))
    reached: tuple[int, bytes] = (0, b"")
    for old, size, forked in asked:
        leaves = FORKED if forked else LEAVES
        answer = bench.ask(request(old, size, leaves))
        if answer.status == 200:
            assert old == reached[0] <= size
            assert reached[1] in (b"", text_of(old, leaves).encode())
            reached = (size, text_of(size, leaves).encode())
        elif answer.status == 409:
            assert answer.body == b"%d\n" % reached[0]
    bench.store.close()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_bytes_have_an_answer(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    bench = Bench(tmp_path_factory.mktemp("w"))
    good = request(0, 9)
    at = data.draw(st.integers(0, len(good)))
    changed = good[:at] + data.draw(st.binary(max_size=5)) + good[at + data.draw(st.integers(0, 5)) :]
    for body in (changed, data.draw(st.binary(max_size=200))):
        answer = bench.ask(body)
        assert int(answer.status) in {400, 403, 404, 409, 422} or body == good
        assert answer.body.endswith(b"\n")
    bench.store.close()


def test_the_same_checkpoint_is_cosigned_again_with_a_fresh_time(bench: Bench) -> None:
    bench.ask(request(0, 9))
    for _ in range(3):
        clock_of(bench).go(600)
        assert bench.cosigned_at(text_of(9), bench.ask(request(9, 9))) == clock_of(bench).now


def test_an_empty_log_is_cosigned_again_and_then_grows(bench: Bench) -> None:
    for size in (0, 0, 5):
        assert bench.ask(request(0, size)).status == 200


def test_several_logs_are_kept_apart(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "w", (LOG_KEY.vkey(), SECOND_LOG.vkey()))
    assert bench.ask(request(0, 9)).status == 200
    assert bench.ask(request(0, 20, FORKED, signer=SECOND_LOG)).status == 200
    assert said(bench.ask(request(20, 30))) == (409, "9")
    assert bench.ask(request(9, 12)).status == 200
    bench.store.close()


def test_extension_lines_are_part_of_what_is_cosigned(bench: Bench) -> None:
    text = text_of(9) + "an extension\n"
    assert bench.cosigned_at(text, bench.ask(request(0, 9, text=text))) == NOW


def test_signatures_of_strangers_are_passed_over_and_not_kept(bench: Bench) -> None:
    text = text_of(9)
    strangers = [key(f"s{seed}", seed).sign_note(text) for seed in range(60)]
    own = LOG_KEY.cosign(text, 1_700_000_000)
    body = b"old 0\n\n" + note_of(text, more=[*strangers, own])
    assert bench.ask(body).status == 200
    copy = bench.witness.copy(LOG_KEY.name)
    assert copy is not None
    assert copy.startswith(note_of(text, more=[own]))
    assert copy.decode().count("\u2014") == 3


def test_a_wrong_cosignature_of_the_log_is_not_shown_to_others(bench: Bench) -> None:
    text = text_of(9)
    body = b"old 0\n\n" + note_of(text, more=[LOG_KEY.cosign(text_of(8), 1_700_000_000)])
    assert bench.ask(body).status == 200
    assert bench.store.latest(LOG_KEY.name).note == note_of(text)  # type: ignore[union-attr]


def test_while_one_log_key_takes_over_either_may_sign(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "w", (LOG_KEY.vkey(), NEXT_LOG_KEY.vkey()))
    assert bench.ask(request(0, 9)).status == 200
    assert bench.ask(request(9, 12, signer=NEXT_LOG_KEY)).status == 200
    text = text_of(20)
    both = request(12, 20) + NEXT_LOG_KEY.sign_note(text).encode()
    assert bench.ask(both).status == 200
    assert said(bench.ask(request(20, 21) + NEXT_LOG_KEY.sign_note(text).encode())) == (
        403,
        "signature-wrong",
    )
    bench.store.close()


def test_a_retired_log_key_is_believed_no_more(tmp_path: Path) -> None:
    store, own = open_folder(tmp_path / "w", NAME)
    retired = log_key(
        decode_verifier_key(LOG_KEY.vkey()), NOW.date() - timedelta(days=9), NOW.date() - timedelta(days=1)
    )
    witness = Witness(store, own, listed_logs([retired]), lambda: NOW)
    assert said(witness.add_checkpoint(request(0, 9))) == (403, "key-not-in-force")
    store.close()


# --- refusing, and what is kept of it ---


def test_a_fork_is_refused_again_and_again_and_after_every_start(bench: Bench) -> None:
    bench.ask(request(0, 9))
    for _ in range(2):
        assert said(bench.ask(request(9, 9, FORKED))) == (409, "9")
        assert said(bench.ask(request(9, 20, FORKED))) == (422, "proof-wrong")
        assert said(bench.ask(request(0, 20, FORKED))) == (409, "9")
        bench.again()
    assert bench.ask(request(9, 20)).status == 200


def test_both_notes_of_a_fork_are_kept_and_shown(bench: Bench) -> None:
    bench.ask(request(0, 9))
    bench.ask(request(9, 9, FORKED))
    bench.again()
    [told] = report(bench.store)["refused"]
    assert (told["ground"], told["size"], told["reason"]) == ("fork", 9, "same-size-other-root")
    assert told["note"] == note_of(text_of(9, FORKED)).decode()
    assert told["against"] == note_of(text_of(9)).decode()
    for whole in (told["note"], told["against"]):
        _, note = decode_checkpoint(whole.encode())
        assert note.signed_by(decode_verifier_key(LOG_KEY.vkey()))
    assert "分叉" in render_report(report(bench.store))


def test_a_fork_below_the_newest_size_is_evidence_too(bench: Bench) -> None:
    for old, size in ((0, 7), (7, 9), (9, 20)):
        bench.ask(request(old, size))
    assert said(bench.ask(request(0, 9, FORKED))) == (409, "20")
    [kept] = bench.store.all_refused()
    assert (kept.ground, kept.size, kept.against) == (Ground.FORK, 9, note_of(text_of(9)))


def test_an_unproven_checkpoint_becomes_a_proven_fork_when_the_other_one_is_accepted(bench: Bench) -> None:
    bench.ask(request(0, 9))
    bench.ask(request(9, 20, FORKED))
    assert [item.ground for item in bench.store.all_refused()] == [Ground.UNPROVEN]
    bench.ask(request(9, 20))
    [kept] = bench.store.all_refused()
    assert (kept.ground, kept.note, kept.against) == (
        Ground.FORK,
        note_of(text_of(20, FORKED)),
        note_of(text_of(20)),
    )


def test_a_genuine_checkpoint_that_somebody_sent_with_a_bad_proof_accuses_nobody(bench: Bench) -> None:
    bench.ask(request(0, 9))
    assert said(bench.ask(request(9, 20, proof=[bytes(32)]))) == (422, "proof-wrong")
    assert [item.ground for item in bench.store.all_refused()] == [Ground.UNPROVEN]
    assert bench.ask(request(9, 20)).status == 200
    assert bench.store.all_refused() == []


@pytest.mark.parametrize(
    ("size", "ground"),
    [(lambda number: 9, Ground.FORK), (lambda number: 10 + number, Ground.UNPROVEN)],
    ids=["same size", "larger"],
)
def test_a_thief_of_the_log_key_cannot_fill_the_disk(
    size: Callable[[int], int], ground: Ground, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_store, "REFUSED_OF_ORIGIN", 7)
    bench.ask(request(0, 9))
    for number in range(30):
        leaves = [*LEAVES[:8], *FORKED[number:], *FORKED]
        bench.ask(request(9, size(number), leaves, proof=[]))
    kept = [item for item in bench.store.all_refused() if item.ground is ground]
    assert len(kept) == 7
    if ground is Ground.FORK:
        assert kept[0].note == note_of(text_of(9, [*LEAVES[:8], *FORKED]))
    else:
        assert kept[-1].size == 39


def test_nor_by_making_forks_of_what_was_unproven(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_store, "REFUSED_OF_ORIGIN", 5)
    bench.ask(request(0, 9))
    for size in (12, 15, 18):
        for number in range(4):
            bench.ask(request(size - 3, size, [*LEAVES[:8], *FORKED[number:]], proof=[]))
        assert bench.ask(request(size - 3, size)).status == 200
    kept = bench.store.all_refused()
    assert [(item.ground, item.size) for item in kept] == [(Ground.FORK, 12)] * 4 + [(Ground.FORK, 15)]


def test_only_so_many_bytes_of_accepted_notes_are_kept_and_always_the_newest(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_text = text_of(64) + "x" * 5000 + "\n"
    monkeypatch.setattr(witness_store, "SEEN_BYTES_OF_ORIGIN", 1000)
    for size in range(1, 64):
        bench.ask(request(size - 1, size))
    [(latest, kept)] = bench.store.all_latest()
    assert (latest.size, 3 <= kept <= 6) == (63, True)
    assert bench.ask(request(63, 64, text=long_text)).status == 200
    assert [(latest.size, kept) for latest, kept in bench.store.all_latest()] == [(64, 1)]
    assert said(bench.ask(request(64, 64, FORKED))) == (409, "64")
    assert [item.ground for item in bench.store.all_refused()] == [Ground.FORK]


# --- time ---


def test_with_a_clock_that_stepped_back_nothing_is_signed(bench: Bench) -> None:
    bench.ask(request(0, 9))
    clock_of(bench).go(-1)
    assert said(bench.ask(request(9, 9))) == (503, "clock-behind")
    assert said(bench.ask(request(9, 20))) == (503, "clock-behind")
    bench.again()
    assert said(bench.ask(request(9, 20))) == (503, "clock-behind")
    clock_of(bench).go(1)
    assert bench.cosigned_at(text_of(20), bench.ask(request(9, 20))) == NOW


def test_the_time_of_one_log_holds_for_the_other_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "w", (LOG_KEY.vkey(), SECOND_LOG.vkey()))
    bench.ask(request(0, 9))
    clock_of(bench).go(-5)
    assert bench.ask(request(0, 9, signer=SECOND_LOG)).status == 503
    bench.store.close()


# --- state ---


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


# --- auditors ---


def test_an_auditor_sees_consistent_checkpoints_alone_and_has_the_last_word(tmp_path: Path) -> None:
    looked: list[tuple[bytes, Checkpoint]] = []

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        looked.append((raw_note, checkpoint))
        if checkpoint.size == 20:
            raise AuditError("status-array-wrong")

    bench = Bench(tmp_path / "w", examine=examine)
    assert bench.ask(request(0, 9)).status == 200
    assert bench.ask(request(9, 20, FORKED)).status == 422
    assert bench.ask(request(0, 20)).status == 409
    assert [checkpoint.size for _, checkpoint in looked] == [9]
    assert said(bench.ask(request(9, 20))) == (422, "status-array-wrong")
    assert looked[-1] == (note_of(text_of(20)), decode_checkpoint(note_of(text_of(20)))[0])
    assert {(item.ground, item.reason) for item in bench.store.all_refused()} == {
        (Ground.AUDIT, "status-array-wrong"),
        (Ground.UNPROVEN, "proof-wrong"),
    }
    assert bench.ask(request(9, 21)).status == 200
    bench.store.close()


@pytest.mark.parametrize("reason", ["", "with spaces", "line\nbreak", "x" * 65, "大"])
def test_the_reason_of_an_auditor_is_told_as_a_short_code(reason: str, tmp_path: Path) -> None:
    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        raise AuditError(reason)

    bench = Bench(tmp_path / "w", examine=examine)
    assert said(bench.ask(request(0, 9))) == (422, "audit-failed")
    bench.store.close()


@pytest.mark.parametrize("failure", [TreeMissingError("gone"), TimeoutError()])
def test_an_auditor_who_cannot_tell_now_refuses_nothing_for_good(failure: Exception, tmp_path: Path) -> None:
    failures = [failure]

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        if failures:
            raise failures.pop()

    bench = Bench(tmp_path / "w", examine=examine)
    assert said(bench.ask(request(0, 9))) == (503, "audit-unavailable")
    assert bench.store.all_refused() == []
    assert bench.ask(request(0, 9)).status == 200
    bench.store.close()


def test_a_long_audit_blocks_nobody_and_is_overtaken_by_no_older_checkpoint(tmp_path: Path) -> None:
    begun, go_on = Event(), Event()

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        begun.set()
        assert go_on.wait(20)

    slow = Bench(tmp_path / "w", examine=examine)
    quick = Bench(tmp_path / "w")
    quick.ask(request(0, 9))
    answers: list[Answer] = []
    thread = Thread(target=lambda: answers.append(slow.ask(request(9, 12))))
    thread.start()
    assert begun.wait(20)
    assert slow.witness.copy(LOG_KEY.name) is not None
    assert quick.ask(request(9, 20)).status == 200
    go_on.set()
    thread.join()
    assert [said(answer) for answer in answers] == [(409, "20")]
    slow.store.close()
    quick.store.close()


def test_a_witness_key_of_its_own_is_needed_for_a_log(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "w")
    assert said(bench.ask(request(0, 9, signer=WITNESS_KEY))) == (404, "origin-unknown")
    bench.store.close()


def test_the_report_of_a_witness_that_has_cosigned_nothing(bench: Bench) -> None:
    assert report(bench.store) == {"name": NAME, "vkey": bench.vkey, "logs": [], "refused": []}
    assert "尚未共签" in render_report(report(bench.store))
    bench.ask(request(0, 9))
    [log] = report(bench.store)["logs"]
    assert log["cosigned_at"] == "2026-11-20T08:00:00Z"
    assert cosigned_at(bench.vkey, text_of(9), log["note"].split("\n\n")[1].encode()) == datetime(
        2026, 11, 20, 8, tzinfo=UTC
    )
