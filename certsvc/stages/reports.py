"""Reports of the title information base: asked by who may, over one instant of the database, and noted.

Numbers without names (statistics, counters, supervision) are read; the roster of the rural subsidy names people, so it is
only exported, with every look written down before a name is decrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.permission import Action
from certsvc.domain.quota_counters import QuotaLine, quota_lines
from certsvc.domain.regions import PROVINCE, REGIONS, lies_within
from certsvc.domain.registry import Registry
from certsvc.domain.report_table import CountedRows, ReportStatement, ReportTable, shanghai_day
from certsvc.domain.statistics import Statistics, StatisticsQuestion
from certsvc.domain.subsidy import FIRST_YEAR, reckoning_day, roster, years_of_award
from certsvc.domain.supervision import Concern, SupervisionLine, Terms, WatchedFiling, supervision_lines
from certsvc.errors import RequestError
from certsvc.ports import Clock
from certsvc.ports.access import AuditTrail, PersonalLook, PersonalLooks
from certsvc.ports.information import FiledBatch, InformationStore
from certsvc.stages.permits import Permits
from certsvc.stages.report_tables import (
    quota_table,
    roster_table,
    statistics_table,
    supervision_table,
)

_FURTHEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class SupervisionReport:
    """The lines of the lists that were wanted, as of an instant; `region`: whose filings, `year`: of which reviews."""

    as_of: datetime
    region: str
    year: int | None
    lines: tuple[SupervisionLine, ...]


@dataclass(frozen=True, slots=True)
class Reports:
    """What reports need. `registry`, `terms`: those in force. `catch_up`: reads the dates of filings received since."""

    permits: Permits
    store: InformationStore
    trail: AuditTrail
    looks: PersonalLooks
    clock: Clock
    registry: Callable[[], Registry]
    terms: Callable[[], Terms]
    catch_up: Callable[[], object]

    def statistics(self, question: StatisticsQuestion, by: Caller) -> Statistics:
        """Counts, structure ratios and completeness, of the caller's own territory unless a part of it is asked for.

        Raises RequestError for an unknown division or a day to come, NotPermitted for another territory.
        """
        region = self._region(Action.REPORT_READ, "report/statistics", question.region, by)
        if question.as_of > self.clock.today():
            raise RequestError("统计日期不能晚于今天。请改为今天或以前的日期。")
        if question.then_by is question.by:
            raise RequestError("两个统计维度不能相同。请另选一个维度。")
        limited = None if region == PROVINCE else region
        with self.store.snapshot() as seen:
            return seen.statistics(replace(question, region=limited))

    def quotas(self, year: int, by: Caller) -> tuple[QuotaLine, ...]:
        """The counters of a review year: the province's plans, and the dual-directed counties of the caller's territory."""
        region = self._region(Action.REPORT_READ, "report/quotas", None, by)
        today, profiles = self.clock.today(), self.registry().counties
        with self.store.snapshot() as seen:
            ways, dual = seen.ways(year, today), seen.dual_directed(year, today)
        own = [profile for profile in profiles if lies_within(profile.region, region)]
        names = {code: known.full_name for code, known in REGIONS.items()}
        return tuple(quota_lines(year, today, self.terms().policies, ways, dual, own, names))

    def supervision(
        self, wanted: frozenset[Concern], region: str | None, year: int | None, by: Caller
    ) -> SupervisionReport:
        """The supervision lists, for supervisors (of their territory) and the province."""
        if not reads_supervision(by):
            self.permits.require(Action.REPORT_READ, by, "report/supervision", place=PROVINCE)
        place = self._region(Action.REPORT_READ, "report/supervision", region, by)
        self.catch_up()
        registry, at = self.registry(), self.clock.now()
        with self.store.snapshot() as seen:
            attested = seen.attested()
            watched = [_watched(batch, registry, attested) for batch in seen.batches()]
        own = [
            one
            for one in watched
            if (place == PROVINCE or (one.place is not None and lies_within(one.place, place)))
            and year in (None, one.year)
        ]
        return SupervisionReport(at, place, year, tuple(supervision_lines(own, wanted, self.terms())))

    @contextmanager
    def subsidy_roster(
        self, year: int, region: str | None, by: Caller, channel: str
    ) -> Iterator[ReportTable]:
        """The roster of a year 乡村人才补贴: names and document numbers of those the year is owed to, and who not, and why.

        The rows are of one instant and can be gone through once, within the block. Every look is noted before.
        Raises RequestError for a year before 2021 or more than five years ahead, NotPermitted.
        """
        place = self._region(Action.REPORT_EXPORT, f"report/subsidy/{year}", region, by)
        today = self.clock.today()
        if not FIRST_YEAR <= year <= today.year + _FURTHEST_YEARS:
            raise RequestError(
                f"乡村人才补贴自{FIRST_YEAR}年起，名册最多预列{_FURTHEST_YEARS}年。请核对年度。"
            )
        on = reckoning_day(year, today)
        limited = None if place == PROVINCE else place
        with self.store.snapshot() as seen:
            lines = tuple(roster(seen.rural_titles(years_of_award(year), limited, on), year))
            at, purpose = self.clock.now(), f"乡村人才补贴名册（{year}年）"
            self.looks.append(
                *(PersonalLook(at, channel, by.name, one.title.number, purpose) for one in lines)
            )
            holders = seen.holders([one.title.number for one in lines])
            yield roster_table(year, place, on, today, lines, holders)

    def statistics_table(self, statistics: Statistics) -> ReportTable:
        """The lines of statistics as a table for export."""
        return statistics_table(statistics)

    def quota_table(self, year: int, lines: tuple[QuotaLine, ...]) -> ReportTable:
        """The counters as a table for export."""
        return quota_table(year, lines)

    def supervision_table(self, report: SupervisionReport) -> ReportTable:
        """The supervision lists as a table for export."""
        return supervision_table(report.region, report.year, report.lines)

    def export(
        self, table: ReportTable, by: Caller, place: str | None, write: Callable[[CountedRows], None]
    ) -> ReportStatement:
        """Write a table by `write`, then its digest to the audit trail; only after that the file may be shown.

        Raises NotPermitted for another territory.
        """
        self._region(Action.REPORT_EXPORT, f"report/{table.name}", place, by)
        counted = CountedRows(table, self.clock.now(), by.name)
        write(counted)
        if counted.statement is None:
            raise RuntimeError("an export went through its rows only in part")
        self.trail.note(
            by, Action.REPORT_EXPORT, f"report/{table.name}"[:128], after=counted.statement.digest
        )
        return counted.statement

    def _region(self, action: Action, subject: str, region: str | None, by: Caller) -> str:
        """The territory that is reported, once it is known to be the caller's."""
        wanted = region or by.region
        if wanted not in REGIONS:
            raise RequestError(f"没有区划代码 {wanted[:12]}。请填写六位区划代码，例如 222404（珲春市）。")
        self.permits.require(action, by, subject, place=wanted)
        return wanted


def _watched(batch: FiledBatch, registry: Registry, attested: frozenset[str]) -> WatchedFiling:
    committee = None if batch.committee_code is None else registry.committee(batch.committee_code)
    known = batch.milestones
    return WatchedFiling(
        filing=batch.filing,
        batch_ref=batch.batch_ref,
        committee_code=batch.committee_code,
        committee_name=None if committee is None else committee.name,
        committee_kind=None if committee is None else committee.kind,
        place=place_of_committee(batch.committee_code, registry),
        refused=batch.refused,
        by_system=batch.by_system,
        received_on=shanghai_day(batch.received_at),
        channel=known.channel,
        review_year=known.review_year,
        meeting_ends_on=known.meeting_ends_on,
        reported_on=known.reported_on,
        publicity_ends_on=known.publicity_ends_on,
        filed_on=known.filed_on,
        approval_ref=known.approval_ref,
        attested=known.approval_ref in attested,
        announcement_ref=batch.announcement_ref,
        listed=batch.listed,
        findings=batch.findings,
    )


def reads_supervision(by: Caller) -> bool:
    """Whether somebody who reads reports reads the supervision lists too: supervisors anywhere, others of the province."""
    return by.region == PROVINCE or by.role not in (CallerRole.MAKER, CallerRole.CHECKER)
