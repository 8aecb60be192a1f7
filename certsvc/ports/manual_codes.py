"""What looking up manual codes 校验码 needs from the world."""

from __future__ import annotations

from typing import Protocol


class RecordsByCode(Protocol):
    """Signed records of one kind (certificates, annotated copies, historical records) by their manual codes."""

    def record(self, code: str) -> bytes | None:
        """The record (COSE_Sign1) with this code of 15 symbols; None when there is none."""
        ...


class UncodedRecords(Protocol):
    """Certificates that were sealed before manual codes were kept."""

    def fill(self, most: int) -> int:
        """Keep the codes of at most so many in one transaction; of how many, 0 when there are no more."""
        ...
