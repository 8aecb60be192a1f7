"""Filings as officials see them: lists within one's reach, one filing with its chain, rows, what is held and due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from certsvc.domain.calendar import UnknownCalendarYearError, WorkCalendar
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.competence import refusal
from certsvc.domain.filing import FilingStatus
from certsvc.domain.filing_place import place_of_committee
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.permission import Action
from certsvc.domain.policy.values import PublicityTerm, Theme
from certsvc.domain.receipts import FilingReceipt, ReceiptStep, missing_steps, receipt_path
from certsvc.domain.regions import PROVINCE, lies_within
from certsvc.domain.registry import Committee, Registry
from certsvc.domain.submission import BatchHeader
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.filings import (
    DueFiling,
    DueFilter,
    FiledRow,
    FilingQuestion,
    FilingScope,
    FilingShelf,
    HeldRow,
    ListedFiling,
    RowQuestion,
    RuleCount,
)
from certsvc.ports.operations import ReceiptStore
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header
from certsvc.stages.filing_outlines import Terms, first_due, publicity_over
from certsvc.stages.permits import Permits

_LONGEST_PUBLICITY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class ListWish:
    """What a list is to be narrowed to; None: not narrowed. `region`: six digits, with everything inside it."""

    status: FilingStatus | None = None
    region: str | None = None
    committee: str | None = None
    year: int | None = None
    due: DueFilter | None = None


@dataclass(frozen=True, slots=True)
class PublicityDay:
    """A day of publicity: `counted` from 1 for a working day that counts, None for every other."""

    day: date
    counted: int | None


@dataclass(frozen=True, slots=True)
class FilingPage:
    """One filing: what was filed, what was said of the batch, and its way. `committee` None: not registered.

    `days`: publicity as claimed, day by day; empty where the calendar or the dates are unknown. `workdays_left` until the
    first step's day: negative when it is over, None without one.
    """

    filing: ListedFiling
    header: BatchHeader
    committee: Committee | None
    place: str | None
    findings: tuple[Finding, ...]
    rules: tuple[RuleCount, ...]
    path: tuple[ReceiptStep, ...]
    receipts: tuple[FilingReceipt, ...]
    missing: tuple[ReceiptStep, ...]
    publicity_ends_on: date | None
    first_due: date | None
    days: tuple[PublicityDay, ...]
    workdays_left: int | None
    calendar: WorkCalendar

    @property
    def warnings(self) -> tuple[RuleCount, ...]:
        """The rules whose warnings somebody confirms by name before the batch is approved."""
        rows = tuple(one for one in self.rules if one.severity is Severity.WARNING)
        seen = {one.code for one in rows}
        batch = {one.code: one for one in self.findings if one.severity is Severity.WARNING}
        told = (RuleCount(one.code, one.severity, one.clause, one.message, 0) for one in batch.values())
        return (*(one for one in told if one.code not in seen), *rows)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule in two filings of one batch: how many rows before, and now."""

    code: str
    message: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class FilingDesk:
    """What looking needs. `registry_of` finds a decoded registry by digest, None: the one in force."""

    permits: Permits
    shelf: FilingShelf
    receipts: ReceiptStore
    looks: PersonalLooks
    clock: Clock
    registry_of: Callable[[str | None], Registry]
    registry_digest: Callable[[str], str]
    terms: Callable[[], Terms]

    def scope(self, caller: Caller, region: str | None = None, committee: str | None = None) -> FilingScope:
        """The filings that the caller may read, within a region and of a committee where given."""
        everything = refusal(Action.FILING_READ, caller, place=PROVINCE) is None and caller.region == PROVINCE
        if everything and caller.role is not CallerRole.COMMITTEE and region is None and committee is None:
            return FilingScope(None)
        registry = self.registry_of(None)
        codes = frozenset(
            one.code
            for one in registry.committees
            if committee in (None, one.code) and self._readable(caller, one.code, registry, region)
        )
        offices = frozenset[str]()
        if committee is None and caller.role is not CallerRole.COMMITTEE:
            own = caller.region if region is None else region
            offices = frozenset({own}) if lies_within(own, caller.region) else offices
        return FilingScope(codes, offices)

    def _readable(self, caller: Caller, code: str, registry: Registry, region: str | None) -> bool:
        place = place_of_committee(code, registry)
        if region is not None and (place is None or not lies_within(place, region)):
            return False
        return refusal(Action.FILING_READ, caller, place=place, committee=code) is None

    def question(self, caller: Caller, wish: ListWish) -> FilingQuestion:
        """A list's question, in reach. Raises NotPermitted for whoever reads no filing at all."""
        self.permits.require_ever((Action.FILING_READ,), caller, "filings")
        scope = self.scope(caller, wish.region, wish.committee)
        return FilingQuestion(scope, self.clock.today(), wish.status, wish.year, wish.due)

    def committees(self, caller: Caller) -> Sequence[Committee]:
        """The committees whose filings the caller may read, by name."""
        registry = self.registry_of(None)
        scope = self.scope(caller)
        found = [
            one for one in registry.committees if scope.committees is None or one.code in scope.committees
        ]
        return sorted(found, key=lambda one: one.name)

    def committee_name(self, code: str | None) -> str:
        """How a committee is called; its code where it is not registered."""
        committee = None if code is None else self.registry_of(None).committee(code)
        return committee.name if committee is not None else code or "（未填评委会）"

    def find(self, wanted: str, caller: Caller) -> ListedFiling:
        """One filing without anything personal. Raises NotPermitted, written down; UnknownReference."""
        found = self.shelf.find(wanted)
        if found is None:
            raise UnknownReference(f"没有备案 {wanted}，或后台正在整理，请稍后再看。请核对备案号。")
        registry = self.registry_of(None)
        place = place_of_committee(found.committee_code, registry)
        if place is None and found.filed_from is not None:
            place = found.filed_from
        self.permits.require(
            Action.FILING_READ, caller, f"filing/{wanted}", place=place, committee=found.committee_code
        )
        return found

    def open(self, wanted: str, caller: Caller, channel: str) -> FilingPage:
        """One filing with its chain; the look is written down first. Raises as `find`."""
        found = self.find(wanted, caller)
        self._note(wanted, caller, channel, "查看备案")
        header = read_header(self.shelf.header(wanted), CellReader())
        registry = self.registry_of(self.registry_digest(wanted))
        committee = None if header.committee_code is None else registry.committee(header.committee_code)
        terms = self.terms()
        recorded = self.receipts.recorded(wanted)
        known = committee is not None and found.status is not FilingStatus.REFUSED
        path = receipt_path(committee, header, registry) if known and committee is not None else ()
        due_on = first_due(header, terms)
        return FilingPage(
            filing=found,
            header=header,
            committee=committee,
            place=place_of_committee(found.committee_code, registry) or found.filed_from,
            findings=self.shelf.batch_findings(wanted),
            rules=self.shelf.rules_met(wanted),
            path=path,
            receipts=recorded,
            missing=missing_steps(path, recorded),
            publicity_ends_on=publicity_over(header, terms),
            first_due=due_on,
            days=publicity_days(header, terms),
            workdays_left=self.workdays_left(due_on),
            calendar=terms.calendar,
        )

    def rows(
        self, question: RowQuestion, caller: Caller, channel: str, offset: int, most: int
    ) -> tuple[FiledRow, ...]:
        """Rows with names as filed; the look is written down first. Raises as `find`."""
        self.find(question.filing, caller)
        self._note(question.filing, caller, channel, "查看备案明细")
        return self.shelf.rows(question, offset, most)

    def held(
        self, scope: FilingScope, code: str | None, caller: Caller, offset: int, most: int
    ) -> tuple[HeldRow, ...]:
        """Held rows of filings in reach; a look for each filing is written down before the names are shown."""
        rows = self.shelf.held(scope, code, offset, most)
        for owner in sorted({one.filing for one in rows}):
            self._note(owner, caller, "console", "查看暂缓人员")
        return rows

    def due(self, scope: FilingScope, office: str | None, offset: int, most: int) -> tuple[DueFiling, ...]:
        """Steps that are still to be taken in filings in reach."""
        return self.shelf.due(scope, office, offset, most)

    def changes(self, filing: ListedFiling) -> tuple[RuleChange, ...]:
        """What changed from the filing before it in the same batch, by rule; empty without one."""
        if filing.follows is None:
            return ()
        before = {one.code: one for one in self.shelf.rules_met(filing.follows)}
        now = {one.code: one for one in self.shelf.rules_met(filing.id)}
        for known, owner in ((before, filing.follows), (now, filing.id)):
            for one in self.shelf.batch_findings(owner):
                known.setdefault(one.code, RuleCount(one.code, one.severity, one.clause, one.message, 1))
        return tuple(
            RuleChange(
                code,
                (now.get(code) or before[code]).message,
                before[code].rows if code in before else 0,
                now[code].rows if code in now else 0,
            )
            for code in sorted({*before, *now})
            if (before[code].rows if code in before else 0) != (now[code].rows if code in now else 0)
        )

    def due_on(self, wanted: str) -> date | None:
        """The last day on which the first level may receive a filing's batch in time; None: unknown."""
        return first_due(read_header(self.shelf.header(wanted), CellReader()), self.terms())

    def workdays_left(self, due_on: date | None) -> int | None:
        """Working days from tomorrow to the day (0: due today), negative: natural days late; None: unknown."""
        today = self.clock.today()
        if due_on is None:
            return None
        if due_on < today:
            return (due_on - today).days
        return _workdays_between(today, due_on, self.terms().calendar)

    def _note(self, wanted: str, caller: Caller, channel: str, purpose: str) -> None:
        self.looks.append(PersonalLook(self.clock.now(), channel, caller.name, wanted, purpose))


def publicity_days(header: BatchHeader, terms: Terms) -> tuple[PublicityDay, ...]:
    """Publicity as the header claims it, from its first day to its last, counted by the calendar."""
    starts = [claim.starts_on for claim in header.publicity if claim.starts_on is not None]
    ends = publicity_over(header, terms)
    if not starts or ends is None or ends < min(starts) or ends - min(starts) > _LONGEST_PUBLICITY:
        return ()
    start = min(starts)
    term = terms.policies.value(Theme.PUBLICITY, start, PublicityTerm)
    days, counted = [], 0
    try:
        for number in range((ends - start).days + 1):
            day = start + timedelta(days=number)
            counts = terms.calendar.is_workday(day) and (
                number > 0 or (term is not None and term.count_first_day)
            )
            counted += counts
            days.append(PublicityDay(day, counted if counts else None))
    except UnknownCalendarYearError:
        return ()
    return tuple(days)


def _workdays_between(today: date, due_on: date, calendar: WorkCalendar) -> int | None:
    days = (today + timedelta(days=number) for number in range(1, (due_on - today).days + 1))
    try:
        return sum(calendar.is_workday(day) for day in days)
    except UnknownCalendarYearError:
        return None
