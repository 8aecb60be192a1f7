"""What holders' requests need from the world."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.decision_document import MediaType
from certsvc.domain.holder_notice import NoticeKind
from certsvc.domain.holder_request import (
    EvidenceFile,
    HolderRequest,
    RequestState,
    RequestWords,
    WholeRequest,
)
from certsvc.domain.permission import Action
from certsvc.ports.credit import LinkedDocuments


class TooMany(Enum):
    """Why a request is not taken: the holder has too many open, or made too many within a day."""

    OPEN = "open"
    A_DAY = "a_day"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as it comes in. `form_key`: digest of the form it came by; the same form again is the same request."""

    request: HolderRequest
    words: RequestWords
    owner: bytes
    form_key: bytes
    files: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True)
class RequestMove:
    """A step of a request: from where it may be taken, where it leads, what the holder is told, and the notice.

    `assigned_to`, `decision`, `unlink_by`: None leaves what stands there. `files` are added. `joins`: documents that become one
    person's by this very step; `parts`: the paper whose link ends by it. Both happen in the transaction of the step.
    """

    allowed: Collection[RequestState]
    to: RequestState
    words: str
    action: Action
    notice: NoticeKind | None = None
    assigned_to: str | None = None
    accepted_by: str | None = None
    decision: str | None = None
    files: tuple[EvidenceFile, ...] = ()
    unlink_by: str | None = None
    joins: LinkedDocuments | None = None
    parts: str | None = None


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests an official sees: of one city (None: all), in these states."""

    place: str | None
    states: Collection[RequestState]


class RequestStore(Protocol):
    """The requests; everything personal in them is sealed. Every method is one durable transaction."""

    def receive(self, new: NewRequest, by: Caller, most_open: int, most_a_day: int) -> str | TooMany:
        """Keep a request with its files; its number, or that of the same form; or of what there are too many."""
        ...

    def forget_withdrawn(self, before: datetime, most: int) -> int:
        """Delete the files of requests withdrawn before an instant, at most so many; how many."""
        ...

    def find(self, number: str) -> HolderRequest | None:
        """A request, without what is personal."""
        ...

    def whole(self, number: str, owner: bytes | None = None) -> WholeRequest | None:
        """A request with everything; of that owner alone, where one is named."""
        ...

    def file(self, number: str, place: int) -> tuple[MediaType, bytes] | None:
        """The bytes of a file."""
        ...

    def of_owner(
        self, owners: Sequence[bytes], offset: int, most: int
    ) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests a holder made, and some of them, newest first."""
        ...

    def listed(self, wanted: RequestFilter, offset: int, most: int) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests there are, and some of them, the first due first."""
        ...

    def move(
        self, number: str, move: RequestMove, by: Caller, at: datetime, owner: bytes | None = None
    ) -> HolderRequest:
        """Take a step, with audit entry and notice; the very same again changes nothing.

        Raises UnknownReference (no such request, or not of that owner), ConflictError (from where it stands, it does not lead
        there).
        """
        ...
