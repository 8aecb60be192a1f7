"""What the service publishes is accepted by code that we did not write, at every shape of the right edge."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from certsvc.formats.tlog_proof import encode_tlog_proof
from certsvc.stages.published_log import PublishedLog, log_key
from tests.conformance.conftest import Outsider
from tests.conformance.trees import GrowingTree, write_proofs
from tests.ledger.conftest import LOG_KEY, ORIGIN, House
from tests.verifier.builders import WITNESS_KEY

EDGES = (1, 2, 3, 255, 256, 257, 511, 512, 513)
OVERHEAD = 2  # the manifest and the seal of a batch


def grow(house: House, size: int) -> None:
    """Log and publish a batch after which the log has that size; keep the checkpoint."""
    at = PublishedLog(house.tree, [log_key(LOG_KEY)]).size if (house.public / "checkpoint").exists() else 1
    if at < size:
        house.ledger().record(house.issue(size - at - OVERHEAD, start=at))
    house.publisher().publish({})
    kept = house.home / "earlier" / str(size)
    kept.parent.mkdir(exist_ok=True)
    shutil.copy(house.public / "checkpoint", kept)


def judge(house: House, outsider: Outsider, size: int, numbers: list[int]) -> None:
    """The outsider accepts the whole tree, the proofs of both halves and the tlog-proofs."""
    log = PublishedLog(house.tree, [log_key(LOG_KEY)])
    proofs, flags = house.home / "proofs.json", ["-status", "-earlier", house.home / "earlier"]
    count = write_proofs(proofs, house.public, size, numbers)
    for number in numbers:
        proven = log.prove(number)
        file = house.home / f"{number}.tlog-proof"
        file.write_bytes(encode_tlog_proof(number, proven.proof, log.note))
        flags += ["-tlog-proof", file]
    report = outsider.accepts(house.public, *flags, "-proofs", proofs)
    assert (report["origin"], report["size"], report["signatures"]) == (ORIGIN, size, 2)
    assert report["proofs"] == count + len(numbers)
    assert report["earlier_checkpoints"] == len(list((house.home / "earlier").iterdir()))
    assert report["status_shards"] >= 1


@pytest.mark.parametrize("sizes", [(1, 4, 255, 258, 511), (1, 256, 512), (1, 257, 513, 516)], ids=str)
def test_an_outsider_accepts_every_file_and_proof_of_a_growing_log(
    house: House, outsider: Outsider, sizes: tuple[int, ...]
) -> None:
    for size in sizes:
        grow(house, size)
        numbers = sorted({0, 1, 254, 255, 256, size // 2, size - 2, size - 1} & set(range(size)))
        judge(house, outsider, size, numbers)


@pytest.mark.parametrize("sizes", [EDGES, (2, 300), (512,), (65_535, 65_536, 65_537)], ids=str)
def test_an_outsider_accepts_trees_of_any_entries(
    outsider: Outsider, tmp_path: Path, sizes: tuple[int, ...]
) -> None:
    dice, tree = Random(5), GrowingTree(tmp_path)
    for size in sizes:
        tree.grow([dice.randbytes(dice.randrange(40)) for _ in range(size - tree.edge.size)])
    numbers = sorted({0, 255, 256, size // 2, size - 1} & set(range(size)))
    count = write_proofs(tmp_path / "proofs.json", tree.public, size, numbers)
    report = outsider.accepts(tree.public, "-earlier", tree.earlier, "-proofs", tmp_path / "proofs.json")
    assert (report["size"], report["earlier_checkpoints"], report["proofs"]) == (size, len(sizes), count)
    assert min(report["records_proven"], report["trees_proven"]) >= min(size, 97)


@pytest.mark.parametrize("path", ["tile/0/000.p/20", "tile/entries/000.p/20", "checkpoint", "vkey"])
def test_an_outsider_refuses_a_tree_without_one_file(outsider: Outsider, tmp_path: Path, path: str) -> None:
    tree = GrowingTree(tmp_path)
    tree.grow([b"%d" % n for n in range(20)])
    outsider.accepts(tree.public)
    (tree.public / path).unlink()
    if path == "vkey":
        (tree.public / path).write_text("log.example/other+00000000+AAAA\n")
        with pytest.raises(AssertionError, match="verifier"):
            outsider.run("tree", tree.public)
        return
    code, report = outsider.run("tree", tree.public)
    assert code == 1
    assert report["problems"]


def test_an_outsider_refuses_a_file_that_no_tree_has(outsider: Outsider, tmp_path: Path) -> None:
    tree = GrowingTree(tmp_path)
    tree.grow([b"%d" % n for n in range(20)])
    for path in ("tile/0/000.p/021", "tile/0/001", "tile/entries/000.p/21", "tile/64/000", "tile/data/000"):
        (tree.public / path).parent.mkdir(parents=True, exist_ok=True)
        (tree.public / path).write_bytes(b"")
        code, report = outsider.run("tree", tree.public)
        assert (code, len(report["problems"])) == (1, 1), path
        (tree.public / path).unlink()


def test_an_outsider_verifies_the_cosignatures_of_witnesses_that_it_knows(
    outsider: Outsider, tmp_path: Path
) -> None:
    tree = GrowingTree(tmp_path)
    tree.grow([b"%d" % n for n in range(20)])
    checkpoint = tree.public / "checkpoint"
    note = checkpoint.read_text()
    text = note.partition("\n\n")[0] + "\n"
    checkpoint.write_text(note + WITNESS_KEY.cosign(text, 1_795_161_601))
    assert outsider.accepts(tree.public, "-witness", WITNESS_KEY.vkey(4))["signatures"] == 3
    code, report = outsider.run("tree", tree.public)
    assert (code, report["signatures"], report["unknown_lines"]) == (0, 2, 1)
    checkpoint.write_text(note + WITNESS_KEY.cosign(text + "more\n", 1_795_161_601))
    assert outsider.run("tree", "-witness", WITNESS_KEY.vkey(4), tree.public)[0] == 1
