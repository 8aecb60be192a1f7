"""What showing the audit trail and the log of looks needs from the world: pages by position, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TrailQuestion:
    """Which entries are asked for; None: any. `before`: entries older than this position (keyset paging).

    `person` finds what was done under the name, by others in that name too; `action` the word or its beginning up to
    a colon; `subject` the object whole. Days are those of Asia/Shanghai, both included.
    """

    person: str | None = None
    action: str | None = None
    subject: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """An entry of the audit trail as it is shown; digests are hex."""

    position: int
    at: datetime
    actor: str
    role: str
    region: str
    action: str
    subject: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LookEntry:
    """A look at personal data as it is shown; `action` of a question about looks is the channel."""

    position: int
    at: datetime
    channel: str
    viewer: str
    subject: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What checking the newest part of the chain found: the positions checked, and the first fault (None: whole)."""

    first: int
    last: int
    total: int
    fault: str | None


class AuditReading(Protocol):
    """Reads both, page by page; changes nothing."""

    def entries(self, question: TrailQuestion, limit: int) -> Sequence[TrailEntry]:
        """The newest entries that the question finds."""
        ...

    def looks(self, question: TrailQuestion, limit: int) -> Sequence[LookEntry]:
        """The newest looks that the question finds."""
        ...

    def check_newest(self, entries: int) -> ChainCheck:
        """Compute the hashes of the newest entries anew, against the hash of the one before them."""
        ...
