"""What the gate is told of announced lists, and filed tables read again as lists would name their persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certsvc.domain.announced_list import AnnouncedFacts, Listed, listed_row
from certsvc.domain.announced_matching import pair
from certsvc.domain.filing import FilingStatus
from certsvc.domain.intake_words import OBJECTIONS
from certsvc.domain.rules.docket import FAILED
from certsvc.domain.submission import BatchHeader, RawWorkbook, SubmittedRow
from certsvc.ports import FilingStore
from certsvc.ports.announced import AnnouncedBatches, AnnouncedStore
from certsvc.stages.announced_following import listed_award
from certsvc.stages.filing import accept

_UPHELD = "异议成立"
assert _UPHELD in OBJECTIONS


@dataclass(frozen=True, slots=True)
class FiledTables:
    """Reads filed files again. `read_file` reads a filed file's cells."""

    filings: FilingStore
    read_file: Callable[[bytes, str], RawWorkbook]

    def rows(self, filing: str) -> tuple[SubmittedRow, ...]:
        """The rows of a filing that passed the review and were not removed by an objection."""
        raw, file_name = self.filings.filed_file(filing)
        rows = accept(self.read_file(raw, file_name)).submission.rows
        return tuple(row for row in rows if row.result != FAILED and row.objection != _UPHELD)

    def header(self, filing: str) -> BatchHeader:
        """The header of a filing."""
        raw, file_name = self.filings.filed_file(filing)
        return accept(self.read_file(raw, file_name)).submission.header


@dataclass(frozen=True, slots=True)
class AnnouncedForGate:
    """The gate's view of the lists."""

    lists: AnnouncedStore
    batches: AnnouncedBatches
    tables: FiledTables

    def facts(self, own_id: str, document_ref: str | None) -> AnnouncedFacts | None:
        """What stands behind a filing's document; None where no list is confirmed: the gate goes on without."""
        named = None if document_ref is None else self.lists.in_force(document_ref)
        newest = None if named is None else self.lists.newest(named.head.document_ref)
        if named is None or newest is None:
            return None
        rows = self.lists.rows(newest.id)
        return AnnouncedFacts(
            newest.id, named.head, rows, self._brought(own_id, rows, named.head.document_ref)
        )

    def reissuable(self) -> frozenset[str]:
        """Certificates whose title may come again, because a corrected document gave the person another one."""
        return self.lists.reissuable()

    def _brought(self, own_id: str, rows: tuple[Listed, ...], document_ref: str) -> frozenset[int]:
        refs = self.lists.chain(document_ref)
        done = (FilingStatus.APPROVED, FilingStatus.ISSUED)
        others = [one for one in self.batches.filings(refs) if one.id != own_id and one.status in done]
        if not others:
            return frozenset()
        certificates = enumerate(self.batches.certificates(refs))
        sides = [tuple(listed_award(place, one.award) for place, one in certificates)]
        sides += [tuple(listed_row(row) for row in self.tables.rows(one.id)) for one in others]
        brought: set[int] = set()
        for side in sides:
            found = pair(rows, side)
            brought |= set(found.pairs) | found.ambiguous_left
        return frozenset(brought)
