"""An outsider's replay accepts an honest log, and names the leaf and the rule of everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.merkle import EMPTY_ROOT
from certverify.replay import Replay
from certverify.replay_faults import Fault, FaultFoundError, RecordKeyUnknownError, ReplayLimitError
from certverify.replay_follow import Follower
from certverify.tree import PublicTree
from certverify.trust import TrustList
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.monitor.logs import HOUR, HandLog, honest_log
from tests.verifier.builders import NOW, OTHER_RECORD_KEY, RECORD_KEY, SLOTS, cbor, leaf_hash, sha

SIGNED_AT = int(NOW.timestamp())


HONEST = honest_log(3, issue=lambda turn: range(turn * 1000, turn * 1000 + 6))


def test_an_honest_log_is_replayed_to_its_root_and_its_array(follow: Callable[..., Replay]) -> None:
    log = honest_log(6)
    replay = follow(log)
    assert (replay.size, replay.tree.root()) == (len(log.entries), log.root)
    assert bytes(replay.array.content) == bytes(log.array)
    assert replay.notes == []


def test_an_array_may_grow(follow: Callable[..., Replay]) -> None:
    log = HandLog().issue(3).grow().issue(SLOTS + 5, 7)
    assert follow(log).array.slots == 2 * SLOTS


def test_a_manifest_by_a_key_that_the_readers_list_does_not_name_accuses_nobody(
    follow: Callable[..., Replay],
) -> None:
    log = HandLog()
    _by_a_stranger(log)
    with pytest.raises(RecordKeyUnknownError) as found:
        follow(log)
    assert (found.value.kid, found.value.index) == (OTHER_RECORD_KEY.kid, 2)


def test_a_key_that_an_older_list_announces_for_a_later_day_accuses_nobody(
    follow: Callable[..., Replay], tmp_path: Path, trust_list: TrustList
) -> None:
    """The day may have been brought forward since; a list that was issued after the event tells."""
    from dataclasses import replace
    from datetime import date, timedelta

    follow(HandLog().issue(1))
    (tmp_path / "replay").unlink()
    tree = PublicTree(tmp_path / "public")
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    key = replace(trust_list.record_keys[RECORD_KEY.kid], valid_from=date(2026, 12, 1))
    older = replace(trust_list, record_keys={RECORD_KEY.kid: key})
    with pytest.raises(RecordKeyUnknownError):
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, older)
    newer = replace(older, issued_at=NOW + timedelta(hours=1))
    with pytest.raises(FaultFoundError) as found:
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, newer)
    assert found.value.fault is Fault.MANIFEST_KEY


def _bent_prev(log: HandLog) -> None:
    log.issue(1).event(1, 3, prev=sha(b"another")).manifest().seal()


def _skipped_seq(log: HandLog) -> None:
    log.issue(1).event(1, 3, seq=2).manifest().seal()


def _begun_late(log: HandLog) -> None:
    log.event(9, 1, seq=1, prev=sha(b"nothing")).manifest().seal()


def _opened_by_a_later_kind(log: HandLog) -> None:
    log.event(9, 3).manifest().seal()


def _opened_twice(log: HandLog) -> None:
    log.issue(1).event(1, 1, seq=0, prev=None).manifest().seal()


def _opened_twice_in_one_batch(log: HandLog) -> None:
    log.event(1).event(1, 1, seq=0, prev=None).manifest().seal()


def _opening_kind_later(log: HandLog) -> None:
    log.issue(1).event(1, 10).manifest().seal()


def _credit_closed_on_a_certificate(log: HandLog) -> None:
    log.issue(1).event(1, 9).manifest().seal()


def _revoked_on_a_credit_record(log: HandLog) -> None:
    log.event(1, 8).event(1, 3).manifest().seal()


def _outside(log: HandLog) -> None:
    log.add(cbor([1, 1, -8, log.signer.kid, SLOTS, 0, None, 20_000, HOUR, sha(b"x")])).manifest().seal()


def _far_outside(log: HandLog) -> None:
    log.add(cbor([1, 1, -8, log.signer.kid, 1 << 40, 0, None, 20_000, HOUR, sha(b"x")])).manifest().seal()


def _back_in_time(log: HandLog) -> None:
    log.issue(1).event(2, logged_hour=HOUR - 1).manifest().seal()


def _ahead_of_time(log: HandLog) -> None:
    log.event(2, logged_hour=HOUR + 1).manifest().seal()


def _without_manifest(log: HandLog) -> None:
    log.event(2).seal()


def _after_the_manifest(log: HandLog) -> None:
    log.event(2).manifest().event(3).seal()


def _two_manifests(log: HandLog) -> None:
    log.event(2).manifest().manifest().seal()


def _manifest_over_nothing(log: HandLog) -> None:
    log.manifest(count=1, root=EMPTY_ROOT).seal()


def _two_seals(log: HandLog) -> None:
    log.issue(1).seal()


def _without_seal(log: HandLog) -> None:
    log.event(1).manifest()


def _manifest_of_less(log: HandLog) -> None:
    log.event(1).event(2)
    log.manifest(count=1, root=leaf_hash(log.batch[0])).seal()


def _manifest_of_more(log: HandLog) -> None:
    log.event(1).manifest(count=2).seal()


def _manifest_elsewhere(log: HandLog) -> None:
    log.event(1).manifest(first=0).seal()


def _manifest_of_others(log: HandLog) -> None:
    log.event(1).manifest(root=sha(b"others")).seal()


def _manifest_by_another_key_than_its_events(log: HandLog) -> None:
    log.event(1).manifest(signer=OTHER_RECORD_KEY).seal()


def _by_a_stranger(log: HandLog) -> None:
    log.event(1, kid=OTHER_RECORD_KEY.kid).manifest(signer=OTHER_RECORD_KEY).seal()


def _before_the_key_was_valid(log: HandLog) -> None:
    log.event(1, logged_hour=24 * 365 * 50).manifest().seal()


def _wrong_signature(log: HandLog) -> None:
    log.event(1).manifest(signature=bytes(64)).seal()


def _seal_of_another_place(log: HandLog) -> None:
    log.event(1).manifest().seal(index=7)


def _array_shrinks(log: HandLog) -> None:
    log.grow().issue(1)
    log.event(2).manifest().seal(slots=SLOTS)


def _wrong_array(log: HandLog) -> None:
    log.event(1).manifest().put(77, 1)
    log.seal()


def _revoked_in_the_array_alone(log: HandLog) -> None:
    log.issue(1, 2).event(3).manifest().put(1, 3)
    log.seal()


def _no_leaf(log: HandLog) -> None:
    log.add(b"\x80").manifest().seal()


FAULTS = [
    (_bent_prev, Fault.CHAIN_BROKEN),
    (_skipped_seq, Fault.CHAIN_BROKEN),
    (_begun_late, Fault.CHAIN_BROKEN),
    (_opened_by_a_later_kind, Fault.KIND_ORDER),
    (_opened_twice, Fault.SLOT_REUSED),
    (_opened_twice_in_one_batch, Fault.SLOT_REUSED),
    (_opening_kind_later, Fault.KIND_ORDER),
    (_credit_closed_on_a_certificate, Fault.KIND_ORDER),
    (_revoked_on_a_credit_record, Fault.KIND_ORDER),
    (_outside, Fault.SLOT_OUTSIDE),
    (_far_outside, Fault.SLOT_OUTSIDE),
    (_back_in_time, Fault.HOUR_BACKWARDS),
    (_ahead_of_time, Fault.HOUR_IN_FUTURE),
    (_without_manifest, Fault.BATCH_SHAPE),
    (_after_the_manifest, Fault.BATCH_SHAPE),
    (_two_manifests, Fault.BATCH_SHAPE),
    (_manifest_over_nothing, Fault.BATCH_SHAPE),
    (_two_seals, Fault.BATCH_SHAPE),
    (_without_seal, Fault.BATCH_SHAPE),
    (_manifest_of_less, Fault.MANIFEST_COVERAGE),
    (_manifest_of_more, Fault.MANIFEST_COVERAGE),
    (_manifest_elsewhere, Fault.MANIFEST_COVERAGE),
    (_manifest_of_others, Fault.MANIFEST_COVERAGE),
    (_manifest_by_another_key_than_its_events, Fault.MANIFEST_COVERAGE),
    (_before_the_key_was_valid, Fault.MANIFEST_KEY),
    (_wrong_signature, Fault.MANIFEST_SIGNATURE),
    (_seal_of_another_place, Fault.SEAL_INDEX),
    (_array_shrinks, Fault.ARRAY_SHRUNK),
    (_wrong_array, Fault.ARRAY_WRONG),
    (_revoked_in_the_array_alone, Fault.ARRAY_WRONG),
    (_no_leaf, Fault.LEAF_UNREADABLE),
]


@pytest.mark.parametrize(("bend", "fault"), FAULTS, ids=[bend.__name__.strip("_") for bend, _ in FAULTS])
def test_a_rule_that_signed_leaves_break_is_named(
    follow: Callable[..., Replay], bend: Callable[[HandLog], None], fault: Fault
) -> None:
    log = HandLog()
    bend(log)
    with pytest.raises(FaultFoundError) as found:
        follow(log)
    assert found.value.fault is fault
    assert 0 < found.value.index < len(log.entries)


def test_every_fault_but_a_full_array_has_a_log_that_shows_it() -> None:
    assert {fault for _, fault in FAULTS} == set(Fault) - {Fault.ARRAY_FULL}


def test_an_array_that_is_half_full_is_a_fault(trust_list: TrustList) -> None:
    replay = Replay(trust_list)
    list(replay.take([HandLog().entries[0]]))
    replay.slots.used = SLOTS // 2 - 1
    log = HandLog().issue(1)
    replay.not_after = SIGNED_AT
    with pytest.raises(FaultFoundError) as found:
        list(replay.take(log.entries[1:]))
    assert found.value.fault is Fault.ARRAY_FULL


def test_a_log_begins_with_a_bare_seal(follow: Callable[..., Replay]) -> None:
    log = HandLog()
    log.entries.clear()
    log.issue(1)
    with pytest.raises(FaultFoundError) as found:
        follow(log)
    assert (found.value.fault, found.value.index) == (Fault.BATCH_SHAPE, 0)


def test_an_array_too_large_to_replay_is_no_fault_of_the_log(follow: Callable[..., Replay]) -> None:
    log = HandLog().event(1).manifest().seal(slots=1 << 30)
    with pytest.raises(ReplayLimitError):
        follow(log)


def test_an_event_that_changes_nothing_is_noted(follow: Callable[..., Replay]) -> None:
    assert follow(HandLog().event(1).event(1, 3).event(1, 3).manifest().seal()).notes == [
        (3, "revoked changes nothing")
    ]


def _replayed(entries: list[bytes], trust_list: TrustList) -> None:
    """Replay entries alone. Raises FaultFoundError."""
    replay = Replay(trust_list)
    replay.not_after, replay.read_entry = SIGNED_AT, entries.__getitem__
    list(replay.take(entries))
    if not replay.between_batches:
        raise FaultFoundError(Fault.BATCH_SHAPE, replay.size - 1)


@given(st.data())
@settings(deadline=None)
def test_who_has_no_key_of_the_authority_changes_no_leaf_unnoticed(
    trust_list: TrustList, data: st.DataObject
) -> None:
    """The operator signs whatever tree there is: a byte changed, a leaf left out, doubled, or moved breaks a rule."""
    honest = HONEST.entries
    _replayed(honest, trust_list)
    at = data.draw(st.integers(0, len(honest) - 1))
    entry = honest[at]
    match data.draw(st.sampled_from(["change", "leave out", "double", "move"])):
        case "change":
            place, bit = data.draw(st.integers(0, len(entry) - 1)), data.draw(st.integers(0, 7))
            changed = bytes([*entry[:place], entry[place] ^ 1 << bit, *entry[place + 1 :]])
            bent = [*honest[:at], changed, *honest[at + 1 :]]
        case "leave out":
            bent = [*honest[:at], *honest[at + 1 :]]
        case "double":
            bent = [*honest[: at + 1], entry, *honest[at + 1 :]]
        case _:
            rest = [*honest[:at], *honest[at + 1 :]]
            to = data.draw(st.integers(0, len(rest)).filter(lambda to: to != at))
            bent = [*rest[:to], entry, *rest[to:]]
    with pytest.raises(FaultFoundError):
        _replayed(bent, trust_list)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(2, 7)), min_size=1, max_size=12), max_size=6)
)
@settings(deadline=None)
def test_any_honest_history_is_replayed_to_its_own_array(
    trust_list: TrustList, batches: list[list[tuple[int, int]]]
) -> None:
    log = HandLog()
    for batch in batches:
        for place, kind in batch:
            slot = place * 4_369  # the last one is the array's last slot but one
            log.event(slot, kind if slot in log.last else (1, 10)[kind % 2])
        log.manifest().seal()
    _replayed(log.entries, trust_list)
