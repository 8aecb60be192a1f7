"""Receiving a filing: accept its cells, examine it under the facts of the moment, store what was found.

The same file twice is one filing: it is examined again only as long as nobody has approved it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from certsvc.domain.admission import Admission, Examination
from certsvc.domain.announced_list import AnnouncedFacts
from certsvc.domain.annulment import citations_of
from certsvc.domain.calendar import WorkCalendar
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.facts import GateFacts, HeldTitle, PassedBefore
from certsvc.domain.filed_person import persons_of
from certsvc.domain.filing import ExaminedFiling, FilingReport, FilingStatus, filing_id, row_counts
from certsvc.domain.findings import stops
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.registry import Registry
from certsvc.domain.submission import RawWorkbook, Submission
from certsvc.formats.facts import encode_facts
from certsvc.ports import Clock, FilingStore, GlyphCoverage
from certsvc.stages.filing import accept
from certsvc.stages.filing_outlines import Terms, outline_of
from certsvc.stages.gate import examine

_OPEN = (FilingStatus.REFUSED, FilingStatus.EXAMINED)


class AnnouncedView(Protocol):
    """What is asked of the announced lists."""

    def facts(self, own_id: str, document_ref: str | None) -> AnnouncedFacts | None:
        """The list behind a filing's document, None where none is confirmed."""
        ...

    def reissuable(self) -> frozenset[str]:
        """Certificates whose title may come again, because a corrected document gave the person another one."""
        ...


class NoLists:
    """An office without announced lists."""

    def facts(self, own_id: str, document_ref: str | None) -> AnnouncedFacts | None:  # noqa: ARG002
        """None."""
        return None

    def reissuable(self) -> frozenset[str]:
        """Nothing."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Reception:
    """What receiving needs; calendar and policies are asked for anew for each filing. `registry_of` decodes JSON."""

    filings: FilingStore
    clock: Clock
    glyphs: GlyphCoverage
    calendar: Callable[[], WorkCalendar]
    policies: Callable[[], PolicySet]
    registry_of: Callable[[bytes], Registry]
    announced: AnnouncedView = field(default_factory=NoLists)

    def receive(
        self, workbook: RawWorkbook, raw_file: bytes, file_name: str, by: Caller = OPERATOR
    ) -> FilingReport:
        """Examine and store a filing; the stored answer when it was approved already."""
        own_id = filing_id(workbook.digest)
        known = self.filings.find(own_id)
        if known is None or known.status in _OPEN:
            with _uncollected():
                examined = self._examined(own_id, workbook, raw_file, file_name, by)
            self.filings.save(examined, by)
        return self.filings.report(own_id)

    def examine_again(self, workbook: RawWorkbook, raw_file: bytes, file_name: str, by: Caller) -> bool:
        """Examine a stored, open filing under the facts of now; True when the answer changed (and is stored).

        Between filing and approval another filing may have used the announcement document, a person may have got the
        same title elsewhere, or a credit record.
        """
        before = self.filings.report(filing_id(workbook.digest))
        examined = self._examined(before.filing, workbook, raw_file, file_name, by)
        counts = row_counts(examined.examination)
        if (before.rows, before.findings) == (counts, examined.findings):
            return False
        self.filings.save(examined, by)
        return True

    def _examined(
        self, own_id: str, workbook: RawWorkbook, raw_file: bytes, file_name: str, by: Caller
    ) -> ExaminedFiling:
        intake = accept(workbook)
        facts, registry_digest = self.facts_now(own_id, intake.submission)
        examination = examine(intake.submission, intake.findings, facts)
        header = intake.submission.header
        outline = outline_of(
            workbook,
            intake.submission,
            facts.registry,
            Terms(facts.policies, facts.calendar),
            refused=stops(examination.header_findings),
            filed_from=by.region or None,
        )
        return ExaminedFiling(
            id=own_id,
            digest=workbook.digest,
            file_name=file_name,
            raw_file=raw_file,
            batch_ref=header.batch_ref,
            committee_code=header.committee_code,
            announcement_ref=header.announcement_ref,
            registry_digest=registry_digest,
            facts=encode_facts(facts, registry_digest),
            examination=examination,
            passed=_passed(examination, intake.submission),
            received_at=self.clock.now(),
            citations=tuple(citations_of(intake.submission.rows)),
            outline=outline,
            persons=tuple(persons_of(intake.submission.rows)),
        )

    def facts_now(self, own_id: str, submission: Submission) -> tuple[GateFacts, str]:
        """What the gate knows of a submission at this moment, and the digest of the registry in force."""
        registry_digest, registry = self.filings.current_registry()
        return self._facts(own_id, submission, self.registry_of(registry)), registry_digest

    def _facts(self, own_id: str, submission: Submission, registry: Registry) -> GateFacts:
        persons = {row.document.number for row in submission.rows if row.document is not None}
        return GateFacts(
            registry=registry,
            calendar=self.calendar(),
            policies=self.policies(),
            today=self.clock.today(),
            missing_glyphs=self.glyphs.missing(_printed(submission, registry)),
            held_titles=self.filings.titles_held(persons),
            credit_blocks=self.filings.credit_blocks(persons),
            annulled_references=self.filings.annulled_references(
                {one.reference for one in citations_of(submission.rows)}
            ),
            batch_void=self.filings.batch_void(submission.header.committee_code, submission.header.batch_ref),
            cancelled_years=self.filings.cancelled_years(persons),
            titles_withdrawn=self._titles_withdrawn(persons),
            used_documents=self.filings.announcements_used(
                besides=own_id,
                committee_code=submission.header.committee_code,
                batch_ref=submission.header.batch_ref,
            ),
            passed_before=self.filings.passed_before(
                besides=own_id,
                committee_code=submission.header.committee_code,
                batch_ref=submission.header.batch_ref,
            ),
            aided_before=self.filings.aided_before(persons),
            dual_directed_holders=self.filings.dual_directed_holders(),
            announced=self.announced.facts(own_id, submission.header.announcement_ref),
        )

    def _titles_withdrawn(self, persons: set[str]) -> Mapping[str, tuple[HeldTitle, ...]]:
        """Without those that a corrected announcement document asks to be issued anew."""
        withdrawn = self.filings.titles_withdrawn(persons)
        again = self.announced.reissuable() if withdrawn else frozenset()
        return {
            person: tuple(title for title in titles if title.number not in again)
            for person, titles in withdrawn.items()
        }


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: the million values of a filing hold no cycles, it would only walk them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _passed(examination: Examination, submission: Submission) -> tuple[PassedBefore, ...]:
    """The persons admitted, counted by unit, sub-unit and level."""
    if stops(examination.header_findings):
        return ()
    sub_units = {row.number: row.sub_unit or "" for row in submission.rows}
    counted = Counter(
        (one.award.unit_code or "", sub_units[one.row], one.award.level)
        for one in examination.outcomes
        if isinstance(one, Admission)
    )
    return tuple(PassedBefore(*place, persons) for place, persons in sorted(counted.items()))


def _printed(submission: Submission, registry: Registry) -> Iterator[str]:
    """Every text of the filing that will stand on a certificate."""
    header = submission.header
    committee = None if header.committee_code is None else registry.committee(header.committee_code)
    texts = [header.announcement_ref, header.announcing_body, None if committee is None else committee.name]
    for row in submission.rows:
        texts += (row.name, row.unit_name, row.specialty)
    return (text for text in texts if text is not None)
