"""Several processes at the ledger at the same moment: one begins the log, one opens a slot, events keep their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from certverify.leaf import EventLeaf, decode_leaf
from certverify.merkle import leaf_hash

from certsvc.adapters.clock import FixedClock
from certsvc.errors import ConflictError
from certsvc.formats.leaf import EventKind
from certsvc.ports import PendingEvent
from tests.ledger.conftest import House, event_on, open_house
from tests.ledger.test_append_and_publish import all_entries
from tests.support.at_once import at_once

CREW = 4


@pytest.fixture
def crew(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Sequence[House]]:
    """Homes with connections of their own to one database, as several processes have."""
    houses = [open_house(tmp_path, database_url, clock) for _ in range(CREW)]
    yield houses
    for house in houses:
        house.engine.dispose()


@pytest.fixture
def begun(crew: Sequence[House]) -> Sequence[House]:
    """The same, with a log that has begun."""
    crew[0].ledger().start_log()
    return crew


def queue(house: House, *events: PendingEvent) -> None:
    """Queue in a transaction of its own."""
    with house.store.transaction() as transaction:
        transaction.queue(events, house.clock.now())


def queue_each(crew: Sequence[House], events: Sequence[PendingEvent]) -> int:
    """Let everyone queue one of the events at once; how many of them met a conflict."""
    answers = at_once([partial(queue, house, event) for house, event in zip(crew, events, strict=True)])
    return [type(answer) for answer in answers].count(ConflictError)


def chains(house: House) -> dict[int, list[int]]:
    """By slot the numbers of its events, in the order of the log, each of them chained to the one before."""
    found: dict[int, list[int]] = {}
    newest: dict[int, bytes | None] = {}
    for entry in all_entries(house):
        leaf = decode_leaf(entry)
        if isinstance(leaf, EventLeaf):
            assert leaf.prev == newest.get(leaf.slot)
            newest[leaf.slot] = leaf_hash(entry)
            found.setdefault(leaf.slot, []).append(leaf.seq)
    return found


def test_the_log_begins_once(crew: Sequence[House]) -> None:
    began = at_once([house.ledger().start_log for house in crew])
    assert sorted(answer is True for answer in began) == [False] * (CREW - 1) + [True]
    assert ConflictError not in map(type, began)


def test_a_slot_is_opened_once(begun: Sequence[House]) -> None:
    for turn, slot in enumerate(begun[0].slots(5)):
        serials = range(1 + turn * CREW, 1 + (turn + 1) * CREW)
        assert queue_each(begun, [event_on(slot, serial) for serial in serials]) == CREW - 1
        batch = begun[0].ledger().record()
        assert batch is not None
        assert len(batch.events) == 1


def test_one_event_queued_by_all_is_one_event(begun: Sequence[House]) -> None:
    for event in begun[0].issue(5):
        assert queue_each(begun, [event] * CREW) == 0
    batch = begun[0].ledger().record()
    assert batch is not None
    assert len(batch.events) == 5


def test_one_key_for_two_events_is_given_to_one_of_them(begun: Sequence[House]) -> None:
    for serial in range(1, 6):
        slots = begun[0].slots(CREW)
        assert queue_each(begun, [event_on(slot, serial) for slot in slots]) == CREW - 1


def test_events_queued_while_others_are_logged_are_all_logged_in_the_order_of_their_slot(
    begun: Sequence[House],
) -> None:
    slots = begun[0].slots(12)
    begun[0].ledger().record([event_on(slot, serial) for serial, slot in enumerate(slots, 1)])

    def suspend_and_log(house: House, serials: range) -> int:
        logged = 0
        for serial in serials:
            queue(house, event_on(slots[serial - 1], serial, EventKind.SUSPENDED))
            queue(house, event_on(slots[serial - 1], serial, EventKind.REINSTATED))
            batch = house.ledger().record()
            logged += 0 if batch is None else len(batch.events)
        return logged

    shares = [range(1 + at, 13, CREW) for at in range(CREW)]
    logged = at_once([partial(suspend_and_log, h, r) for h, r in zip(begun, shares, strict=True)])
    assert sum(one for one in logged if isinstance(one, int)) == 24
    assert chains(begun[0]) == {slot: [0, 1, 2] for slot in slots}


def test_slots_are_allotted_once(begun: Sequence[House]) -> None:
    allotted = at_once([partial(house.slots, 300) for house in begun])
    assert len({slot for part in allotted if isinstance(part, list) for slot in part}) == 300 * CREW
