"""A downloaded public tree: what it holds is proven to its checkpoint, and one flipped bit anywhere is noticed."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest
from certverify.check import check_record
from certverify.codes import Code
from certverify.errors import TreeInconsistentError, TreeMissingError
from certverify.leaf import EventLeaf, ManifestLeaf, decode_leaf
from certverify.ledger import LedgerUnavailable, LedgerView, open_ledger
from certverify.merkle import verify_consistency, verify_inclusion
from certverify.status import Status
from certverify.tree import PublicTree, split_entries, tile_path
from certverify.trust import load_trust
from certverify.verdict import Outcome
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.builders import (
    LOG_KEY,
    NOW,
    Log,
    cbor,
    consistency,
    leaf_hash,
    mth,
    path,
    record_text,
    tiles,
    write_files,
)


@pytest.mark.parametrize(
    ("number", "name"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_tiles_are_found_where_the_specification_puts_them(number: int, name: str) -> None:
    assert tile_path(number) == name


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
def test_proofs_from_tiles_are_those_of_the_definitions(size: int, tmp_path: Path) -> None:
    entries = [b"entry %d" % n for n in range(size)]
    hashes = [leaf_hash(entry) for entry in entries]
    write_files(tmp_path, tiles(entries))
    tree, root = PublicTree(tmp_path), mth(hashes)
    assert tree.root(size) == root
    for index in {0, 1, 255, 256, size // 2, size - 1} & set(range(size)):
        assert tree.inclusion_proof(index, size) == path(index, hashes)
        verify_inclusion(index, size, hashes[index], tree.inclusion_proof(index, size), root)
        assert tree.entry(index, size, root) == entries[index]
    for size1 in {1, 2, 200, 256, size // 2, size - 1, size} & set(range(1, size + 1)):
        proof = tree.consistency_proof(size1, size)
        assert proof == consistency(size1, hashes)
        verify_consistency(size1, size, mth(hashes[:size1]), root, proof)


def test_a_full_tile_stands_in_for_a_partial_one(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(256)]
    write_files(tmp_path, tiles(entries))
    root = mth([leaf_hash(entry) for entry in entries[:100]])
    assert PublicTree(tmp_path).entry(99, 100, root) == b"99"


def test_an_earlier_checkpoint_must_be_a_prefix(tmp_path: Path) -> None:
    entries = [b"%d" % n for n in range(20)]
    hashes = [leaf_hash(entry) for entry in entries]
    write_files(tmp_path, tiles(entries))
    tree = PublicTree(tmp_path)
    tree.verify_prefix(7, mth(hashes[:7]), 20, mth(hashes))
    with pytest.raises(TreeInconsistentError):
        tree.verify_prefix(7, mth(hashes[1:8]), 20, mth(hashes))


def test_the_leaves_of_a_batch_read_back(dual_tree: Path) -> None:
    log = Log(filler=3)
    decoded = [decode_leaf(entry) for entry in log.entries]
    assert isinstance(decoded[log.issue_index], EventLeaf)
    manifest = decoded[log.manifest_index]
    assert isinstance(manifest, ManifestLeaf)
    manifest.verify(load_trust(dual_tree).trust_list)


def test_a_good_tree_answers_for_every_slot(dual_tree: Path) -> None:
    ledger = open_ledger(dual_tree, load_trust(dual_tree))
    assert isinstance(ledger, LedgerView)
    assert ledger.status_of(70_001) is Status.VALID
    assert ledger.status_of(70_000) is Status.UNASSIGNED
    assert ledger.status_of(1 << 40) is Status.UNASSIGNED


def changed_file(log: Log, name: str, content: bytes | None) -> dict[str, bytes]:
    files = log.files()
    del files[name]
    return files if content is None else files | {name: content}


def answer(folder: Path) -> Status | Code:
    ledger = open_ledger(folder, load_trust(folder))
    return ledger.code if isinstance(ledger, LedgerUnavailable) else ledger.status_of(70_001)


LOG = Log()
SEAL = len(LOG.entries) - 1
ROOTS, SHARD = f"status/{SEAL}/roots", f"status/shard/{LOG.status_root.hex()}"
TILE, ENTRIES = f"tile/0/000.p/{SEAL + 1}", f"tile/entries/000.p/{SEAL + 1}"


@pytest.mark.parametrize("name", ["checkpoint", ROOTS, SHARD, TILE, ENTRIES])
def test_a_missing_file_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    write_files(tmp_path, changed_file(LOG, name, None))
    assert answer(tmp_path) is Code.TREE_MISSING


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (ROOTS, b""),
        (ROOTS, bytes(32)),
        (ROOTS, bytes(1 << 23)),
        (SHARD, bytes(65_536)),
        (SHARD, b"short"),
        (SHARD, bytes(70_000)),
        (TILE, b""),
        (TILE, bytes(9000)),
        (TILE, bytes(32 * (SEAL + 1))),
        (ENTRIES, b""),
        (ENTRIES, b"\x00"),
        (ENTRIES, b"\x00\x09x"),
        (ENTRIES, b"\x00\x01x" * (SEAL + 1)),
        ("checkpoint", LOG.checkpoint().replace("\n4\n", "\n3\n").encode()),
    ],
)
def test_a_file_that_contradicts_the_checkpoint_is_noticed(name: str, content: bytes, tmp_path: Path) -> None:
    write_files(tmp_path, changed_file(LOG, name, content))
    assert answer(tmp_path) is Code.TREE_INCONSISTENT


def test_a_checkpoint_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    write_files(tmp_path, changed_file(LOG, "checkpoint", b"hello"))
    assert answer(tmp_path) is Code.CHECKPOINT_UNREADABLE


@pytest.mark.parametrize(
    "last",
    [
        cbor([1, 101, 7, 131_072, bytes(32)]),
        cbor([1, 101, SEAL, 131_073, bytes(32)]),
        LOG.entries[1],
        b"\x00",
    ],
)
def test_the_last_leaf_must_be_the_seal_of_its_place(last: bytes, tmp_path: Path) -> None:
    log = Log()
    log.entries[-1] = last
    assert answer(log.write(tmp_path)) is Code.TREE_INCONSISTENT


def test_an_empty_log_has_no_seal(tmp_path: Path) -> None:
    text = f"{LOG_KEY.name}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    write_files(tmp_path, changed_file(LOG, "checkpoint", (text + "\n" + LOG_KEY.sign_note(text)).encode()))
    assert answer(tmp_path) is Code.TREE_INCONSISTENT


def test_one_flipped_bit_in_any_file_is_never_believed(tmp_path: Path) -> None:
    dice = random.Random(7)
    for name in ("checkpoint", ROOTS, SHARD, ENTRIES, TILE):
        good = LOG.files()[name]
        for _ in range(12):
            hurt = bytearray(good)
            bit = dice.randrange(len(good) * 8)
            hurt[bit // 8] ^= 1 << bit % 8
            write_files(tmp_path, LOG.files() | {name: bytes(hurt)})
            trust = load_trust(tmp_path)
            verdict = check_record(record_text(), trust, open_ledger(tmp_path, trust), NOW)
            # A bit of an entry or tile that belongs to another batch member may not matter here.
            assert verdict.outcome is Outcome.UNDETERMINED or name in (TILE, ENTRIES), (name, bit)
            assert verdict.status in ("valid", "unknown")


def test_unassigned_status_values_are_refused(tmp_path: Path) -> None:
    assert answer(Log(status=9).write(tmp_path)) is Code.TREE_INCONSISTENT


@given(st.binary(max_size=600))
def test_any_bytes_are_entries_or_an_inconsistency(raw_entries: bytes) -> None:
    with contextlib.suppress(TreeInconsistentError):
        split_entries(raw_entries)


def test_an_index_outside_the_tree_is_refused(dual_tree: Path) -> None:
    tree = PublicTree(dual_tree)
    with pytest.raises(TreeInconsistentError):
        tree.entry(99, 7, bytes(32))
    with pytest.raises(TreeInconsistentError):
        tree.inclusion_proof(-1, 7)
    with pytest.raises(TreeMissingError):
        tree.entry(50, 99, bytes(32))
