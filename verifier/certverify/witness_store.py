"""What a witness remembers, in one SQLite file: the newest checkpoint of every log, the accepted ones before it, and
the refused ones that speak against a log. Everything that is answered was committed and flushed to the disk before.

One connection; threads take turns. A second process on the same file is safe too: whoever writes holds the file's write
lock from the first read to the commit (`BEGIN IMMEDIATE`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

from certverify.errors import WitnessStateError

STATE_FILE = "witness.sqlite3"
SEEN_BYTES_OF_ORIGIN = 1 << 28
REFUSED_OF_ORIGIN = 100
"""Of each ground, and of each log: notes have up to 256 KiB, so a stolen log key fills 100 MiB and no more."""
FORK_REASON = "same-size-other-root"
_VERSION = 1
_BUSY_SECONDS = 2.0
_TABLES = """
CREATE TABLE witness (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), name TEXT NOT NULL, vkey TEXT NOT NULL);
CREATE TABLE latest (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
    cosigned_at INTEGER NOT NULL, cosignature TEXT NOT NULL
);
CREATE TABLE seen (
    origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note BLOB NOT NULL,
    cosigned_at INTEGER NOT NULL, bytes_through INTEGER NOT NULL, PRIMARY KEY (origin, size)
);
CREATE INDEX seen_bytes ON seen (origin, bytes_through);
CREATE TABLE refused (
    number INTEGER PRIMARY KEY, origin TEXT NOT NULL, ground TEXT NOT NULL, reason TEXT NOT NULL, size INTEGER NOT NULL,
    root BLOB NOT NULL, note BLOB NOT NULL, against BLOB, refused_at INTEGER NOT NULL,
    UNIQUE (origin, ground, size, root)
);
"""


class Ground(StrEnum):
    """Why a checkpoint that its log has signed was refused."""

    FORK = "fork"  # another root was accepted for the same size: the two notes prove the fork to anybody
    UNPROVEN = "unproven"  # the proof that came along does not verify; the note alone accuses nobody
    AUDIT = "audit"  # consistent, but an auditor found it wrong
    SUPERSEDED = "superseded"  # an auditor found it wrong, and cosigned it later


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest cosigned checkpoint of a log; `note` bears the log's signatures, `cosignature` is our line."""

    origin: str
    size: int
    root: bytes
    note: bytes
    cosigned_at: int
    cosignature: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused checkpoint: `note` as the log signed it, `against` the accepted note it was held against, if any."""

    origin: str
    ground: Ground
    reason: str
    size: int
    root: bytes
    note: bytes
    against: bytes | None
    refused_at: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A writer's turn: what is read here holds until what is written here is committed."""

    connection: sqlite3.Connection

    def identity(self) -> tuple[str, str] | None:
        """Name and verifier key of the witness; None before its first start is complete."""
        row: tuple[str, str] | None = self.connection.execute("SELECT name, vkey FROM witness").fetchone()
        return row

    def identify(self, name: str, vkey: str) -> None:
        """Set name and verifier key, once and for all."""
        self.connection.execute("INSERT INTO witness VALUES (1, ?, ?)", (name, vkey))

    def latest(self, origin: str) -> Latest | None:
        """The newest cosigned checkpoint of a log."""
        row = self.connection.execute("SELECT * FROM latest WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else Latest(*row)

    def newest_time(self) -> int:
        """The POSIX time of the newest cosignature over any log; 0 before the first."""
        return int(self.connection.execute("SELECT coalesce(max(cosigned_at), 0) FROM latest").fetchone()[0])

    def accepted(self, origin: str, size: int) -> tuple[bytes, bytes] | None:
        """Root and note of the accepted checkpoint of exactly this size, as long as it is kept."""
        row: tuple[bytes, bytes] | None = self.connection.execute(
            "SELECT root, note FROM seen WHERE origin = ? AND size = ?", (origin, size)
        ).fetchone()
        return row

    def accept(self, latest: Latest) -> None:
        """Make `latest` the newest and keep it among the accepted ones.

        What was refused for its proof is seen with other eyes now: the same checkpoint is forgotten, another of this size is
        a proven fork. What the auditor refused, and finds right now, is marked as superseded.
        """
        self.connection.execute(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?, ?)",
            (latest.origin, latest.size, latest.root, latest.note, latest.cosigned_at, latest.cosignature),
        )
        self._keep(latest)
        self.connection.execute(
            "DELETE FROM refused WHERE origin = ? AND size = ? AND root = ? AND ground = ?",
            (latest.origin, latest.size, latest.root, Ground.UNPROVEN),
        )
        self.connection.execute(
            "UPDATE OR IGNORE refused SET ground = ?, reason = ?, against = ?"
            " WHERE origin = ? AND size = ? AND ground = ?",
            (Ground.FORK, FORK_REASON, latest.note, latest.origin, latest.size, Ground.UNPROVEN),
        )
        self.connection.execute(
            "UPDATE OR REPLACE refused SET ground = ? WHERE origin = ? AND size = ? AND root = ? AND ground = ?",
            (Ground.SUPERSEDED, latest.origin, latest.size, latest.root, Ground.AUDIT),
        )
        self.connection.execute(
            "DELETE FROM refused WHERE origin = ? AND ground = ? AND number NOT IN"
            " (SELECT number FROM refused WHERE origin = ? AND ground = ? ORDER BY number LIMIT ?)",
            (latest.origin, Ground.FORK, latest.origin, Ground.FORK, REFUSED_OF_ORIGIN),
        )

    def _keep(self, latest: Latest) -> None:
        """Add to `seen`; what lies more than SEEN_BYTES_OF_ORIGIN bytes of notes back is dropped, the newest never."""
        through: int = self.connection.execute(
            "SELECT coalesce(max(bytes_through), 0) FROM seen WHERE origin = ?", (latest.origin,)
        ).fetchone()[0]
        through += len(latest.note)
        self.connection.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?, ?)",
            (latest.origin, latest.size, latest.root, latest.note, latest.cosigned_at, through),
        )
        self.connection.execute(
            "DELETE FROM seen WHERE origin = ? AND bytes_through <= ? AND size <> ?",
            (latest.origin, through - SEEN_BYTES_OF_ORIGIN, latest.size),
        )

    def refuse(self, refused: Refused) -> bool:
        """Keep a refused checkpoint once; False when it is known, or when there is no room for another proven fork.

        Of forks the first REFUSED_OF_ORIGIN are kept, of everything else the newest.
        """
        kept: int = self.connection.execute(
            "SELECT count(*) FROM refused WHERE origin = ? AND ground = ?", (refused.origin, refused.ground)
        ).fetchone()[0]
        if refused.ground is Ground.FORK and kept >= REFUSED_OF_ORIGIN:
            return False
        added = self.connection.execute(
            "INSERT OR IGNORE INTO refused VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                refused.origin,
                refused.ground,
                refused.reason,
                refused.size,
                refused.root,
                refused.note,
                refused.against,
                refused.refused_at,
            ),
        ).rowcount
        if added and kept >= REFUSED_OF_ORIGIN:
            self.connection.execute(
                "DELETE FROM refused WHERE number = (SELECT min(number) FROM refused WHERE origin = ? AND ground = ?)",
                (refused.origin, refused.ground),
            )
        return bool(added)


class WitnessStore:
    """The state file of a witness. `close` it at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """A transaction that nobody else writes beside; committed and flushed at its end, undone by any exception.

        Raises sqlite3.Error when the file cannot be written, or stays locked for two seconds.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def identity(self) -> tuple[str, str] | None:
        """Name and verifier key of the witness; None before its first start is complete."""
        with self._lock:
            return Turn(self._connection).identity()

    def latest(self, origin: str) -> Latest | None:
        """The newest cosigned checkpoint of a log."""
        with self._lock:
            return Turn(self._connection).latest(origin)

    def all_latest(self) -> list[tuple[Latest, int]]:
        """The newest cosigned checkpoint of every log, and how many accepted ones are kept."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT latest.*, (SELECT count(*) FROM seen WHERE seen.origin = latest.origin) FROM latest ORDER BY origin"
            ).fetchall()
        return [(Latest(*row[:-1]), row[-1]) for row in rows]

    def all_refused(self) -> list[Refused]:
        """Every kept refused checkpoint, in the order in which they came."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT origin, ground, reason, size, root, note, against, refused_at FROM refused ORDER BY number"
            ).fetchall()
        return [Refused(row[0], Ground(row[1]), *row[2:]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def open_store(folder: Path) -> WitnessStore:
    """The state in `folder`; an empty one is made where there is none. Raises WitnessStateError."""
    try:
        connection = sqlite3.connect(
            folder / STATE_FILE, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise WitnessStateError("状态文件无法打开 the state file cannot be opened") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _prepare(connection)
    except sqlite3.Error as error:
        connection.close()
        raise WitnessStateError("状态文件无法使用 the state file cannot be used") from error
    except WitnessStateError:
        connection.close()
        raise
    return WitnessStore(connection)


def open_existing_store(folder: Path) -> WitnessStore:
    """The state in `folder`. Raises WitnessStateError, also where there is none."""
    if not (folder / STATE_FILE).is_file():
        raise WitnessStateError("此目录中没有见证方的状态 no witness has its state in this folder")
    return open_store(folder)


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")
    if version not in (0, _VERSION):
        raise WitnessStateError(
            "状态文件属于本程序的另一版本 the state file is of another version of this program"
        )
