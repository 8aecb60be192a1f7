"""Outlines of filings: made when a filing is received, and once for those that were received before outlines were kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.filing import FilingStatus
from certsvc.domain.filing_outline import CORRECTION, DueStep, FilingOutline
from certsvc.domain.intake_words import is_known_key
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import PublicityTerm, Theme
from certsvc.domain.receipts import receipt_path
from certsvc.domain.registry import Registry
from certsvc.domain.rules.terms import due_after
from certsvc.domain.submission import BatchHeader, RawWorkbook, Submission
from certsvc.domain.written_values import read_text
from certsvc.errors import UnreadableInput
from certsvc.ports import FilingStore
from certsvc.ports.filings import OutlineStore
from certsvc.stages.filing import accept
from certsvc.stages.passing_over import FaultNotes

_LONGEST_VALUE = 2000
WORK: Final = "outlines"


@dataclass(frozen=True, slots=True)
class Terms:
    """What due days are reckoned by."""

    policies: PolicySet
    calendar: WorkCalendar


def outline_of(
    raw: RawWorkbook,
    submission: Submission,
    registry: Registry,
    terms: Terms,
    *,
    refused: bool,
    filed_from: str | None,
) -> FilingOutline:
    """What is kept of a filing beside its file. `filed_from`: the region of who filed, None where nobody says it."""
    header = submission.header
    committee = None if header.committee_code is None else registry.committee(header.committee_code)
    due_on = first_due(header, terms)
    if refused or committee is None:
        steps: tuple[DueStep, ...] = (DueStep(CORRECTION, None, filed_from, due_on),)
    else:
        path = receipt_path(committee, header, registry)
        steps = tuple(
            DueStep(one.step, one.level, one.office, due_on if one.step == 1 else None) for one in path
        )
    names = {row.number: row.name for row in submission.rows if row.name is not None}
    unregistered_from = filed_from if committee is None else None
    return FilingOutline(header.review_year, tuple(_pairs(raw)), names, steps, unregistered_from)


def first_due(header: BatchHeader, terms: Terms) -> date | None:
    """The last day on which the first level may receive the batch in time (吉人社函〔2022〕181号 三.6); None: unknown."""
    ends = publicity_over(header, terms)
    if ends is None:
        return None
    try:
        return due_after(terms.policies, terms.calendar, Theme.FILING_TERM, ends)
    except UnknownCalendarYearError:
        return None


def publicity_over(header: BatchHeader, terms: Terms) -> date | None:
    """The last day of publicity: as claimed, but never before the full period has passed; None where nothing says it."""
    days = [claim.ends_on for claim in header.publicity if claim.ends_on is not None]
    for claim in header.publicity:
        if claim.starts_on is None:
            continue
        term = terms.policies.value(Theme.PUBLICITY, claim.starts_on, PublicityTerm)
        if term is None:
            continue
        try:
            days.append(
                terms.calendar.publicity_end(
                    claim.starts_on, term.workdays, count_first_day=term.count_first_day
                )
            )
        except UnknownCalendarYearError:
            continue
    return max(days, default=None)


def _pairs(raw: RawWorkbook) -> Iterator[tuple[str, str]]:
    """The known keys of the header with their texts; days in ISO form."""
    for key, cell in raw.header:
        name = (read_text(key) or "").strip()
        if cell is not None and is_known_key(name):
            text = cell.isoformat() if isinstance(cell, date) else str(cell)
            yield name, text[:_LONGEST_VALUE]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class OutlineFilling:
    """What filling needs. `filed_by` says who submitted a filing, by the audit trail: name and region."""

    store: OutlineStore
    filings: FilingStore
    read_file: Callable[[bytes, str], RawWorkbook]
    registry_of: Callable[[bytes], Registry]
    terms: Callable[[], Terms]
    filed_by: Callable[[str], tuple[str, str | None]]
    faults: FaultNotes

    def fill(self, stopping: Callable[[], bool] = _never) -> int:
        """Make the outlines that are missing, or until `stopping`; how many. A killed run is run again."""
        count, faults = 0, self.faults.round(WORK)
        for filing in self.store.without():
            if stopping():
                return count
            with faults.trying(filing):
                name, region = self.filed_by(filing)
                self.store.keep(filing, self._outline(filing, region), name)
                count += 1
        faults.ended()
        return count

    def _outline(self, filing: str, region: str | None) -> FilingOutline:
        stored = self.filings.find(filing)
        try:
            raw = self.read_file(*self.filings.filed_file(filing))
        except UnreadableInput:
            return FilingOutline(None, (), {}, (), region)  # a reader of another day read it
        submission = accept(raw).submission
        assert stored is not None
        registry = self.registry_of(self.filings.registry(stored.registry_digest))
        refused = stored.status is FilingStatus.REFUSED
        return outline_of(raw, submission, registry, self.terms(), refused=refused, filed_from=region)
