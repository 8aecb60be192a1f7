"""What statements 历史数据说明 need from the world: where they are written down, one for each version of a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of a version of a record as it is written down: `stated_at` is when it was first asked for.

    `ready`: its document is kept.
    """

    reference: str
    version: int
    stated_at: datetime
    ready: bool = False


class StatementStore(Protocol):
    """The statements of an office. Every method that writes is one durable transaction."""

    def begin(self, reference: str, version: int, at: datetime) -> Statement:
        """Write a statement down; one that is written down already is given instead, with its own day."""
        ...

    def record(self, statement: Statement) -> bytes | None:
        """The signed record of a statement, None while there is none."""
        ...

    def keep_record(self, statement: Statement, record: bytes) -> bytes:
        """Keep the signed record, unless one is kept: the record that is kept."""
        ...

    def finish(self, statement: Statement, document_sha256: str) -> None:
        """Note the digest (hex) of the kept document; again: nothing new."""
        ...
