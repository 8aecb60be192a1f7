"""The public face reads through connections that cannot write, on every database."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from certsvc.adapters.database import open_database, open_for_reading
from certsvc.adapters.schema import number_counter
from certsvc.errors import CertsvcError

ROW = {"series": 1, "year": 2026, "next_serial": 1}


def test_a_reading_connection_cannot_write(database_url: str) -> None:
    reader = open_for_reading(database_url)
    with reader.connect() as connection, pytest.raises((DBAPIError, CertsvcError)):
        connection.execute(number_counter.insert().values(ROW))
    reader.dispose()


def test_a_reader_goes_on_while_somebody_writes_and_sees_what_was_committed(database_url: str) -> None:
    writer, reader = open_database(database_url), open_for_reading(database_url)
    with writer.begin() as writing:
        writing.execute(number_counter.insert().values(ROW))
        with reader.begin() as connection:
            assert connection.execute(select(number_counter)).all() == []
    with reader.begin() as connection:
        assert len(connection.execute(select(number_counter)).all()) == 1
    reader.dispose()
    writer.dispose()
