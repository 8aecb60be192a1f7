"""The coverage check, document by document: who was announced, who has a certificate, and why the others have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from certsvc.domain.announced_list import AnnouncedList, Listed, listed_row
from certsvc.domain.announced_matching import pair
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.coverage import (
    ENDED,
    SINCE,
    CoverageKind,
    CoverageLine,
    CoverageReport,
    GapReason,
    report_on,
)
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.findings import Finding, holds, stops
from certsvc.domain.regions import PROVINCE, REGIONS, lies_within
from certsvc.domain.registry import Registry
from certsvc.domain.submission import SubmittedRow
from certsvc.ports import FilingStore
from certsvc.ports.announced import AnnouncedBatches, AnnouncedStore, BatchCertificate, BatchFiling
from certsvc.stages.announced_facts import FiledTables
from certsvc.stages.announced_following import listed_award

_STANDING: Final = frozenset(
    {CertificateStatus.VALID, CertificateStatus.SUSPENDED, CertificateStatus.HISTORICAL}
)


@dataclass(frozen=True, slots=True)
class _Document:
    """A document with its corrections, and everything that rests on them."""

    ref: str
    announced_on: date
    place: str
    by_list: bool
    rows: tuple[Listed, ...]
    filings: tuple[BatchFiling, ...]
    certificates: tuple[BatchCertificate, ...]

    def line(self, kind: CoverageKind, person: Listed, place: str | None) -> CoverageLine:
        """A line of this document; `place`: of the person, where it is known."""
        known = self.place if place is None or place not in REGIONS else place
        return CoverageLine(kind, self.ref, self.announced_on, person, known, self.by_list)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the check needs. `registry` gives the registry in force."""

    lists: AnnouncedStore
    batches: AnnouncedBatches
    filings: FilingStore
    tables: FiledTables
    registry: Callable[[], Registry]

    def check(
        self, *, year: int | None = None, region: str | None = None, document_ref: str | None = None
    ) -> CoverageReport:
        """The report: of documents of one year, of persons of one region, of one document with its corrections."""
        refs = self.batches.documents(SINCE) if document_ref is None else (document_ref,)
        lines = (line for document in self._documents(refs, year) for line in self._lines(document))
        return report_on(
            line for line in lines if region in (None, PROVINCE) or lies_within(line.place, region or "")
        )

    def _documents(self, refs: Iterable[str], year: int | None) -> Iterator[_Document]:
        seen: set[str] = set()
        for ref in refs:
            if ref in seen:
                continue
            chain = self.lists.chain(ref)
            seen.update(chain)
            newest = self.lists.newest(ref)
            document = self._unlisted(ref) if newest is None else self._listed(newest, chain)
            if document is None or document.announced_on < SINCE:
                continue
            if year is None or document.announced_on.year == year:
                yield document

    def _listed(self, newest: AnnouncedList, chain: tuple[str, ...]) -> _Document:
        first = self.lists.in_force(chain[0]) or newest
        filings = self.batches.filings(chain)
        return _Document(
            newest.head.document_ref,
            first.head.announced_on,
            newest.place or PROVINCE,
            True,
            self.lists.rows(newest.id),
            filings,
            self.batches.certificates(chain),
        )

    def _unlisted(self, ref: str) -> _Document | None:
        """A document without a list: its filings' own rows are the measure; None for one that nobody knows."""
        filings = self.batches.filings((ref,))
        if not filings:
            return None
        header = self.tables.header(filings[-1].id)
        if header.announcement_on is None:
            return None
        rows: list[Listed] = []
        for one in filings:
            filed = tuple(listed_row(row) for row in self.tables.rows(one.id))
            fresh = set(pair(rows, filed).only_right)
            rows += [
                replace(row, number=len(rows) + place)
                for place, row in enumerate((row for row in filed if row.number in fresh), start=1)
            ]
        place = place_of_committee(filings[-1].committee_code, self.registry())
        certificates = self.batches.certificates((ref,))
        return _Document(
            ref, header.announcement_on, place or PROVINCE, False, tuple(rows), filings, certificates
        )

    def _lines(self, document: _Document) -> Iterator[CoverageLine]:
        standing = [one for one in document.certificates if one.status in _STANDING]
        first, others = _one_each(standing)
        found = pair(document.rows, (listed_award(place, one.award) for place, one in enumerate(first)))
        open_rows = []
        for row in document.rows:
            if row.number not in found.pairs:
                open_rows.append(row)
                continue
            own = first[found.pairs[row.number]]
            yield _held_line(document, row, own, others.get(own.number, ()))
        for place in sorted({*found.only_right, *(found.ambiguous_right if not document.by_list else ())}):
            own = first[place]
            line = document.line(CoverageKind.UNANNOUNCED, listed_award(0, own.award), _place(own.award))
            numbers = (own.number, *others.get(own.number, ()))
            yield replace(line, certificates=numbers, filing=own.filing)
        unclear = frozenset(found.ambiguous_left)
        yield from self._gaps(document, open_rows, unclear)

    def _gaps(
        self, document: _Document, rows: list[Listed], unclear: frozenset[int]
    ) -> Iterator[CoverageLine]:
        waiting = {row.number: row for row in rows}
        for number in sorted(unclear & waiting.keys()):
            line = document.line(CoverageKind.MISSING, waiting.pop(number), None)
            yield replace(line, reason=GapReason.UNCLEAR)
        for filing in reversed(document.filings):
            if not waiting:
                return
            report = self.filings.report(filing.id)
            filed = {row.number: row for row in self.tables.rows(filing.id)}
            found = pair(waiting.values(), (listed_row(row) for row in filed.values()))
            for number, theirs in found.pairs.items():
                yield _filed_line(document, waiting.pop(number), filed[theirs], filing, report)
        for row in waiting.values():
            yield replace(
                document.line(CoverageKind.MISSING, row, row.validity_area), reason=GapReason.NOT_FILED
            )


def _one_each(
    standing: list[BatchCertificate],
) -> tuple[list[BatchCertificate], dict[str, tuple[str, ...]]]:
    """The first certificate of every person and title, and the numbers of the others beside it."""
    groups: dict[object, list[BatchCertificate]] = defaultdict(list)
    for one in standing:
        award = one.award
        groups[award.document.number, award.series, award.title, award.validity_area].append(one)
    first = [group[0] for group in groups.values()]
    return first, {
        group[0].number: tuple(one.number for one in group[1:]) for group in groups.values() if len(group) > 1
    }


def _held_line(
    document: _Document, row: Listed, own: BatchCertificate, others: tuple[str, ...]
) -> CoverageLine:
    kind = CoverageKind.TWICE if others else CoverageKind.COVERED
    line = replace(
        document.line(kind, row, _place(own.award)), filing=own.filing, certificates=(own.number, *others)
    )
    if own.published or others:
        return line
    return replace(line, kind=CoverageKind.MISSING, reason=GapReason.IN_ISSUE)


def _filed_line(
    document: _Document, row: Listed, filed: SubmittedRow, filing: BatchFiling, report: FilingReport
) -> CoverageLine:
    line = document.line(CoverageKind.MISSING, row, filed.validity_area or filed.unit_region)
    ended = next(
        (
            one
            for one in document.certificates
            if (one.filing, one.row) == (filing.id, filed.number) and one.status in ENDED
        ),
        None,
    )
    if ended is not None:
        return replace(line, reason=ENDED[ended.status], filing=filing.id, certificates=(ended.number,))
    reason, codes = _standing_of(filing, report, filed.number)
    return replace(line, reason=reason, codes=codes, filing=filing.id)


def _standing_of(filing: BatchFiling, report: FilingReport, row: int) -> tuple[GapReason, tuple[str, ...]]:
    """How far the filed row has come, with the findings that stand in its way."""
    own = tuple(one for one in report.findings if one.row == row)
    if stops(own):
        return GapReason.REFUSED, _codes(own)
    if report.status is FilingStatus.REFUSED:
        return GapReason.BATCH_REFUSED, _codes(tuple(one for one in report.findings if one.row is None))
    if holds(own):
        return GapReason.HELD, _codes(own)
    if report.status is FilingStatus.EXAMINED:
        return GapReason.NOT_APPROVED, ()
    return (GapReason.IN_ISSUE if filing.issuing else GapReason.NOT_ISSUED), ()


def _codes(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(sorted({one.code for one in findings if stops((one,)) or holds((one,))}))


def _place(award: Award) -> str | None:
    return award.validity_area or award.unit_region
