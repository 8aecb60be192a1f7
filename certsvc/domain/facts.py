"""Facts: everything a decision of the gate saw beside the filing itself. Plain values, snapshotted with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from certsvc.domain.announced_list import AnnouncedFacts
from certsvc.domain.calendar import WorkCalendar
from certsvc.domain.levels import Level
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.registry import Registry


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """A valid title a person holds already; `series`, `title`, `way` are frozen codes, `number` the certificate's."""

    series: int
    level: Level
    title: int
    dual_directed: bool
    acquired_on: date
    number: str
    way: int | None = None
    review_year: int | None = None


@dataclass(frozen=True, slots=True)
class CreditBlock:
    """An active credit record 诚信档案记录: applying is barred from the first day to the day before `until_on`."""

    from_on: date
    until_on: date

    def bars(self, on: date) -> bool:
        """True when the record bars an application on that day."""
        return self.from_on <= on < self.until_on


@dataclass(frozen=True, slots=True)
class PassedBefore:
    """Persons whom issued filings of the same committee and batch admitted; empty: no unit or sub-unit named."""

    unit_code: str
    sub_unit: str
    level: Level
    persons: int


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gate knows. Persons are keyed by the number of their identity document.

    `missing_glyphs`: characters of names, units and specialties that the certificate font lacks.
    `titles_withdrawn`: titles of certificates that were revoked, written off or voided.
    `used_documents`: numbers of announcement documents that other batches, or unissued filings, rest on.
    `cancelled_years`: person -> years whose application was cancelled 取消当年申报资格.
    `aided_before`: persons who have used the one aid-mission incentive, even if it was written off since.
    `dual_directed_holders`: county -> number of valid dual-directed certificates.
    `annulled_references`: those of the filing's references, as written, that name an annulled proof.
    `batch_void`: a filing of this committee with this 批次编号 was declared void.
    `policies`: the documents in force; without any nothing is known, and every filing waits.
    `passed_before`: who passed already in the batch that this filing supplements.
    `announced`: the announced list behind the filing's document, None where none is loaded.
    """

    registry: Registry
    calendar: WorkCalendar
    today: date
    missing_glyphs: frozenset[str] = frozenset()
    held_titles: Mapping[str, tuple[HeldTitle, ...]] = field(default_factory=dict)
    credit_blocks: Mapping[str, tuple[CreditBlock, ...]] = field(default_factory=dict)
    cancelled_years: Mapping[str, frozenset[int]] = field(default_factory=dict)
    titles_withdrawn: Mapping[str, tuple[HeldTitle, ...]] = field(default_factory=dict)
    used_documents: frozenset[str] = frozenset()
    aided_before: frozenset[str] = frozenset()
    dual_directed_holders: Mapping[str, int] = field(default_factory=dict)
    count_first_day: bool = False
    annulled_references: frozenset[str] = frozenset()
    batch_void: bool = False
    policies: PolicySet = PolicySet()  # noqa: RUF009  # never changed
    passed_before: tuple[PassedBefore, ...] = ()
    announced: AnnouncedFacts | None = None
