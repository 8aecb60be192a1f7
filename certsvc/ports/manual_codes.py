"""What looking up manual codes 校验码 needs from the world."""

from __future__ import annotations

from typing import Protocol

from certsvc.ports.background import FilledChunk


class RecordsByCode(Protocol):
    """Signed records of one kind (certificates, annotated copies, historical records) by their manual codes."""

    def record(self, code: str) -> bytes | None:
        """The record (COSE_Sign1) with this code of 15 symbols; None when there is none."""
        ...


class UncodedRecords(Protocol):
    """Certificates that were sealed before manual codes were kept."""

    def fill(self, after: tuple[str, int] | None, most: int) -> FilledChunk:
        """Keep the codes of at most so many in one transaction, those behind `after`; damaged ones are passed over."""
        ...
