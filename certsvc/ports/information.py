"""What reports, samples and attestations need from the world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.caller import Caller
from certsvc.domain.certificate import Award
from certsvc.domain.quota_counters import DualDirected, WayCounts
from certsvc.domain.sampling import Finding, Sample
from certsvc.domain.statistics import Statistics, StatisticsQuestion, TitleEntry
from certsvc.domain.subsidy import RuralTitle


@dataclass(frozen=True, slots=True)
class Unentered:
    """A certificate without an entry: the award of its newest version, and the day of its issue.

    `award` has the unit's code and kind and the review year only where the filing's row kept them.
    """

    number: str
    award: Award
    entered_on: date


@dataclass(frozen=True, slots=True)
class UnenteredChunk:
    """Some of a filing's certificates without an entry, and by number those that cannot be read, and why.

    `last`: the number to go on behind; None: there were no more.
    """

    last: str | None
    waiting: tuple[Unentered, ...]
    faults: Mapping[str, Exception]


@dataclass(frozen=True, slots=True)
class Milestones:
    """The dates of a filing that supervision looks at, as its header claims them."""

    channel: str | None
    review_year: int | None
    meeting_ends_on: date | None
    reported_on: date | None
    publicity_ends_on: date | None
    filed_on: date | None
    approval_ref: str | None


@dataclass(frozen=True, slots=True)
class FiledBatch:
    """A filing as supervision and samples find it; `findings`: those on the batch as a whole, infos left out.

    `listed`: the list of its announcement document is loaded and confirmed.
    """

    filing: str
    batch_ref: str | None
    committee_code: str | None
    refused: bool
    by_system: bool
    received_at: datetime
    milestones: Milestones
    announcement_ref: str | None
    listed: bool
    findings: Mapping[str, tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Attestation:
    """The supervision of a meeting by discipline inspection 纪检监察, recorded once."""

    approval_ref: str
    committee_code: str
    by_office: str
    attested_on: date
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a payment goes to: personal, decrypted for the roster alone."""

    name: str
    document: str
    unit_name: str | None


class InformationSnapshot(Protocol):
    """Everything below is of one instant."""

    def statistics(self, question: StatisticsQuestion) -> Statistics:
        """Counts, ratios and completeness."""
        ...

    def ways(self, year: int, today: date) -> WayCounts:
        """How many titles of each way the reviews of a year led to, and those of all years."""
        ...

    def dual_directed(self, year: int, today: date) -> Mapping[str, DualDirected]:
        """The dual-directed holders of each county, by its code."""
        ...

    def rural_titles(self, years: range, region: str | None, on: date) -> Sequence[RuralTitle]:
        """The rural-talent titles acquired in those years, as they stand on a day, by division and number."""
        ...

    def holders(self, numbers: Sequence[str]) -> Iterator[Holder]:
        """Who holds the certificates, in the order asked for. Decrypts: note the look before."""
        ...

    def batches(self) -> Iterator[FiledBatch]:
        """Every filing, in the order received."""
        ...

    def attested(self) -> frozenset[str]:
        """The meetings (approval documents) that have an attestation."""
        ...


class InformationStore(Protocol):
    """The information base."""

    def snapshot(self) -> AbstractContextManager[InformationSnapshot]:
        """One instant of the database, for everything that a report says."""
        ...

    def filings_without_entries(self) -> tuple[str, ...]:
        """Filings that hold a certificate without an entry."""
        ...

    def unentered(self, filing: str, after: str, most: int) -> UnenteredChunk:
        """Certificates of a filing without an entry, by number, those behind `after`, at most so many."""
        ...

    def enter(self, entries: Sequence[TitleEntry], at: datetime) -> None:
        """Write entries; a number that has one by now keeps it."""
        ...

    def filings_without_milestones(self) -> tuple[str, ...]:
        """Filings whose dates were not read yet."""
        ...

    def keep_milestones(self, filing: str, milestones: Milestones) -> None:
        """Write the dates of a filing; those that are there stay: the file of a filing never changes."""
        ...


class AttestationStore(Protocol):
    """Attestations, inserted once."""

    def record(self, attestation: Attestation, by: Caller) -> Attestation:
        """Insert one; the one that is stored, which is another one when the meeting had one already."""
        ...

    def of_committee(self, committee: str | None) -> tuple[Attestation, ...]:
        """The attestations of a committee's meetings, or all."""
        ...


class SampleStore(Protocol):
    """Samples; every write is one durable transaction with its audit entry."""

    def open(self, sample: Sample, by: Caller) -> Sample:
        """Write down seed and population before anything is drawn; the stored one where the document has one."""
        ...

    def keep_draw(self, sample: Sample, by: Caller, at: datetime) -> Sample:
        """Write what was drawn, once."""
        ...

    def find(self, sample: str) -> Sample | None:
        """A sample with its items and findings."""
        ...

    def listed(self, item: str | None) -> tuple[Sample, ...]:
        """The samples, newest first; those that drew an item (a committee's code, say) where asked."""
        ...

    def record(self, sample: str, item: str, finding: Finding, by: Caller) -> Sample:
        """Write what was found of a drawn item, once. Raises UnknownReference, ConflictError for another finding."""
        ...
