"""What a log costs at the least: leaves hashed, inserted as bare rows, given a place, in one durable transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import psycopg

from bench.timing import elapsed


class SqliteFloor:
    """By the bare sqlite3 module, in a file of its own."""

    what = "leaf hashes and rows by bare sqlite3"

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE leaf (id INTEGER PRIMARY KEY, hash BLOB, place INTEGER)")
        self._next = 0

    def rate(self, count: int) -> float:
        """Leaves a second of one batch."""
        numbers = range(self._next, self._next + count)
        self._next += count
        return count / elapsed(lambda: self._append(numbers))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _append(self, numbers: Sequence[int]) -> None:
        self._connection.executemany("INSERT INTO leaf (id, hash) VALUES (?, ?)", _leaves(numbers))
        self._connection.executemany("UPDATE leaf SET place = ? WHERE id = ?", [(n, n) for n in numbers])
        self._connection.commit()


class PostgresqlFloor:
    """By bare psycopg, with COPY and one update, in a table beside the service's own."""

    what = "leaf hashes and rows by bare psycopg (COPY)"

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)
        self._connection.execute("CREATE TABLE floor_leaf (id BIGINT PRIMARY KEY, hash BYTEA, place BIGINT)")
        self._connection.commit()
        self.server = self._connection.info.parameter_status("server_version") or "unknown"
        self._next = 0

    def rate(self, count: int) -> float:
        """Leaves a second of one batch."""
        numbers = range(self._next, self._next + count)
        self._next += count
        return count / elapsed(lambda: self._append(numbers))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _append(self, numbers: Sequence[int]) -> None:
        with self._connection.cursor() as cursor:
            with cursor.copy("COPY floor_leaf (id, hash) FROM STDIN") as copy:
                for row in _leaves(numbers):
                    copy.write_row(row)
            cursor.execute(
                "UPDATE floor_leaf SET place = id WHERE id BETWEEN %s AND %s", (numbers[0], numbers[-1])
            )
        self._connection.commit()


def _leaves(numbers: Sequence[int]) -> list[tuple[int, bytes]]:
    return [(number, sha256(b"\0%0100d" % number).digest()) for number in numbers]
