"""An outsider's replay accepts an honest log, and names the leaf and the rule of everything else."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.errors import LeafError, TreeInconsistentError, TreeMissingError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.merkle import EMPTY_ROOT, root_of_hashes
from certverify.replay import Replay
from certverify.replay_faults import Fault, FaultFoundError, RecordKeyUnknownError, ReplayLimitError
from certverify.replay_follow import Follower, ForkFoundError, Progress
from certverify.replay_leaf import event_fields
from certverify.replay_tree import GrowingTree
from certverify.tree import PublicTree
from certverify.trust import TrustList, load_trust
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.monitor.logs import HOUR, HandLog, honest_log
from tests.verifier.builders import NOW, OTHER_RECORD_KEY, RECORD_KEY, SLOTS, cbor, leaf_hash, mth, sha

SIGNED_AT = int(NOW.timestamp())
HONEST = honest_log(3, issue=lambda turn: range(turn * 1000, turn * 1000 + 6))


@pytest.fixture(scope="module")
def trust_list(tmp_path_factory: pytest.TempPathFactory) -> TrustList:
    """The keys of the small authority."""
    return load_trust(HandLog().write(tmp_path_factory.mktemp("trust"))).trust_list


@pytest.fixture
def follow(tmp_path: Path, trust_list: TrustList) -> Callable[..., Replay]:
    """Publish a log, and replay it with the state of the times before."""

    def run(log: HandLog, **how: object) -> Replay:
        tree = PublicTree(log.write(tmp_path / "public"))
        checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
        follower = Follower(tmp_path / "replay", **how)  # type: ignore[arg-type]
        return follower.follow(tree, checkpoint, SIGNED_AT, trust_list)

    return run


def test_an_honest_log_is_replayed_to_its_root_and_its_array(follow: Callable[..., Replay]) -> None:
    log = honest_log(6)
    replay = follow(log)
    assert (replay.size, replay.tree.root()) == (len(log.entries), log.root)
    assert bytes(replay.array.content) == bytes(log.array)
    assert replay.notes == []


def test_a_replay_goes_on_where_it_was(follow: Callable[..., Replay]) -> None:
    log, told = honest_log(3), list[Progress]()
    follow(log)
    log.event(5, 3).event(4321).manifest().seal()
    assert follow(log, tell=told.append).size == len(log.entries)
    assert sum(one.taken for one in told[-1:]) == 4


def test_an_array_may_grow(follow: Callable[..., Replay]) -> None:
    log = HandLog().issue(3).grow().issue(SLOTS + 5, 7)
    assert follow(log).array.slots == 2 * SLOTS


def test_a_long_replay_is_kept_at_batch_ends_on_its_way(
    follow: Callable[..., Replay], tmp_path: Path
) -> None:
    def die(progress: Progress) -> None:
        if progress.size >= 768:
            raise KeyboardInterrupt

    log = honest_log(12)
    with pytest.raises(KeyboardInterrupt):
        follow(log, tell=die, seconds_between_saves=0.0)
    assert (tmp_path / "replay").exists()
    told: list[Progress] = []
    assert follow(log, tell=told.append).size == len(log.entries)
    assert told[0].size > 512


@pytest.mark.parametrize("damage", [0, 10, 5_000, -1])
def test_a_torn_state_is_rebuilt_from_the_log(
    follow: Callable[..., Replay], tmp_path: Path, damage: int
) -> None:
    log = honest_log(3)
    follow(log)
    state = bytearray((tmp_path / "replay").read_bytes())
    state[damage] ^= 1
    (tmp_path / "replay").write_bytes(state)
    assert follow(log).size == len(log.entries)
    (tmp_path / "replay").write_bytes(state[: len(state) // 2])
    assert follow(log).tree.root() == log.root


def test_a_new_trust_list_that_drops_a_used_key_has_everything_replayed_again(
    follow: Callable[..., Replay], tmp_path: Path, trust_list: TrustList
) -> None:
    from dataclasses import replace

    log = honest_log(2)
    follow(log)
    tree = PublicTree(tmp_path / "public")
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    with pytest.raises(RecordKeyUnknownError) as found:
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, replace(trust_list, record_keys={}))
    assert found.value.kid == RECORD_KEY.kid


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


@pytest.mark.parametrize("index", [3, 200, 300])
def test_an_altered_entry_is_no_proof_against_the_log(
    follow: Callable[..., Replay], tmp_path: Path, trust_list: TrustList, index: int
) -> None:
    """Who serves the files may have altered them: only what hashes to the signed root is held against the log."""
    log = honest_log(6)
    follow(log)
    (tmp_path / "replay").unlink()
    tree = PublicTree(tmp_path / "public")
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    log.entries[index] = bytes([*log.entries[index][:-1], log.entries[index][-1] ^ 1])
    number = index // 256
    width = min(256, checkpoint.size - number * 256)
    name = f"tile/entries/{number:03d}" + ("" if width == 256 else f".p/{width}")
    part = log.entries[number * 256 : number * 256 + width]
    (tmp_path / "public" / name).write_bytes(
        b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
    )
    with pytest.raises(TreeInconsistentError):
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, trust_list)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/*", "tile/1/000.p/*"])
def test_a_tile_that_is_not_what_the_entries_make_it_is_named(
    follow: Callable[..., Replay], tmp_path: Path, trust_list: TrustList, path: str
) -> None:
    log = honest_log(5)
    tree = PublicTree(log.write(tmp_path / "public"))
    (target,) = (tmp_path / "public").glob(path)
    content = bytearray(target.read_bytes())
    content[5] ^= 1
    target.write_bytes(content)
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    with pytest.raises(TreeInconsistentError):
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, trust_list)


def test_a_missing_bundle_is_missing(tmp_path: Path, trust_list: TrustList) -> None:
    tree = PublicTree(honest_log(5).write(tmp_path / "public"))
    (tmp_path / "public/tile/entries/000").unlink()
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    with pytest.raises(TreeMissingError):
        Follower(tmp_path / "replay").follow(tree, checkpoint, SIGNED_AT, trust_list)


def test_a_kept_root_that_the_log_still_has_is_passed(follow: Callable[..., Replay]) -> None:
    log = honest_log(4)
    at = next(at for at in range(100, 200) if decode_leaf(log.entries[at]).__class__.__name__ == "SealLeaf")
    assert follow(log, kept_roots={at + 1: mth([leaf_hash(one) for one in log.entries[: at + 1]])})


def test_a_kept_root_of_another_history_is_a_fork(follow: Callable[..., Replay]) -> None:
    with pytest.raises(ForkFoundError):
        follow(honest_log(4), kept_roots={93: sha(b"another history")})


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=600))
def test_the_growing_tree_has_the_root_of_its_leaves(hashes: list[bytes]) -> None:
    tree = GrowingTree()
    for one in hashes:
        tree.add(one)
    assert tree.root() == root_of_hashes(hashes)


@pytest.mark.parametrize("size", [255, 256, 257, 65_535, 65_536, 65_537, 66_000])
def test_the_growing_tree_has_the_root_at_the_borders_of_tiles(size: int) -> None:
    tree, hashes = GrowingTree(), [sha(b"%d" % at) for at in range(size)]
    for one in hashes:
        tree.add(one)
    assert tree.root() == root_of_hashes(hashes)


UINTS = st.one_of(
    st.integers(0, 30), st.integers(0, 300), st.integers(65_000, 66_000),
    st.integers((1 << 32) - 2, (1 << 32) + 2), st.integers((1 << 64) - 2, (1 << 64) + 1), st.integers(-2, 0),
)  # fmt: skip
SHORT_BYTES = st.one_of(st.binary(min_size=4, max_size=4), st.binary(max_size=5))
HASHES = st.one_of(st.binary(min_size=32, max_size=32), st.none(), st.binary(min_size=31, max_size=33))
LEAVES = st.tuples(
    st.sampled_from([1, 1, 1, 2]), st.integers(0, 12), st.sampled_from([-8, -8, -8, 8]), SHORT_BYTES,
    UINTS, UINTS, HASHES, UINTS, UINTS, HASHES,
).map(lambda fields: cbor(list(fields)))  # fmt: skip
GOOD_LEAVES = st.builds(
    lambda kind, kid, slot, chain, day, hour, committed: cbor(
        [1, kind, -8, kid, slot, *chain, day, hour, committed]
    ),
    st.integers(1, 10),
    st.binary(min_size=4, max_size=4),
    UINTS.map(abs),
    st.one_of(st.just((0, None)), st.tuples(UINTS, st.binary(min_size=32, max_size=32))),
    UINTS.map(abs),
    UINTS.map(abs),
    st.binary(min_size=32, max_size=32),
)


def _agree(raw_leaf: bytes) -> None:
    try:
        leaf = decode_leaf(raw_leaf)
    except LeafError:
        leaf = None
    fields = event_fields(raw_leaf)
    if isinstance(leaf, EventLeaf):
        assert fields is not None
        assert EventLeaf(*fields) == leaf  # type: ignore[arg-type]
    else:
        assert fields is None


@given(LEAVES)
def test_the_short_way_reads_what_the_strict_decoder_reads(raw_leaf: bytes) -> None:
    _agree(raw_leaf)


@given(GOOD_LEAVES, st.data())
def test_the_short_way_refuses_altered_bytes_as_the_strict_decoder_does(
    raw_leaf: bytes, data: st.DataObject
) -> None:
    _agree(raw_leaf)
    bent = bytearray(raw_leaf)
    at = data.draw(st.integers(0, len(bent) - 1))
    bent[at] = data.draw(st.integers(0, 255))
    _agree(bytes(bent))
    _agree(bytes(bent[:at]))
    _agree(bytes(bent) + b"\x00")


def test_the_short_way_refuses_longer_forms_of_integers() -> None:
    dice = random.Random(3)
    for value in (0, 5, 23, 24, 255, 256, 65_535, 65_536, 1 << 31, 1 << 33):
        good = [1, 1, -8, b"kidd", value, 0, None, 5, 6, dice.randbytes(32)]
        parts = [cbor(item) for item in good]
        for width, head in ((1, 0x18), (2, 0x19), (4, 0x1A), (8, 0x1B)):
            if value < 1 << 8 * width:
                parts[4] = bytes([head]) + value.to_bytes(width, "big")
                _agree(b"\x8a" + b"".join(parts))
    assert cbor2.loads(b"\x18\x05") == 5


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
