"""A replay goes on where it was, and believes no file that does not lead to the signed checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.errors import TreeInconsistentError, TreeMissingError
from certverify.leaf import decode_leaf
from certverify.replay import Replay
from certverify.replay_faults import RecordKeyUnknownError
from certverify.replay_follow import Follower, ForkFoundError, Progress
from certverify.tree import PublicTree
from certverify.trust import TrustList

from tests.monitor.logs import honest_log
from tests.verifier.builders import NOW, RECORD_KEY, leaf_hash, mth, sha

SIGNED_AT = int(NOW.timestamp())


def test_a_replay_goes_on_where_it_was(follow: Callable[..., Replay]) -> None:
    log, told = honest_log(3), list[Progress]()
    follow(log)
    log.event(5, 3).event(4321).manifest().seal()
    assert follow(log, tell=told.append).size == len(log.entries)
    assert sum(one.taken for one in told[-1:]) == 4


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
