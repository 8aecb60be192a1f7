"""The witness cosigns a log that only grows, under the keys that speak for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.log_key import log_key
from certverify.note import decode_verifier_key
from certverify.witness import Witness
from certverify.witness_key import open_folder
from certverify.witness_logs import listed_logs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.builders import LOG_KEY, NOW, key
from tests.verifier.witnessing import (
    FORKED,
    LEAVES,
    NAME,
    NEXT_LOG_KEY,
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
