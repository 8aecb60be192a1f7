"""What announced lists, their corrections and the coverage check need from the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.announced_changes import Change
from certsvc.domain.announced_document import AnnouncedDocument, AnnouncedScope
from certsvc.domain.announced_list import AnnouncedList, Listed, ListStatus
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.filing import FilingStatus


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A change as it is followed; `decision`: id of the newest decision that was proposed for it."""

    list_id: str
    position: int
    change: Change
    decision: str | None


@dataclass(frozen=True, slots=True)
class BatchFiling:
    """A filing that rests on an announcement document; `issuing`: its issue has begun."""

    id: str
    status: FilingStatus
    document_ref: str
    committee_code: str | None
    issuing: bool


@dataclass(frozen=True, slots=True)
class BatchCertificate:
    """The newest version of a certificate of such a filing."""

    number: str
    filing: str
    row: int
    status: CertificateStatus
    published: bool
    award: Award


class AnnouncedStore(Protocol):
    """Announced lists and the changes of corrected ones. Every method is one transaction, with its audit entry."""

    def find(self, wanted: str) -> AnnouncedList | None:
        """A list by its id."""
        ...

    def in_force(self, document_ref: str) -> AnnouncedList | None:
        """The confirmed list of a document, even if a corrected one has replaced it since."""
        ...

    def newest(self, document_ref: str) -> AnnouncedList | None:
        """The confirmed list that says now who is announced: of the document or of its last correction."""
        ...

    def chain(self, document_ref: str) -> tuple[str, ...]:
        """Numbers of the document, of those it corrects and of its corrections, oldest first; itself at least."""
        ...

    def listed(self, status: ListStatus | None = None) -> tuple[AnnouncedList, ...]:
        """Every list, or those of one status, newest first."""
        ...

    def rows(self, wanted: str) -> tuple[Listed, ...]:
        """The rows of a list, by 序号."""
        ...

    def submitters(self, document_refs: Sequence[str]) -> frozenset[tuple[str, datetime]]:
        """Names of those who filed batches that rest on the documents, and when."""
        ...

    def save(self, new: AnnouncedList, rows: Sequence[Listed]) -> AnnouncedList:
        """Keep a list that waits for its second person; the stored one when the same file was loaded before.

        Another unconfirmed list of the document is discarded. Raises ConflictError when the document has a list.
        """
        ...

    def confirm(
        self, wanted: str, checker: str, at: datetime, changes: Sequence[Change], refs: Sequence[str]
    ) -> AnnouncedList:
        """Put a list in force, and with it its changes. By the same person again: nothing new.

        `refs`: the documents before it. Raises ConflictError: confirmed by somebody else, discarded, the list it
        replaces is not in force any more, or a filing of these documents is approved and not issued yet.
        """
        ...

    def changes(self, wanted: str) -> tuple[StoredChange, ...]:
        """What a confirmed list changed, in order; empty for one that replaces none."""
        ...

    def link(self, wanted: str, position: int, decided: str, by: str, at: datetime) -> None:
        """Note the decision that was proposed for a change; the same again changes nothing."""
        ...

    def reissuable(self) -> frozenset[str]:
        """Numbers of certificates voided because a corrected document gave the person another title or area."""
        ...


class AnnouncedBatches(Protocol):
    """The filings and certificates that rest on announcement documents."""

    def filings(self, document_refs: Sequence[str]) -> tuple[BatchFiling, ...]:
        """The filings of the documents, oldest first."""
        ...

    def certificates(self, document_refs: Sequence[str]) -> tuple[BatchCertificate, ...]:
        """The certificates of those filings, by number."""
        ...

    def documents(self, since: date) -> tuple[str, ...]:
        """Numbers of every document announced since a day by which a filing or a confirmed list stands; sorted."""
        ...


class AnnouncedBoard(Protocol):
    """What everybody may read: documents and counts, nobody's name."""

    def published(self, after: int, most: int) -> tuple[AnnouncedDocument, ...]:
        """Documents whose list is in force, newest first, from position `after` on."""
        ...

    def scope(self) -> AnnouncedScope:
        """What the documents cover 收录范围."""
        ...
