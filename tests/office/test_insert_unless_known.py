"""A row that is there already is left alone, and the caller is told so, on every database."""

from __future__ import annotations

from sqlalchemy import select

from certsvc.adapters.access_schema import spent_token
from certsvc.adapters.database import insert_unless_known, open_database


def test_the_caller_is_told_whether_the_row_was_inserted(database_url: str) -> None:
    engine = open_database(database_url)
    row = {"digest": b"\x01" * 32, "ends_at": "2026-11-20T08:00:00Z"}
    with engine.begin() as connection:
        assert insert_unless_known(connection, spent_token, row)
        assert not insert_unless_known(connection, spent_token, {**row, "ends_at": "later"})
        assert connection.scalars(select(spent_token.c.ends_at)).all() == [row["ends_at"]]
    engine.dispose()
