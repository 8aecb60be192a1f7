"""What receiving filings level by level, and working in several processes, need from the world."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from certsvc.domain.receipts import FilingReceipt


class ReceiptStore(Protocol):
    """The receipts of the filing chain, inserted once."""

    def recorded(self, filing: str) -> tuple[FilingReceipt, ...]:
        """The receipts of a filing, by level."""
        ...

    def record(self, receipt: FilingReceipt) -> FilingReceipt:
        """Insert a receipt; the one that is stored, which is another one when the level had one already."""
        ...


class Turns(Protocol):
    """Who works on a thing at the moment: one process of the machine at a time."""

    def turn(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Holds the turn of a name until the end of the block; False at once when it is taken and `wait` is not."""
        ...
