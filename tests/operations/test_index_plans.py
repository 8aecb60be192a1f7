"""Pages and rounds of the background work are read by an index on SQLite, where no statistics help to choose one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from certsvc.adapters.database import migrate, open_database
from certsvc.adapters.filing_shelf import DatabaseFilingShelf
from certsvc.adapters.notice_queue import DatabaseNoticeQueue
from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.ports.filings import FilingScope

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CIPHER = AesGcmCipher({1: b"k" * 32}, look_up_key=b"p" * 32)
READ_BY: dict[str, tuple[Callable[[Engine], object], str]] = {
    "held rows, those filed again left out": (
        lambda engine: DatabaseFilingShelf(engine, CIPHER).count_held(FilingScope(None), None),
        "SEARCH later USING INDEX ix_filing_outline_batch (batch_ref=? AND committee_code=? AND received_at>?)",
    ),
    "messages that ended": (
        lambda engine: DatabaseNoticeQueue(engine, CIPHER).forget_before(NOW, 100),
        "USING COVERING INDEX ix_notice_message_ended_at",
    ),
    "messages, counted": (
        lambda engine: DatabaseNoticeQueue(engine, CIPHER).counted(),
        "USING COVERING INDEX ix_notice_message_state",
    ),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty database."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'office.sqlite'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(("reading", "expected"), READ_BY.values(), ids=READ_BY)
def test_the_index_is_used_and_nothing_is_sorted(
    engine: Engine, reading: Callable[[Engine], object], expected: str
) -> None:
    plans: list[str] = []

    def explain(
        connection: Connection, _cursor: object, statement: str, values: Any, _context: object, _many: bool
    ) -> None:
        if statement.startswith(("SELECT", "DELETE")):
            bare: Any = connection.connection.dbapi_connection
            plans.extend(row[3] for row in bare.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(engine, "before_cursor_execute", explain)
    try:
        reading(engine)
    finally:
        event.remove(engine, "before_cursor_execute", explain)
    assert any(expected in step for step in plans), plans
    assert not [step for step in plans if "TEMP B-TREE" in step], plans
