"""What a witness refuses, and what it keeps that speaks against the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certverify import witness_store
from certverify.checkpoint import decode_checkpoint
from certverify.note import decode_verifier_key
from certverify.witness_report import render_report, report
from certverify.witness_store import Ground

from tests.verifier.builders import LOG_KEY, NOW
from tests.verifier.witnessing import (
    FORKED,
    LEAVES,
    SECOND_LOG,
    Bench,
    clock_of,
    note_of,
    request,
    said,
    text_of,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path / "witness")
    yield opened
    opened.store.close()


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
