"""The audit trail: every step writes an entry, no entry can be changed, and a chain that was changed is found out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from certsvc.adapters.access_schema import audit_entry, audit_head, personal_look
from certsvc.adapters.audit_store import DatabaseAuditTrail, append_entry, digest_of
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_database
from certsvc.adapters.personal_looks import DatabaseLooks
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import nobody, official
from certsvc.errors import NotPermitted, UnknownReference
from certsvc.ports.access import PersonalLook
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, sample

MAKER = official(Actor("maker", Role.MAKER, "220000"))
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def trail(engine: Engine) -> DatabaseAuditTrail:
    return DatabaseAuditTrail(engine, FixedClock(AT))


def write(trail: DatabaseAuditTrail, count: int) -> None:
    """Entries about objects 1 to `count`."""
    for number in range(1, count + 1):
        trail.note(
            MAKER, "console:filing:approve", f"filing/{number}", before=None, after=digest_of({"n": number})
        )


def drop_triggers(engine: Engine) -> None:
    """What an attacker with all rights would do first."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_entry_no_{change}"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_append_only ON audit_entry"))


def test_an_empty_trail_is_whole(trail: DatabaseAuditTrail) -> None:
    report = trail.verify_chain()
    assert (report.entries, report.head, report.fault) == (0, "00" * 32, None)


def test_entries_say_who_did_what_to_which_object(trail: DatabaseAuditTrail) -> None:
    write(trail, 3)
    trail.note(nobody("x" * 100), "console:filing:approve.refused", "filing/2")
    first, second = trail.entries("filing/2")
    assert (first.position, first.at, first.actor, first.role, first.region, first.action) == (
        2,
        "2026-11-20T08:00:00Z",
        "maker",
        "maker",
        "220000",
        "console:filing:approve",
    )
    assert (first.before, first.after) == (None, digest_of({"n": 2}))
    assert (second.actor, second.role, second.region) == ("x" * 64, "nobody", "")
    assert trail.verify_chain().entries == 4


@pytest.mark.parametrize("table", [audit_entry, personal_look], ids=["audit", "looks"])
def test_the_database_refuses_to_change_or_delete(
    engine: Engine, trail: DatabaseAuditTrail, table: object
) -> None:
    write(trail, 1)
    DatabaseLooks(engine).append(PersonalLook(AT, "cli", "maker", "F0", "导出证书"))
    statements = (
        update(audit_entry).values(actor="somebody"),
        delete(audit_entry),
        update(personal_look).values(viewer="somebody"),
        delete(personal_look),
    )
    for statement in statements:
        if statement.table is table:
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(statement)
    assert trail.verify_chain().fault is None


def test_sqlite_does_not_let_an_entry_be_replaced(engine: Engine, trail: DatabaseAuditTrail) -> None:
    write(trail, 1)
    if engine.dialect.name == "sqlite":
        replacing = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE position = 1"
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(replacing))
    assert trail.verify_chain().fault is None


ALTERED = {"at": "2026-11-20T08:00:01Z", "actor": "checker", "role": "checker", "region": "222400"} | {
    "action": "console:filing:issue",
    "object": "filing/9",
    "before_digest": "0" * 64,
    "after_digest": "0" * 64,
    "previous_hash": b"\x00" * 32,
    "entry_hash": b"\x01" * 32,
}


def test_every_altered_column_is_found(engine: Engine, trail: DatabaseAuditTrail) -> None:
    write(trail, 4)
    drop_triggers(engine)
    third = audit_entry.c.position == 3
    for column, value in ALTERED.items():
        with engine.begin() as connection:
            honest = connection.execute(select(audit_entry).where(third)).one()
            connection.execute(update(audit_entry).where(third).values({column: value}))
        assert trail.verify_chain().fault is not None, column
        with engine.begin() as connection:
            connection.execute(update(audit_entry).where(third).values(dict(honest._mapping)))
        assert trail.verify_chain().fault is None


@pytest.mark.parametrize("removed", [1, 3, 5])
def test_a_removed_entry_is_found(engine: Engine, trail: DatabaseAuditTrail, removed: int) -> None:
    write(trail, 5)
    drop_triggers(engine)
    with engine.begin() as connection:
        connection.execute(delete(audit_entry).where(audit_entry.c.position == removed))
    report = trail.verify_chain()
    assert report.fault is not None
    assert report.entries == removed - 1


def test_a_chain_cut_with_its_head_differs_from_the_hash_noted_before(
    engine: Engine, trail: DatabaseAuditTrail
) -> None:
    write(trail, 5)
    noted = trail.verify_chain().head
    drop_triggers(engine)
    with engine.begin() as connection:
        connection.execute(delete(audit_entry).where(audit_entry.c.position == 5))
        last = connection.execute(select(audit_entry).where(audit_entry.c.position == 4)).one()
        connection.execute(update(audit_head).values(entries=4, entry_hash=last.entry_hash))
    assert trail.verify_chain().head != noted


def test_people_who_write_at_once_make_one_chain(trail: DatabaseAuditTrail) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: trail.note(MAKER, "console:filing:approve", f"filing/{number}"), range(40)
            )
        )
    report = trail.verify_chain()
    assert (report.entries, report.fault) == (40, None)


def test_a_step_that_is_rolled_back_leaves_no_entry(engine: Engine, trail: DatabaseAuditTrail) -> None:
    write(trail, 1)
    with engine.connect() as connection, connection.begin() as step:
        append_entry(connection, AT, MAKER, "console:filing:approve", "filing/2")
        step.rollback()
    assert trail.verify_chain().entries == 1
    write(trail, 2)
    assert trail.verify_chain().fault is None


def test_refusals_at_the_command_line_are_written_down(tmp_path: Path, clock: FixedClock) -> None:
    office = OfficeUnderTest(tmp_path, clock)
    report = office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    for name, error in (("county", NotPermitted), ("nobody", UnknownReference)):
        with pytest.raises(error):
            office.approval.approve(report.filing, name)
    office.approval.approve(report.filing, "maker")
    with pytest.raises(NotPermitted):
        office.approval.begin_issue(report.filing, "maker")
    entries = office.office.trail.entries(f"filing/{report.filing}")
    seen = [
        (one.actor, one.role, one.action) for one in entries if not one.action.startswith("console:receipt:")
    ]
    assert seen == [
        ("operator", "operator", "console:filing:submit"),
        ("county", "maker", "console:filing:approve.refused"),
        ("nobody", "nobody", "console:filing:approve.refused"),
        ("maker", "maker", "console:filing:approve"),
        ("maker", "maker", "console:filing:issue.refused"),
    ]
    chain = [
        (one.before, one.after)
        for one in entries
        if one.action in ("console:filing:submit", "console:filing:approve")
    ]
    assert chain[0][1] == chain[1][0]
    assert chain[1][0] != chain[1][1]
    assert office.office.trail.verify_chain().fault is None
    office.close()


def test_the_register_and_the_registry_have_their_entries(tmp_path: Path, clock: FixedClock) -> None:
    office = OfficeUnderTest(tmp_path, clock).office
    assert [one.action for one in office.trail.entries("actor/maker")] == ["console:actor:add"]
    office.actors.register_actor(Actor("maker", Role.MAKER, "220000"), clock.now())
    assert [one.action for one in office.trail.entries("actor/maker")] == ["console:actor:add"]
    (loaded,) = office.trail.entries("registry")
    assert (loaded.action, loaded.after) == ("machine:registry:load", office.filings.current_registry()[0])
    office.close()
