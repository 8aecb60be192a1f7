"""What historical records need from the world: their store, and what the public face may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.credit import CreditStart
from certsvc.domain.findings import Finding
from certsvc.domain.history import (
    HistoricalRecord,
    HistoricalTitle,
    HistoryDispute,
    HistoryImport,
    HistoryState,
)
from certsvc.ports.verification import DecisionNotice


@dataclass(frozen=True, slots=True)
class Matches:
    """What is known already beside the rows of a file, by row: references and certificate numbers of equal titles,
    and the rows whose old number another person's record bears."""

    recorded: Mapping[int, str]
    certified: frozenset[int]
    number_of_others: frozenset[int]


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file without errors, ready to be kept."""

    import_id: str
    digest: str
    raw: bytes
    file_name: str
    source: str
    place: str
    titles: Sequence[HistoricalTitle]
    findings: Sequence[Finding]


Judge = Callable[[Sequence[HistoricalRecord]], None]
"""Raises when a step may not be taken on a record whose versions, oldest first, stand like this."""


class HistoryStore(Protocol):
    """Historical records. Every method that writes is one durable transaction with its audit entry."""

    def find_import(self, import_id: str) -> HistoryImport | None:
        """An import, None when there is none."""
        ...

    def imports(self, most: int) -> tuple[HistoryImport, ...]:
        """Imports, newest first."""
        ...

    def findings(self, import_id: str) -> tuple[Finding, ...]:
        """What was told of an accepted file: warnings."""
        ...

    def match(self, titles: Sequence[HistoricalTitle]) -> Matches:
        """What is known of the persons and numbers of a file."""
        ...

    def save(self, accepted: AcceptedFile, by: Caller, at: datetime) -> bool:
        """Keep a file with all its records; False when it was kept before. Raises ConflictError for a title kept meanwhile."""
        ...

    def confirm_import(self, import_id: str, by: Caller, at: datetime) -> None:
        """Confirm every record of an import that waits. The same again changes nothing."""
        ...

    def publish_some(self, most: int, at: datetime) -> int:
        """Give confirmed records of grades A and B slot and ledger event; how many. To be repeated until none is left."""
        ...

    def versions(self, reference: str) -> tuple[HistoricalRecord, ...]:
        """Every version of a record, oldest first; none for an unknown reference."""
        ...

    def records(
        self, *, import_id: str | None, state: HistoryState | None, most: int
    ) -> tuple[HistoricalRecord, ...]:
        """The newest versions, of an import or in a state where asked, by reference."""
        ...

    def dispute(self, dispute: HistoryDispute, by: Caller, judge: Judge) -> HistoryDispute:
        """Keep an objection. One that is open already with the same words is given back."""
        ...

    def disputes(self, reference: str) -> tuple[HistoryDispute, ...]:
        """The objections to a record, oldest first."""
        ...

    def settle(self, reference: str, outcome: str, by: Caller, at: datetime, judge: Judge) -> None:
        """End the open objection without a correction: the record stands as before."""
        ...

    def correct(
        self, reference: str, title: HistoricalTitle, basis: str, by: Caller, at: datetime, judge: Judge
    ) -> HistoricalRecord:
        """Keep a corrected version that waits for its confirmation."""
        ...

    def confirm_correction(self, reference: str, by: Caller, at: datetime, judge: Judge) -> None:
        """Put the corrected version in the place of the old one, with the ledger events of both."""
        ...


@dataclass(frozen=True, slots=True)
class HistoryEnding:
    """The revocation of a record: proposed by one person, in force when another has confirmed it.

    `document_sha256`: digest (hex) of the uploaded decision document.
    """

    id: str
    reference: str
    document_ref: str
    decided_on: date
    ground: str
    maker: str
    checker: str | None = None
    document_sha256: str | None = None


class HistoryEndings(Protocol):
    """Revocations of historical records. Every method that writes is one durable transaction with its audit entry."""

    def find(self, reference: str) -> HistoryEnding | None:
        """The revocation of a record, None while there is none."""
        ...

    def propose(self, ending: HistoryEnding, by: Caller, at: datetime, judge: Judge) -> HistoryEnding:
        """Keep a proposal; the same again keeps its id. Raises ConflictError while another one is open."""
        ...

    def confirm(
        self, reference: str, credit_id: str, starts: CreditStart, by: Caller, at: datetime, judge: Judge
    ) -> None:
        """Revoke: every version's slot, the credit record of the person, the events. The same again changes nothing.

        `starts`: the day from which the years of the record count.
        """
        ...


@dataclass(frozen=True, slots=True)
class RegisteredHistory:
    """A version as the public face may know it: it has its slot, and its log event is queued or logged.

    `disputed`: an objection to the record is open; `ended`: the decision that revoked it.
    """

    reference: str
    version: int
    slot: int
    status: int
    disputed: bool
    title: HistoricalTitle
    ended: DecisionNotice | None = None


class HistoryRegister(Protocol):
    """Published historical records, for reading only."""

    def asked_for(self, number: str) -> tuple[RegisteredHistory, ...]:
        """The versions under a check reference, or under the number of an old certificate, oldest first."""
        ...

    def any_record(self) -> tuple[RegisteredHistory, ...]:
        """One record, for work that is thrown away; empty while there is none."""
        ...


def ids_of(titles: Iterable[HistoricalTitle]) -> list[str]:
    """The ID numbers of today of the persons of a file, each once."""
    return list(dict.fromkeys(title.document.number for title in titles))
