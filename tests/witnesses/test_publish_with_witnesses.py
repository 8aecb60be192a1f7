"""A checkpoint is public with the cosignatures that the policy asks for, or not at all."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from certverify.witness_key import open_folder

from certsvc.errors import NotWitnessed, UnavailableError
from certsvc.formats.note import encode_vkey
from certsvc.stages.published_log import CHECKPOINT_PATH
from tests.ledger.conftest import LOG_KEY, ORIGIN
from tests.support.witnesses import Behaviour, WitnessServer, honest, same_name, saying, signing, slow
from tests.witnesses.conftest import SECONDS, WitnessedHouse


def test_without_witnesses_the_checkpoint_is_shown_as_it_was_signed(witnessed: WitnessedHouse) -> None:
    head = witnessed.publisher().publish()
    assert witnessed.house.tree.read(CHECKPOINT_PATH) == head.note


def test_the_published_checkpoint_carries_every_cosignature(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add()
    witnessed.ask_for(2)
    witnessed.publisher().publish()
    shown = witnessed.shown()
    assert shown is not None
    assert (set(shown.witnesses), shown.quorum_met) == ({b"w1", b"w2"}, True)


def test_publishing_again_asks_nobody_until_there_is_something_new(witnessed: WitnessedHouse) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    publisher = witnessed.publisher()
    for _ in range(3):
        publisher.publish()
    assert witness.old_sizes == [0]
    assert not publisher.is_behind()
    witnessed.ledger().record(witnessed.house.issue(2))
    assert publisher.is_behind()
    publisher.publish()
    assert not publisher.is_behind()
    assert publisher.publish().size == 5
    assert witness.old_sizes == [0, 1, 1]  # begun, the guard of the ledger, the batch with its proof


def test_a_witness_that_forgot_nothing_corrects_a_process_that_starts(witnessed: WitnessedHouse) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    witnessed.ledger().record(witnessed.house.issue(3))
    witnessed.publisher().publish()
    assert witness.old_sizes[-2:] == [0, 1]


def test_an_idle_log_renews_its_cosignatures(witnessed: WitnessedHouse) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    publisher, ledger = witnessed.publisher(), witnessed.ledger()
    publisher.publish()
    before = publisher_times(witnessed)
    witnessed.house.clock.advance(timedelta(minutes=10))
    ledger.refresh_checkpoint()
    assert publisher.is_behind()
    publisher.publish()
    assert publisher_times(witnessed) == {name: at + 600 for name, at in before.items()}


def publisher_times(witnessed: WitnessedHouse) -> dict[bytes, int]:
    raw_note = witnessed.house.tree.read(CHECKPOINT_PATH)
    assert raw_note is not None
    return dict(witnessed.witnessing().cosigned_at(raw_note))


def test_one_of_two_that_is_down_is_enough_for_a_quorum_of_one(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add().down()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    shown = witnessed.shown()
    assert shown is not None
    assert (set(shown.witnesses), shown.quorum_met) == ({b"w1"}, True)


def test_one_of_two_that_is_down_keeps_the_old_checkpoint_and_shows_everything_else(
    witnessed: WitnessedHouse,
) -> None:
    _, second = witnessed.add(), witnessed.add()
    witnessed.ask_for(2)
    witnessed.publisher().publish()
    before = witnessed.house.tree.read(CHECKPOINT_PATH)
    ledger = witnessed.ledger()
    ledger.require_own_history()
    ledger.record(witnessed.house.issue(2))
    second.down()
    publisher = witnessed.publisher()
    with pytest.raises(NotWitnessed, match=r"等待见证.*w2（unreachable）"):
        publisher.publish()
    assert witnessed.house.tree.read(CHECKPOINT_PATH) == before
    assert (witnessed.house.public / "tile/0/000.p/5").exists()
    assert (witnessed.house.public / "tile/entries/000.p/5").exists()
    assert publisher.is_behind()
    second.up()
    assert publisher.publish().size == 5
    assert not publisher.is_behind()


def test_waiting_for_witnesses_is_a_kind_of_unavailable() -> None:
    assert issubclass(NotWitnessed, UnavailableError)


@pytest.mark.parametrize("quorum", [1, 2])
def test_a_slow_witness_holds_up_nobody_for_long(witnessed: WitnessedHouse, quorum: int) -> None:
    witnessed.add(), witnessed.add(slow(2 * SECONDS))
    witnessed.ask_for(quorum)
    publisher = witnessed.publisher()
    if quorum == 1:
        publisher.publish()
        shown = witnessed.shown()
        assert shown is not None
        assert set(shown.witnesses) == {b"w1"}
        return
    with pytest.raises(NotWitnessed, match="w2（timeout）"):
        publisher.publish()
    began = time.monotonic()
    with pytest.raises(NotWitnessed, match="w2（timeout）"):
        publisher.publish()
    assert time.monotonic() - began < SECONDS


FAR = timedelta(minutes=6)
NEAR = timedelta(minutes=4)
SENTENCES = {
    "another-text": signing(text="certsvc.example/test-log\n7\nAAAA\n"),
    "a-spoiled-signature": signing(spoil=True),
    "a-time-long-past": signing(late=-FAR),
    "a-time-far-in-the-future": signing(late=FAR),
    "a-time-before-1970": signing(late=-timedelta(days=365 * 40)),
    "garbage": saying(200, b"\xff\xfe garbage"),
    "nothing": saying(200, b""),
    "a-line-without-end": saying(200, "— w AAAA".encode()),
    "a-note-instead-of-lines": saying(200, "text\n\n— w AAAAAAAA\n".encode()),
    "a-huge-body": saying(200, "— w AAAAAAAA\n".encode() * 100_000),
    "too-many-lines": saying(200, "— w AAAAAAAA\n".encode() * 65),
    "a-redirect": saying(307, b"", ("Location", "http://127.0.0.1:9/w/add-checkpoint")),
    "a-permanent-redirect": saying(301, b"", ("Location", "https://example.invalid/")),
    "a-conflict-without-size": saying(409, b""),
    "a-conflict-with-nonsense": saying(409, b"many\n"),
    "a-conflict-with-a-negative-size": saying(409, b"-1\n"),
    "a-conflict-with-a-padded-size": saying(409, b"007\n"),
    "a-conflict-with-an-endless-size": saying(409, b"9" * 5000 + b"\n"),
    "a-conflict-about-the-size-that-was-named": saying(409, b"0\n"),
    "an-unknown-log": saying(404),
    "an-unknown-key": saying(403),
    "a-fault-of-its-own": saying(500, b"trace back"),
    "not-now": saying(503),
    "a-compressed-answer": saying(200, b"\x1f\x8b\x08\x00", ("Content-Encoding", "gzip")),
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_is_no_cosignature_of_now_over_this_text_does_not_count(
    witnessed: WitnessedHouse, sentence: str
) -> None:
    _refused_and_later_finished(witnessed, SENTENCES[sentence])


def test_a_cosignature_by_another_key_does_not_count(witnessed: WitnessedHouse, tmp_path: Path) -> None:
    store, other = open_folder(tmp_path / "other", "witness.example/w1")
    store.close()
    _refused_and_later_finished(witnessed, signing(key=other))


def test_a_cosignature_by_another_key_under_the_right_key_id_does_not_count(
    witnessed: WitnessedHouse, tmp_path: Path
) -> None:
    store, other = open_folder(tmp_path / "other", "witness.example/other")
    store.close()

    def answer(server: WitnessServer, raw_request: bytes) -> object:
        return signing(key=same_name(server, other))(server, raw_request)

    _refused_and_later_finished(witnessed, answer)  # type: ignore[arg-type]


def _refused_and_later_finished(witnessed: WitnessedHouse, behaviour: Behaviour) -> None:
    witness = witnessed.add(behaviour)
    witnessed.ask_for(1)
    with pytest.raises(NotWitnessed):
        witnessed.publisher().publish()
    assert witnessed.shown() is None
    witness.behaviour = honest
    witnessed.publisher().publish()
    shown = witnessed.shown()
    assert shown is not None
    assert shown.quorum_met


@pytest.mark.parametrize("late", [-NEAR, NEAR])
def test_clocks_may_differ_by_minutes(witnessed: WitnessedHouse, late: timedelta) -> None:
    witnessed.add(signing(late=late))
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    assert witnessed.shown() is not None


def test_what_a_liar_says_never_stands_in_the_published_checkpoint(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add(signing(spoil=True))
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    raw_note = witnessed.house.tree.read(CHECKPOINT_PATH)
    assert raw_note is not None
    assert b"witness.example/w1" in raw_note
    assert b"witness.example/w2" not in raw_note


def test_a_checkpoint_without_the_quorum_of_a_tightened_policy_is_behind(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add().down()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    witnessed.ask_for(2)
    publisher = witnessed.publisher()
    assert publisher.is_behind()
    with pytest.raises(NotWitnessed):
        publisher.publish()
    witnessed.servers[1].up()
    publisher.publish()
    assert not publisher.is_behind()


def test_a_relaxed_policy_leaves_the_checkpoint_as_it_is(witnessed: WitnessedHouse) -> None:
    witnessed.add()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    before = witnessed.house.tree.read(CHECKPOINT_PATH)
    plain = witnessed.house.publisher()
    assert not plain.is_behind()
    plain.publish()
    assert witnessed.house.tree.read(CHECKPOINT_PATH) == before


def test_killed_between_cosignature_and_checkpoint_the_next_process_finishes(
    witnessed: WitnessedHouse,
) -> None:
    witness = witnessed.add()
    witnessed.ask_for(1)
    witnessed.publisher().publish()
    witnessed.ledger().record(witnessed.house.issue(2))
    witnessed.house.engine.dispose()
    child = multiprocessing.get_context("fork").Process(target=_publish_and_die, args=(witnessed,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert witness.asked[-1].checkpoint.size == 5
    shown = witnessed.shown()
    assert shown is not None
    assert shown.checkpoint.size == 1
    witnessed.ledger().record(
        witnessed.house.issue(1, start=3)
    )  # the guard shows the witness the committed head
    assert witnessed.publisher().publish().size == 8
    shown = witnessed.shown()
    assert shown is not None
    assert (shown.checkpoint.size, shown.quorum_met) == (8, True)


def _publish_and_die(witnessed: WitnessedHouse) -> None:
    tree = witnessed.house.tree
    publisher = witnessed.publisher()
    replace = type(tree).replace

    def die(self: object, path: str, content: bytes) -> None:
        if path == CHECKPOINT_PATH:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(self, path, content)  # type: ignore[arg-type]

    type(tree).replace = die  # type: ignore[method-assign, assignment]
    publisher.publish()


def test_witnesses_that_no_quorum_needs_are_asked_and_waited_for_by_nobody(witnessed: WitnessedHouse) -> None:
    witnessed.add(), witnessed.add().down()
    witnessed.ask_for(0)
    witnessed.ledger().refresh_checkpoint()
    witnessed.publisher().publish()
    shown = witnessed.shown()
    assert shown is not None
    assert (set(shown.witnesses), shown.quorum_met) == ({b"w1"}, True)


def test_what_the_public_policy_asks_for_is_needed_whatever_the_operator_s_file_says(
    witnessed: WitnessedHouse,
) -> None:
    witnessed.add(), witnessed.add().down()
    witnessed.ask_for(2)
    signed = {"policy": witnessed.policy.published([encode_vkey(ORIGIN, LOG_KEY.public_key)])}
    witnessed.ask_for(1)  # loosened in the file, not yet in what the trust anchor has signed
    publisher = witnessed.publisher()
    with pytest.raises(NotWitnessed, match="已公开的策略文件"):
        publisher.publish(signed)
    assert witnessed.house.tree.read(CHECKPOINT_PATH) is None
    witnessed.servers[1].up()
    publisher.publish(signed)
    assert not publisher.is_behind()
