"""Append, publish, open again: what was logged stays, and the public tree proves it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from certverify.checkpoint import decode_checkpoint
from certverify.leaf import EventLeaf, ManifestLeaf, SealLeaf, decode_leaf
from certverify.merkle import EMPTY_ROOT, leaf_hash, root_of_hashes
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, func, select, update
from sqlalchemy.exc import DataError

from certsvc.adapters.ledger_outbox import queue_events
from certsvc.adapters.ledger_schema import ledger_entries, ledger_hashes, outbox_event
from certsvc.errors import ConflictError, IntegrityError, UnknownReference
from certsvc.formats.cbor import encode_cbor, encode_uint
from certsvc.formats.leaf import EventEncoder, EventKind, encode_event_leaf
from certsvc.formats.leaf import EventLeaf as WrittenEvent
from certsvc.formats.tile import split_entries
from certsvc.stages.published_log import PublishedLog, log_key
from tests.ledger.conftest import LOG_KEY, House, event_on, open_house


def all_entries(house: House) -> list[bytes]:
    """Every leaf in the database."""
    with house.store.transaction() as transaction:
        head = transaction.head()
        assert head is not None
        bundles = [transaction.bundle(number) for number in range(-(-head.size // 256))]
    return [entry for bundle in bundles for entry in split_entries(bundle)]


def test_a_log_begins_with_a_bare_seal_and_begins_once(house: House) -> None:
    assert not house.ledger().start_log()
    (seal,) = (decode_leaf(entry) for entry in all_entries(house))
    assert isinstance(seal, SealLeaf)
    assert (seal.index, seal.slots) == (0, 131_072)


def test_a_batch_is_events_then_manifest_then_seal(house: House) -> None:
    batch = house.ledger().record(house.issue(3))
    assert batch is not None
    assert [event.leaf_index for event in batch.events] == [1, 2, 3]
    assert {event.manifest_index for event in batch.events} == {4}
    kinds = [type(decode_leaf(entry)) for entry in all_entries(house)]
    assert kinds == [SealLeaf, EventLeaf, EventLeaf, EventLeaf, ManifestLeaf, SealLeaf]


def test_nothing_waiting_adds_nothing(house: House) -> None:
    assert house.ledger().record() is None
    assert len(all_entries(house)) == 1


def test_the_same_events_are_logged_once(house: House) -> None:
    events = house.issue(4)
    ledger = house.ledger()
    assert ledger.record(events) is not None
    assert ledger.record(events) is None
    assert house.ledger().record(events) is None


def test_the_root_is_the_root_of_all_leaves_whatever_the_batches(house: House) -> None:
    ledger, serial = house.ledger(), 1
    for count in (1, 2, 7, 300, 1, 255, 511):
        batch = ledger.record(house.issue(count, start=serial))
        serial += count
        assert batch is not None
        assert batch.head.root == root_of_hashes([leaf_hash(entry) for entry in all_entries(house)])
        assert batch.head.root != EMPTY_ROOT


def test_more_events_than_a_batch_holds_are_logged_in_order_by_several(house: House) -> None:
    ledger, events = house.ledger(), house.issue(1200)
    first, second = ledger.record(events), ledger.record()
    assert first is not None
    assert second is not None
    assert (len(first.events), len(second.events)) == (1000, 200)
    commitments = [e.commitment for e in (*first.events, *second.events)]
    assert commitments == [event.commitment for event in events]


def test_events_on_one_slot_are_chained_even_within_a_batch(house: House) -> None:
    (slot,) = house.slots(1)
    ledger = house.ledger()
    ledger.record([event_on(slot, 1), event_on(slot, 1, EventKind.SUSPENDED)])
    ledger.record([event_on(slot, 1, EventKind.REINSTATED)])
    entries = all_entries(house)
    leaves = [leaf for leaf in map(decode_leaf, entries) if isinstance(leaf, EventLeaf)]
    assert [leaf.seq for leaf in leaves] == [0, 1, 2]
    assert [leaf.prev for leaf in leaves] == [None, leaf_hash(entries[1]), leaf_hash(entries[2])]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([], EventKind.REVOKED),
        ([EventKind.ISSUED], EventKind.HISTORICAL),
        ([EventKind.ISSUED], EventKind.CREDIT_OPENED),
    ],
)
def test_an_event_out_of_order_is_refused_when_it_is_queued(
    house: House, first: list[EventKind], then: EventKind
) -> None:
    (slot,) = house.slots(1)
    ledger = house.ledger()
    ledger.record([event_on(slot, 1, kind) for kind in first])
    with pytest.raises(ConflictError):
        ledger.record([event_on(slot, 1, then)])


def test_a_slot_that_nobody_took_cannot_have_events(house: House) -> None:
    with pytest.raises(UnknownReference):
        house.ledger().record([event_on(7, 1)])


def test_one_key_for_two_events_is_refused(house: House) -> None:
    one, two = house.issue(2)
    with pytest.raises(ConflictError):
        house.ledger().record(
            [one, event_on(two.slot, 1)],
        )


def test_what_is_published_is_proven_and_released(house: House) -> None:
    batch = house.ledger().record(house.issue(300))
    assert batch is not None
    head = house.publisher().publish({"policy": b"quorum none\n"})
    assert house.publisher().release(batch.events) == tuple(range(1, 301))
    checkpoint, _ = decode_checkpoint((house.public / "checkpoint").read_bytes())
    assert (checkpoint.size, checkpoint.root) == (head.size, head.root)
    assert (house.public / "policy").read_bytes() == b"quorum none\n"
    files = {str(path.relative_to(house.public)) for path in house.public.rglob("*") if path.is_file()}
    assert {
        "vkey",
        "tile/0/000",
        "tile/0/001.p/47",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/47",
        "status/302/roots",
    } <= files


def test_what_is_not_published_yet_is_not_released(house: House) -> None:
    house.publisher().publish()
    batch = house.ledger().record(house.issue(2))
    assert batch is not None
    with pytest.raises(IntegrityError):
        house.publisher().release(batch.events)


def test_a_home_opened_again_goes_on_where_it_was(house: House) -> None:
    house.ledger().record(house.issue(5))
    house.publisher().publish()
    again = open_house(house.home, house.url, house.clock)
    batch = again.ledger().record(again.issue(5, start=6))
    assert batch is not None
    assert batch.head.size == 1 + 7 + 7
    assert again.publisher().publish().size == 15
    again.engine.dispose()


def test_publishing_twice_changes_no_file(house: House) -> None:
    house.ledger().record(house.issue(2))
    house.publisher().publish()
    before = {path: path.stat().st_mtime_ns for path in house.public.rglob("*")}
    house.publisher().publish()
    assert before == {path: path.stat().st_mtime_ns for path in house.public.rglob("*")}


def test_an_idle_log_gets_a_fresh_cosignature_over_the_same_tree(house: House) -> None:
    house.publisher().publish()
    key = [log_key(LOG_KEY)]
    before = PublishedLog(house.tree, key)
    house.clock.advance(timedelta(minutes=10))
    house.ledger().refresh_checkpoint()
    house.publisher().publish()
    after = PublishedLog(house.tree, key)
    assert after.checkpoint == before.checkpoint
    assert after.note != before.note


def test_a_clock_gone_back_signs_nothing(house: House) -> None:
    house.clock.advance(timedelta(seconds=-1))
    with pytest.raises(ConflictError, match="系统时间"):
        house.ledger().record(house.issue(1))


def test_publication_leaves_no_temporary_file_in_the_tree_nor_beside_it(house: House) -> None:
    house.ledger().record(house.issue(2))
    house.publisher().publish()
    assert {path.name for path in (house.home / "public.work").iterdir()} == {"lock"}
    top = {path.name for path in house.public.iterdir()}
    assert top == {"checkpoint", "vkey", "tile", "status"}


@given(
    st.sampled_from(EventKind),
    st.integers(0, 1 << 34),
    st.integers(0, 1 << 20),
    st.dates(date(1970, 1, 1)),
    st.integers(0, 1 << 33),
)
@settings(deadline=None)
def test_the_encoder_of_a_batch_writes_the_bytes_of_the_general_one(
    kind: EventKind, slot: int, seq: int, effective_on: date, hour: int
) -> None:
    kid, prev, commitment = b"\1\2\3\4", bytes(range(32)) if seq else None, bytes(range(32, 64))
    leaf = WrittenEvent(kind, kid, slot, seq, prev, effective_on, hour, commitment)
    encoder = EventEncoder(kid, hour)
    assert encoder.encode(kind, slot, seq, prev, effective_on, commitment) == encode_event_leaf(leaf)
    first = WrittenEvent(kind, kid, slot, 0, None, effective_on, hour, commitment)
    many = encoder.encode_first([kind] * 2, [slot] * 2, [effective_on] * 2, [commitment] * 2)
    assert many == [encode_event_leaf(first)] * 2


@pytest.mark.parametrize(
    ("seq", "prev", "commitment"),
    [
        (0, bytes(32), bytes(32)),
        (1, None, bytes(32)),
        (1, bytes(31), bytes(32)),
        (0, None, bytes(31)),
        (0, None, bytes(33)),
    ],
)
def test_a_leaf_that_no_reader_would_take_is_never_encoded(
    seq: int, prev: bytes | None, commitment: bytes
) -> None:
    encoder, day = EventEncoder(bytes(4), 1), date(2026, 11, 20)
    with pytest.raises(ValueError):
        encoder.encode(EventKind.REVOKED, 7, seq, prev, day, commitment)
    if len(commitment) != 32:
        with pytest.raises(ValueError):
            encoder.encode_first([EventKind.ISSUED], [7], [day], [commitment])


@given(st.integers(0, (1 << 64) - 1) | st.sampled_from([23, 24, 255, 256, 65535, 65536, 1 << 32]))
def test_an_integer_alone_is_encoded_as_in_a_value(number: int) -> None:
    assert encode_uint(number) == encode_cbor(number)


@pytest.mark.parametrize("number", [-1, 1 << 64])
def test_a_number_that_is_no_unsigned_integer_is_not_encoded(number: int) -> None:
    with pytest.raises(ValueError):
        encode_uint(number)


def test_rows_with_gaps_between_them_have_leaves_without_gaps(house: House) -> None:
    """Identities of rows that were rolled back, or that others are still writing, are never given."""
    ledger, events = house.ledger(), house.issue(40)
    for at, event in enumerate(events):
        with house.engine.begin() as connection:
            queue_events(connection, [event], house.clock.now())
            if at % 3 == 0:
                row = select(func.max(outbox_event.c.id)).scalar_subquery()
                connection.execute(update(outbox_event).where(outbox_event.c.id == row).values(id=row + 100))
                if house.engine.dialect.name == "postgresql":
                    connection.execute(select(func.setval("outbox_event_id_seq", row)))
    batch = ledger.record()
    assert batch is not None
    assert [event.leaf_index for event in batch.events] == list(range(1, 41))
    assert [event.commitment for event in batch.events] == [event.commitment for event in events]
    assert house.store.logged_at(range(1, 41)) == batch.events
    assert batch.events[-1].id - batch.events[0].id > 1000


def test_a_ledger_goes_on_after_another_one_and_after_a_batch_that_was_rolled_back(house: House) -> None:
    """What it keeps in memory between batches counts only while the head is the same."""
    first, second = house.ledger(), house.ledger()
    for turn, ledger in enumerate((first, first, second, first, second)):
        assert ledger.record(house.issue(20, start=1 + 20 * turn)) is not None
    events = house.issue(20, start=101)
    with suppress(KeyError), house.store.transaction() as transaction:
        assert first.record(events, within=transaction) is not None
        raise KeyError
    batch = first.record(events)
    assert batch is not None
    entries = all_entries(house)
    assert batch.head.root == root_of_hashes([leaf_hash(entry) for entry in entries])
    seals = [leaf for leaf in map(decode_leaf, entries) if isinstance(leaf, SealLeaf)]
    assert len(seals) == 7
    house.publisher().publish()
    assert len(house.publisher().release(batch.events)) == 20


@pytest.mark.parametrize(("table", "column"), [(ledger_entries, "entries"), (ledger_hashes, "hashes")])
def test_a_leaf_that_changed_in_the_database_gets_no_successor(
    house: House, table: Table, column: str
) -> None:
    ledger, (slot,) = house.ledger(), house.slots(1)
    ledger.record([event_on(slot, 1)])
    ledger.record(house.issue(300, start=2))
    where = table.c.start == 1
    with house.engine.begin() as connection:
        raw = bytearray(connection.execute(select(table.c[column]).where(where).limit(1)).scalar_one())
        raw[20] ^= 1
        connection.execute(update(table).where(where).values({column: bytes(raw)}))
    with pytest.raises(IntegrityError):
        ledger.record([event_on(slot, 1, EventKind.REVOKED)])


@pytest.mark.parametrize("at", [1, 5])
def test_the_edge_in_memory_does_not_hide_what_changed_in_the_database(house: House, at: int) -> None:
    """Leaf 1 and leaf 5 stand in the tile that the next batch extends."""
    ledger = house.ledger()
    for serial in (1, 2):
        ledger.record(house.issue(2, start=10 * serial))
    with house.engine.begin() as connection:
        where = (ledger_hashes.c.level == 0, ledger_hashes.c.start == at)
        raw = bytearray(connection.execute(select(ledger_hashes.c.hashes).where(*where)).scalar_one())
        raw[3] ^= 128
        connection.execute(update(ledger_hashes).where(*where).values(hashes=bytes(raw)))
    with pytest.raises(IntegrityError, match="自检"):
        ledger.record(house.issue(1, start=40))


def test_an_overlong_key_is_refused_and_never_cut(house: House) -> None:
    """SQLite keeps it whole, PostgreSQL refuses it: in neither is it another event's."""
    (event,) = house.issue(1)
    long = replace(event, idempotency_key="k" * 200)
    with suppress(DataError), house.engine.begin() as connection:
        queue_events(connection, [long], house.clock.now())
    with house.engine.connect() as connection:
        keys = connection.scalars(select(outbox_event.c.idempotency_key)).all()
    assert keys == ([long.idempotency_key] if house.engine.dialect.name == "sqlite" else [])
