"""The stores of the corridor: actors, filings, certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from certsvc.domain.actor import Actor
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.certificate import Award
from certsvc.domain.corridor import Compose, Draft, LoggedCertificate, SealedCertificate
from certsvc.domain.facts import CreditBlock, HeldTitle, PassedBefore
from certsvc.domain.filing import ExaminedFiling, FilingReport, StoredFiling
from certsvc.domain.rules.at_issue import ExamineAtIssue


class ActorStore(Protocol):
    """The registered actors."""

    def find_actor(self, name: str) -> Actor | None:
        """The actor of that name who is in office, None when nobody is registered under it or they ended."""
        ...

    def actor_when(self, name: str, at: datetime) -> Actor | None:
        """What a name was registered as when somebody acted under it, in office now or not; None: never registered."""
        ...

    def persons_when(self, name: str, at: datetime | None) -> frozenset[str]:
        """Who stood behind a name at that time (None: ever), by account and staff number; of an acting name, both."""
        ...

    def register_actor(self, actor: Actor, at: datetime) -> None:
        """Register an actor; the same again changes nothing. Raises ConflictError for another role or region."""
        ...


class FilingStore(Protocol):
    """The filings and what the gate said of them."""

    def current_registry(self) -> tuple[str, bytes]:
        """Digest and JSON of the registry in force. Raises UnknownReference when none was loaded."""
        ...

    def registry(self, digest: str) -> bytes:
        """JSON of the registry with this digest, in force or not. Raises UnknownReference."""
        ...

    def filed_file(self, filing: str) -> tuple[bytes, str]:
        """The filed file's bytes and name. Raises UnknownReference for an unknown filing."""
        ...

    def find(self, filing: str) -> StoredFiling | None:
        """What is stored of a filing, None when it does not exist."""
        ...

    def report(self, filing: str) -> FilingReport:
        """The stored answer. Raises UnknownReference for an unknown filing."""
        ...

    def titles_held(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons hold by certificates of ours that are not revoked or void, by ID number."""
        ...

    def aided_before(self, id_numbers: Iterable[str]) -> frozenset[str]:
        """Those of the persons who were given an aid-mission incentive, even if it was revoked or written off since."""
        ...

    def credit_blocks(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[CreditBlock, ...]]:
        """The credit records of the persons that were not withdrawn, by ID number."""
        ...

    def cancelled_years(self, id_numbers: Iterable[str]) -> Mapping[str, frozenset[int]]:
        """The years of the persons whose application was cancelled and not given back, by ID number."""
        ...

    def annulled_references(self, references: Iterable[str]) -> frozenset[str]:
        """Those of the references, as written, that name an annulled proof."""
        ...

    def batch_void(self, committee_code: str | None, batch_ref: str | None) -> bool:
        """Whether a filing of the committee with this 批次编号 was declared void and not restored since."""
        ...

    def dual_directed_holders(self) -> Mapping[str, int]:
        """How many valid dual-directed certificates each county has, by its six-digit code."""
        ...

    def titles_withdrawn(self, id_numbers: Iterable[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Titles that the persons had by certificates of ours that were revoked, written off or voided."""
        ...

    def passed_before(
        self, *, besides: str, committee_code: str | None, batch_ref: str | None
    ) -> tuple[PassedBefore, ...]:
        """Persons whom approved or issued filings of the same committee and batch admitted, by unit and level."""
        ...

    def announcements_used(
        self, *, besides: str, committee_code: str | None = None, batch_ref: str | None = None
    ) -> frozenset[str]:
        """Numbers of the announcement documents that approved filings rest on: other filings than the one named, and
        not the issued ones of the same committee and batch, which the named one supplements."""
        ...

    def save(self, examined: ExaminedFiling, by: Caller = OPERATOR) -> None:
        """Store a filing with findings and outcomes in one transaction; replaces one that is not approved yet."""
        ...

    def approve(self, filing: str, actor: str, at: datetime) -> None:
        """Record the maker. Raises ConflictError unless the filing is examined and not yet approved."""
        ...

    def begin_issue(self, filing: str, actor: str, at: datetime) -> None:
        """Record the checker. Raises NotPermitted for the maker's own name, ConflictError out of order."""
        ...

    def finish_issue(self, filing: str, at: datetime) -> None:
        """Mark the filing as issued."""
        ...


class CertificateStore(Protocol):
    """The certificates on their way through the corridor. Every method is one durable transaction."""

    def undrafted(self, filing: str, most: int) -> tuple[Award, ...]:
        """Admitted awards of a filing that have no draft yet, by row, at most so many."""
        ...

    def draft(
        self, filing: str, awards: Sequence[Award], at: datetime, compose: Compose, examine: ExamineAtIssue
    ) -> None:
        """Reserve numbers (per series and year of announcement) and free slots, let `compose` complete the content, store it.

        Rows that `examine` complains of, told what is known in this very transaction, are held with its findings.
        """
        ...

    def drafts(self, filing: str, most: int) -> tuple[Draft, ...]:
        """Stored drafts that are not sealed yet."""
        ...

    def seal(self, sealed: Sequence[SealedCertificate], at: datetime) -> None:
        """Store records and document digests, and queue the ledger event of each in the same transaction."""
        ...

    def corrections(self, most: int) -> tuple[Draft, ...]:
        """Drafts of corrected versions that are not sealed yet."""
        ...

    def seal_correction(self, one: SealedCertificate, at: datetime) -> bool:
        """As `seal`, for one corrected version; False when another process has sealed it."""
        ...

    def adopt_leaves(self) -> int:
        """Mark sealed certificates whose event the ledger holds by now as logged; how many."""
        ...

    def logged(self, filing: str | None, most: int) -> tuple[LoggedCertificate, ...]:
        """Logged certificates, of a filing or of all, that are not published yet."""
        ...

    def publish(self, released: Sequence[LoggedCertificate], at: datetime) -> None:
        """Mark as published what the publish stage released."""
        ...

    def progress(self, filing: str) -> Mapping[str, int]:
        """How many certificates of the filing are in each state."""
        ...
