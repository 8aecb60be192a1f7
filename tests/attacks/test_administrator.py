"""What a database administrator can try, who holds no key: rows are changed, and the real service goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from certsvc.adapters.ledger_outbox import queue_events
from certsvc.adapters.ledger_schema import ledger_head
from certsvc.errors import IntegrityError, OlderDatabase
from certsvc.formats.leaf import EventKind, SlotStatus
from certsvc.formats.merkle import ListTree
from certsvc.formats.merkle import leaf_hash as service_leaf_hash
from certsvc.formats.status import CHUNK_SLOTS, StatusArray, chunk_of
from certsvc.formats.tile import entry_runs
from certsvc.stages.ledger_check import load_edge
from tests.attacks.scene import Scene, codes
from tests.decisions.deciders import decision_day, issue_sun, open_deciders
from tests.ledger.conftest import event_on, open_house
from tests.ledger.test_append_and_publish import all_entries
from tests.support.databases import Databases


def insert_a_revocation(scene: Scene) -> None:
    """Write a leaf with its hashes into the tables and move the head, all of it consistent but for the signature."""
    log = scene.operator().event(scene.events[2], 3)
    batch = [log.entries[-1], log.seal().entries[-1]]
    with scene.house.store.transaction() as transaction:
        head = transaction.head()
        assert head is not None
        edge, runs = load_edge(transaction, head.size, head.root).extend(
            [service_leaf_hash(entry) for entry in batch]
        )
        transaction.append(runs, entry_runs(head.size, batch))
        transaction.move_head(head, replace(head, size=edge.size, root=edge.root))


def test_a_leaf_that_was_written_into_the_tables_is_never_signed(scene: Scene) -> None:
    shown = (scene.house.public / "checkpoint").read_bytes()
    insert_a_revocation(scene)
    with pytest.raises(IntegrityError):
        scene.house.ledger().record(scene.house.issue(1, start=900))
    with pytest.raises(IntegrityError):
        scene.house.ledger().refresh_checkpoint()
    assert (scene.house.public / "checkpoint").read_bytes() == shown


@pytest.mark.parametrize("by", [-4, -1, 1])
def test_a_head_whose_size_was_changed_signs_nothing(scene: Scene, by: int) -> None:
    with scene.house.engine.begin() as connection:
        connection.execute(update(ledger_head).values(size=ledger_head.c.size + by))
    with pytest.raises(IntegrityError):
        scene.house.ledger().record(scene.house.issue(1, start=900))
    assert scene.watch().exit_code == 0


def test_a_head_that_was_taken_back_to_an_earlier_batch_signs_nothing(scene: Scene) -> None:
    """All rows of the first batch are genuine, the head's root is their root; but the log has not signed that head."""
    entries = all_entries(scene.house)[:23]
    root = ListTree([service_leaf_hash(entry) for entry in entries]).root
    with scene.house.engine.begin() as connection:
        connection.execute(update(ledger_head).values(size=len(entries), root=root))
    with pytest.raises(IntegrityError, match="账本头"):
        scene.house.ledger().record(scene.house.issue(1, start=900))


def test_a_head_with_its_genuine_note_that_was_taken_back_meets_the_published_log(
    scene: Scene, databases: Databases
) -> None:
    """The note of an earlier moment is genuine: then the start-up guard speaks."""
    scene.house.engine.dispose()
    earlier = databases.copy(scene.house.url)
    scene.goes_on()
    restored = open_house(scene.house.home, earlier, scene.house.clock)
    with pytest.raises(OlderDatabase, match="旧备份"):
        restored.ledger().record(restored.issue(1, start=900))
    restored.engine.dispose()


def test_an_array_that_was_changed_with_all_its_roots_is_never_sealed(scene: Scene) -> None:
    """A revoked certificate is made valid in the stored array, and the roots in the head are made to fit."""
    slot = scene.events[4]
    with scene.house.store.transaction() as transaction:
        head = transaction.head()
        assert head is not None
        array = StatusArray(head.status_slots, transaction.status_chunks(0, head.status_slots // CHUNK_SLOTS))
        array[slot] = SlotStatus.VALID
        transaction.put_status_chunks({chunk_of(slot): array.chunk(chunk_of(slot))})
        transaction.move_head(head, replace(head, shard_roots=array.shard_roots()))
    with pytest.raises(IntegrityError, match="封印"):
        scene.house.ledger().record(scene.house.issue(1, start=900))
    assert scene.watch().exit_code == 0


def test_what_an_outsider_sees_does_not_depend_on_the_database(scene: Scene) -> None:
    with scene.house.engine.begin() as connection:
        connection.execute(update(ledger_head).values(note=b"", root=bytes(32)))
    assert codes(scene.watch()) == []


def test_an_event_that_nobody_decided_is_named_before_and_after_it_is_logged(tmp_path: Path) -> None:
    """A row of the outbox is signed like any other, for the signers are machines: reconciliation finds no decision."""
    deciders = open_deciders(tmp_path / "home", decision_day())
    content, office = issue_sun(deciders).draft.content, deciders.office
    assert office.ledger_desk.reconciliation.report().sound
    invented = replace(
        event_on(content.slot, 1, EventKind.REVOKED),
        certificate_number=content.number,
        certificate_version=content.version,
    )
    with office.engine.begin() as connection:
        queue_events(connection, [invented], deciders.clock.now())
    waiting = office.ledger_desk.reconciliation.report()
    assert [(one.subject, one.leaf_index) for one in waiting.recovered] == [(content.number, None)]
    office.ledger.record()
    office.publish()
    report = office.ledger_desk.reconciliation.report()
    assert not report.sound
    assert [(one.subject, one.kind) for one in report.recovered] == [(content.number, EventKind.REVOKED)]
    deciders.close()
