"""An auditor's replay: from the leaves alone, every seal's array and every manifest's coverage come out the same."""

from __future__ import annotations

import random

from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import leaf_hash, root_of_hashes

from certsvc.formats.leaf import EventKind, SlotStatus
from certsvc.formats.status import StatusArray
from tests.ledger.conftest import House, event_on
from tests.ledger.test_append_and_publish import all_entries

LATER = (EventKind.SUSPENDED, EventKind.REINSTATED, EventKind.REVOKED, EventKind.VOIDED, EventKind.CORRECTED)


def run_some_history(house: House) -> None:
    """Issue in batches, and let later events fall on slots of earlier ones."""
    dice, ledger, open_slots = random.Random(7), house.ledger(), list[tuple[int, int]]()
    for turn in range(6):
        events = house.issue(dice.randrange(1, 40), start=1 + turn * 100)
        later = [
            event_on(slot, serial, LATER[turn % len(LATER)])
            for slot, serial in dice.sample(open_slots, min(5, len(open_slots)))
        ]
        ledger.record([*events, *later])
        open_slots += [(event.slot, 1 + turn * 100 + at) for at, event in enumerate(events)]


def test_replaying_the_leaves_gives_every_seal_and_covers_every_event(house: House) -> None:
    run_some_history(house)
    array, chain, uncovered, seals = StatusArray(), dict[int, tuple[int, bytes]](), list[bytes](), 0
    for index, entry in enumerate(all_entries(house)):
        match decode_leaf(entry):
            case EventLeaf() as event:
                before = chain.get(event.slot)
                assert (event.seq, event.prev) == (
                    (0, None) if before is None else (before[0] + 1, before[1])
                )
                chain[event.slot] = event.seq, leaf_hash(entry)
                array[event.slot] = SlotStatus(event.type.status_after)
                uncovered.append(leaf_hash(entry))
            case ManifestLeaf() as manifest:
                assert (manifest.first_index, manifest.count) == (index - len(uncovered), len(uncovered))
                assert manifest.root == root_of_hashes(uncovered)
                uncovered = []
            case SealLeaf() as seal:
                assert not uncovered
                assert (seal.index, seal.slots, seal.root) == (index, array.slots, array.root)
                seals += 1
    assert seals == 7
    assert any(seq > 0 for seq, _ in chain.values())
