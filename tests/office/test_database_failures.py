"""What goes wrong at the database comes out as an error of this service, and the next attempt works."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from psycopg import sql
from sqlalchemy import Engine, func, select, text, update

from certsvc.adapters.database import open_database
from certsvc.adapters.schema import number_counter
from certsvc.errors import UnavailableError
from tests.support.at_once import at_once
from tests.support.servers import PostgresqlServer, free_port


def advance(engine: Engine, order: tuple[int, int], both_hold_one: Barrier) -> str:
    """Move two counters in the given order, the second once the other process holds it."""
    with engine.begin() as connection:
        for series in order:
            step = update(number_counter).values(next_serial=number_counter.c.next_serial + 1)
            connection.execute(step.where(number_counter.c.series == series))
            if series == order[0]:
                both_hold_one.wait()
    return "done"


def test_of_two_processes_that_wait_for_each_other_one_goes_on(postgresql: PostgresqlServer) -> None:
    engine = open_database(postgresql.fresh())
    with engine.begin() as connection:
        rows = [{"series": series, "year": 2026, "next_serial": 1} for series in (1, 2)]
        connection.execute(number_counter.insert(), rows)
    meeting = Barrier(2)
    answers = at_once([partial(advance, engine, order, meeting) for order in ((1, 2), (2, 1))])
    assert sorted(type(answer).__name__ for answer in answers) == ["ConflictError", "str"]
    engine.dispose()


def test_a_server_that_is_away_is_said_to_be_away() -> None:
    engine = open_database(f"postgresql://certsvc@127.0.0.1:{free_port()}/certsvc")
    with pytest.raises(UnavailableError, match="PostgreSQL"), engine.begin():
        pass


def test_a_connection_that_was_cut_is_made_anew(postgresql: PostgresqlServer) -> None:
    url = postgresql.fresh()
    engine, other = open_database(url), open_database(url)
    with engine.begin() as connection:
        backend = connection.scalar(select(func.pg_backend_pid()))
    with other.begin() as connection:
        connection.execute(select(func.pg_terminate_backend(backend, 5000)))
    with engine.begin() as connection:
        assert connection.scalar(select(func.pg_backend_pid())) != backend
    engine.dispose()
    other.dispose()


def test_a_connection_cut_within_a_transaction_is_said_to_be_cut(postgresql: PostgresqlServer) -> None:
    url = postgresql.fresh()
    engine, other = open_database(url), open_database(url)
    with engine.begin() as connection:
        backend = connection.scalar(select(func.pg_backend_pid()))
        with other.begin() as killer:
            killer.execute(select(func.pg_terminate_backend(backend, 5000)))
        with pytest.raises(UnavailableError):
            connection.execute(select(number_counter))
        connection.rollback()
    engine.dispose()
    other.dispose()


def test_what_was_committed_is_there_after_a_crash_and_the_same_engine_goes_on(
    crashing_postgresql: PostgresqlServer,
) -> None:
    engine = open_database(crashing_postgresql.fresh())
    with engine.begin() as connection:
        connection.execute(number_counter.insert().values(series=1, year=2026, next_serial=7))
    crashing_postgresql.crash()
    with pytest.raises(UnavailableError), engine.begin():
        pass
    crashing_postgresql.start()
    with engine.begin() as connection:
        assert connection.scalar(select(number_counter.c.next_serial)) == 7
    engine.dispose()


def test_commits_are_durable_whatever_the_database_is_set_to(postgresql: PostgresqlServer) -> None:
    url = postgresql.fresh()
    name = sql.Identifier(url.rpartition("/")[2])
    postgresql.administer(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    engine = open_database(url)
    for _ in range(2):
        with engine.begin() as connection:
            assert connection.scalar(text("SHOW synchronous_commit")) == "on"
            assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"
            assert connection.scalar(text("SHOW lock_timeout")) == "30s"
    engine.dispose()


def test_a_file_that_cannot_be_opened_is_said_to_be_so(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'no-such-folder' / 'certsvc.sqlite3'}")
    with pytest.raises(UnavailableError, match="数据库文件"), engine.begin():
        pass
