"""What verification on line needs from the world: the register to read, and what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from certverify import LedgerUnavailable, StatusSource, Trust


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """A certificate version as the register knows it now: `status` is what was committed, in the log already or not.

    `record` is the signed QR record, None until it is sealed; `published` says whether holders can have it, and
    `published_on` since which day.
    """

    number: str
    version: int
    slot: int
    status: int
    published: bool
    record: bytes | None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionNotice:
    """What may be told of a confirmed decision: kind, document number, date, ground, from when it counts, confirmed when."""

    kind: str
    reference: str
    decided_on: date
    ground: str
    effective_on: date
    recorded_on: date


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """Everything that the register has on a number at one instant.

    `change` grows with every change: with each confirmed decision, new version and step towards publication.
    """

    change: int
    versions: tuple[RegisteredVersion, ...]
    decisions: tuple[DecisionNotice, ...]


class Register(Protocol):
    """The register of certificates, for reading only."""

    def versions(self, number: str) -> tuple[RegisteredVersion, ...]:
        """Every version of a number, oldest first; none for an unknown number."""
        ...

    def decisions(self, number: str) -> tuple[DecisionNotice, ...]:
        """The confirmed decisions on a number, oldest first."""
        ...

    def some_number(self, besides: str = "") -> str | None:
        """The number of any published certificate but `besides`, None while there is none."""
        ...


class KindOfDocument(StrEnum):
    """The kinds of document that are kept byte for byte. Verification reports are not."""

    CERTIFICATE = "certificate"
    ANNOTATED_COPY = "annotated-copy"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document by the name it is kept under: number of the certificate, id of the copy, reference of the statement."""

    kind: KindOfDocument
    name: str
    version: int


class KeptDocuments(Protocol):
    """The documents as they were served, for reading only."""

    def sha256(self, document: KeptDocument) -> str | None:
        """The SHA-256 that the register has of it, in hex; None when it has none."""
        ...

    def read(self, document: KeptDocument) -> bytes | None:
        """Its bytes; None when they are not kept here. Raises UnavailableError."""
        ...


class PublishedState(Protocol):
    """What the public tree shows: the trust material, and the log opened under it."""

    def open(self) -> tuple[Trust, StatusSource | LedgerUnavailable]:
        """The newest published state, verified. Raises UnavailableError while there is no trust material."""
        ...
