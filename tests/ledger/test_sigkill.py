"""SIGKILL at any moment of append and publication: the public tree stays whole, every size ever shown is a prefix."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from certverify.checkpoint import decode_checkpoint
from certverify.merkle import leaf_hash, root_of_hashes
from certverify.tree import PublicTree

from tests.ledger.conftest import House

ROOT = Path(__file__).parent.parent.parent
KILLS = 4


def kill_a_writer(house: House, first_serial: int, wait: float) -> list[int]:
    """Run a writer until it has published once, a little longer, kill it; the sizes it has published."""
    writer_module = "tests.ledger.writer_process"
    command = [sys.executable, "-m", writer_module, str(house.home), house.url, str(first_serial)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        return [int(line) for line in (first, *writer.stdout.readlines()) if line.endswith("\n")]


def check_from_outside(house: House) -> tuple[int, list[bytes]]:
    """Size and leaf hashes of the public tree, read and checked as an outsider does."""
    tree = PublicTree(house.public)
    checkpoint, _ = decode_checkpoint(tree.raw_checkpoint())
    size, root = checkpoint.size, checkpoint.root
    hashes = [leaf_hash(tree.entry(index, size, root)) for index in range(size)]
    assert root_of_hashes(hashes) == root
    seal = tree.seal(size, root)
    tree.shard(seal, 0)
    return size, hashes


def test_a_killed_writer_leaves_a_whole_tree_and_its_successor_goes_on(house: House) -> None:
    dice = random.Random(20261120)
    house.publisher().publish()
    seen, before = 1, check_from_outside(house)[1]
    for turn in range(KILLS):
        shown = kill_a_writer(house, 1 + turn * 100_000, dice.uniform(0, 0.2))
        assert shown == sorted(shown)
        size, hashes = check_from_outside(house)
        assert size >= max(shown) > seen
        assert hashes[: len(before)] == before
        seen, before = size, hashes
    assert house.publisher().publish().size >= seen
    assert check_from_outside(house)[1][: len(before)] == before
