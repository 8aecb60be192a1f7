"""Whichever single bit of a published tree is flipped, the outsider and our own reader notice it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from certverify.checkpoint import open_checkpoint
from certverify.errors import CertverifyError
from certverify.note import decode_verifier_key
from certverify.policy import decode_policy
from certverify.tlog_proof import decode_tlog_proof

from certsvc.formats.merkle import inclusion_proof
from certsvc.formats.note import encode_vkey
from certsvc.formats.tlog_proof import encode_tlog_proof
from tests.conformance.conftest import Outsider
from tests.conformance.trees import GrowingTree, published_nodes
from tests.ledger.conftest import LOG_KEY, ORIGIN

SIZE = 11
KEY = decode_verifier_key(encode_vkey(ORIGIN, LOG_KEY.public_key))
NO_WITNESSES = decode_policy(b"quorum none\n")


@pytest.fixture
def tree(tmp_path: Path) -> GrowingTree:
    """A small tree with entries of many lengths, the empty one among them."""
    made = GrowingTree(tmp_path)
    made.grow([Random(n).randbytes(7 * n) for n in range(SIZE)])
    return made


def write_proof(tree: GrowingTree, home: Path) -> Path:
    note = (tree.public / "checkpoint").read_bytes()
    path = inclusion_proof(published_nodes(tree.public, SIZE), SIZE - 1, SIZE)
    file = home / "last.tlog-proof"
    file.write_bytes(encode_tlog_proof(SIZE - 1, path, note))
    return file


def flips(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Every bit with the content in which it is flipped."""
    hurt = bytearray(content)
    for bit in range(len(content) * 8):
        hurt[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(hurt)
        hurt[bit // 8] ^= 1 << bit % 8


def bits_that_name_the_cosigner(content: bytes) -> range:
    """The bits of the last line's key name and key id: with another one it is the line of an unknown key.

    Signed notes tell readers to skip such lines. The checkpoint is then one without the operator's cosignature, and so
    without an age: nobody takes it for fresh.
    """
    start = content.rindex("\u2014 ".encode()) + len("\u2014 ".encode())
    base64_of_key_id = 6  # 4 bytes take the first 6 characters, the last of them by 2 of its 6 bits
    return range(start * 8, (content.index(b" ", start) + 1 + base64_of_key_id) * 8)


def test_an_outsider_accepts_no_flipped_bit_but_in_the_name_of_the_cosigner(
    outsider: Outsider, tree: GrowingTree, tmp_path: Path
) -> None:
    proof = write_proof(tree, tmp_path)
    code, report = outsider.run("flips", "-tlog-proof", proof, tree.public)
    assert (code, report["unnoticed"]) == (0, {})
    files = {
        "checkpoint": tree.public / "checkpoint",
        f"tile/0/000.p/{SIZE}": tree.public / f"tile/0/000.p/{SIZE}",
        f"tile/entries/000.p/{SIZE}": tree.public / f"tile/entries/000.p/{SIZE}",
        "tlog-proof": proof,
    }
    assert report["flips"] == {name: 8 * len(file.read_bytes()) for name, file in files.items()}
    assert set(report["accepted"]) == {"checkpoint", "tlog-proof"}
    for name, bits in report["accepted"].items():
        assert set(bits) <= set(bits_that_name_the_cosigner(files[name].read_bytes())), name


def test_a_checkpoint_with_a_flipped_bit_is_refused_or_has_lost_its_age(tree: GrowingTree) -> None:
    note = (tree.public / "checkpoint").read_bytes()
    assert open_checkpoint(note, [KEY], NO_WITNESSES).cosigned_at is not None
    for bit, hurt in flips(note):
        try:
            opened = open_checkpoint(hurt, [KEY], NO_WITNESSES)
        except CertverifyError:
            continue
        assert opened.cosigned_at is None, bit
        assert bit in bits_that_name_the_cosigner(note), bit


def test_a_tlog_proof_with_a_flipped_bit_is_refused_or_has_lost_its_age(
    tree: GrowingTree, tmp_path: Path
) -> None:
    raw_proof = write_proof(tree, tmp_path).read_bytes()
    assert decode_tlog_proof(raw_proof).open(tree.entries[-1], [KEY], NO_WITNESSES).cosigned_at is not None
    for bit, hurt in flips(raw_proof):
        try:
            opened = decode_tlog_proof(hurt).open(tree.entries[-1], [KEY], NO_WITNESSES)
        except CertverifyError:
            continue
        assert opened.cosigned_at is None, bit
        assert bit in bits_that_name_the_cosigner(raw_proof), bit
