"""`certsvc ledger reconcile` stays quick when there is much to reconcile."""

from __future__ import annotations

from hashlib import sha256
from time import monotonic, process_time
from typing import Any

from sqlalchemy import Connection, insert, text

from certsvc.adapters.database import open_for_reading
from certsvc.adapters.history_schema import history_event
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.adapters.reconciliation_source import RECOVERED, UNQUEUED, DatabaseReconciliationSource
from certsvc.formats.leaf import EventKind
from tests.ledger.conftest import House

EVENTS, BOUND_SECONDS = 50_000, 10.0


def fill(house: House, count: int) -> None:
    """As many historical events with their records, none of them logged."""
    commitments = [sha256(b"%d" % at).digest() for at in range(count)]
    with house.engine.begin() as connection:
        connection.execute(
            insert(outbox_event),
            [
                {
                    "idempotency_key": f"history/{at}",
                    "kind": int(EventKind.HISTORICAL),
                    "slot": at,
                    "effective_on": "2026-11-20",
                    "commitment": commitment,
                    "certificate_number": "",
                    "certificate_version": 0,
                    "queued_at": "2026-11-20T00:00:00.000000Z",
                }
                for at, commitment in enumerate(commitments)
            ],
        )
        connection.execute(
            insert(history_event),
            [
                {"slot": at, "kind": 1, "sealed_payload": b"", "sealed_salt": b"", "commitment": commitment}
                for at, commitment in enumerate(commitments)
            ],
        )


def test_fifty_thousand_events_are_reconciled_within_seconds(house: House) -> None:
    fill(house, EVENTS)
    engine = open_for_reading(house.url)
    source = DatabaseReconciliationSource(engine)
    begun, worked = monotonic(), process_time()
    assert source.recovered() == ()
    assert source.unqueued() == ()
    assert process_time() - worked < BOUND_SECONDS
    assert monotonic() - begun < 4 * BOUND_SECONDS, "a busy machine may take longer, the work may not be more"
    engine.dispose()


def test_no_question_of_the_reconciliation_is_answered_by_reading_a_table_once_a_row(house: House) -> None:
    fill(house, 2000)
    with house.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        for query in (RECOVERED, *UNQUEUED):
            plan = plan_of(connection, query)
            assert not any("SubPlan" in line for line in plan), plan  # PostgreSQL
            inner = "\n".join(plan).split("CORRELATED")[1:]  # SQLite
            assert not any(line.startswith("SCAN") for part in inner for line in part.splitlines()[1:2]), plan


def plan_of(connection: Connection, query: Any) -> list[str]:
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    words = query.compile(connection, compile_kwargs={"literal_binds": True})
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {words}")]


def test_an_event_taken_back_and_one_without_a_record_are_both_named_once(house: House) -> None:
    fill(house, 3)
    with house.engine.begin() as connection:
        for key, slot in (("recovered/1", 1000), ("else/2", 1001)):
            connection.execute(
                insert(outbox_event).values(
                    idempotency_key=key,
                    kind=1,
                    slot=slot,
                    effective_on="2026-11-20",
                    commitment=sha256(key.encode()).digest(),
                    certificate_number="",
                    certificate_version=0,
                    queued_at="2026-11-20T00:00:00.000000Z",
                )
            )
    engine = open_for_reading(house.url)
    assert len(DatabaseReconciliationSource(engine).recovered()) == 2
    engine.dispose()
