"""What is to be done is found by indexes, and looking for it keeps nobody from writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from certsvc.adapters.archive_schema import archive_failure
from certsvc.adapters.archive_store import DatabaseArchiveBook
from certsvc.adapters.database import open_database, open_for_reading
from certsvc.adapters.instants import instant_text
from certsvc.domain.archive_object import ArchiveLevel
from tests.archive.test_kept_whole import NOW
from tests.support.databases import SqliteFiles


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path) -> str:
    """An empty register."""
    return SqliteFiles(tmp_path, sqlite_template).fresh()


@pytest.fixture
def book(url: str) -> Iterator[DatabaseArchiveBook]:
    """The archive's book over it."""
    engine, reading = open_database(url), open_for_reading(url)
    yield DatabaseArchiveBook(engine, reading)
    engine.dispose()
    reading.dispose()


def test_neither_the_work_list_nor_the_status_goes_through_the_register(
    url: str, book: DatabaseArchiveBook
) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(
        book.reading,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    for level in ArchiveLevel:
        book.tasks(level, NOW, 20)
        book.status(level, NOW)
    plans = set[str]()
    with book.reading.connect() as connection:
        for statement, parameters in list(asked):
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans |= {row.detail for row in plan}
    assert len(asked) > 20
    assert {
        one for one in plans if one.startswith("SCAN certificate") and "archive_untried" not in one
    } == set()
    assert {one for one in plans if "TEMP B-TREE" in one} == set()


def test_looking_for_work_waits_for_nobody_who_writes(url: str, book: DatabaseArchiveBook) -> None:
    writing = open_database(url)
    with writing.begin() as connection:
        connection.execute(
            insert(archive_failure).values(
                certificate_number="222023052000017X",
                certificate_version=1,
                fault="missing",
                failed_at=instant_text(NOW),
                attempts=1,
                next_try_at=instant_text(NOW),
            )
        )
        assert book.tasks(ArchiveLevel.B_LTA, NOW, 20) == ()
        assert book.status(ArchiveLevel.B_LTA, NOW).failed == 0
    assert book.status(ArchiveLevel.B_LTA, NOW).failed == 1
    writing.dispose()
