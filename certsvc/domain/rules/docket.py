"""The docket 案卷: a filing under examination with everything looked up once, so that rules only compare.

`Candidate` is one row with its words turned into codes; a code is None where the word is empty or unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from certsvc.domain.announced_list import Listed, listed_row
from certsvc.domain.announced_matching import Pairing, pair
from certsvc.domain.facts import GateFacts, HeldTitle
from certsvc.domain.levels import Level
from certsvc.domain.regions import city_of
from certsvc.domain.registry import Authorization, Committee, CommitteeKind, CountyProfile, MeetingApproval
from certsvc.domain.series import series_named
from certsvc.domain.submission import BatchHeader, Submission, SubmittedRow
from certsvc.domain.titles import title_of
from certsvc.domain.ways import Way, way_named

PASSED = "通过"
FAILED = "未通过"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One submitted row with codes. `person`: number of the identity document; `held`: titles held already."""

    row: SubmittedRow
    series: int | None
    way: Way | None
    title: int | None
    person: str | None
    held: tuple[HeldTitle, ...]

    @property
    def dual_directed(self) -> bool:
        """True when the row asks for a dual-directed title."""
        return self.way is Way.DUAL_DIRECTED

    def left_empty(self, column: str, value: object) -> bool:
        """True when the column was left empty, as against unreadable (which the intake has reported)."""
        return value is None and column not in self.row.unreadable

    def listed(self) -> Listed:
        """The row as an announced list would name the person."""
        return listed_row(self.row)


def candidate(row: SubmittedRow, facts: GateFacts) -> Candidate:
    """The row with its words looked up."""
    series = None if row.series is None else series_named(row.series)
    title = None
    if series is not None and row.level is not None and row.title is not None:
        title = title_of(series, row.level, row.title)
    person = None if row.document is None else row.document.number
    return Candidate(
        row=row,
        series=series,
        way=None if row.way is None else way_named(row.way),
        title=title,
        person=person,
        held=() if person is None else facts.held_titles.get(person, ()),
    )


_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Appearances:
    """Where one person stands in a batch: the first row numbers by series and level, and by name."""

    by_title: dict[tuple[str | None, Level | None], list[int]]
    by_name: dict[str, list[int]]

    def add(self, row: SubmittedRow) -> None:
        """Note one more row of the person."""
        _note(self.by_title.setdefault((row.series, row.level), []), row.number)
        if row.name is not None:
            _note(self.by_name.setdefault(row.name, []), row.number)


def _note(rows: list[int], number: int) -> None:
    if len(rows) < _SHOWN:
        rows.append(number)


@dataclass(frozen=True, slots=True)
class Docket:
    """The filing and all that concerns it as a whole; None where the header names nothing that is registered.

    `authorizations`: those in force during the whole meeting; `known_series`: of all the committee ever had.
    `by_person` and `by_name` show who stands in the batch more than once. `announced`: who of the announced list (left)
    is who of the rows that passed (right), None without a list; `announced_as`: row number -> the list's own row.
    `found_authorized`: what the rule of authority has found in order; rows that ask for the same are looked up once.
    """

    header: BatchHeader
    facts: GateFacts
    candidates: tuple[Candidate, ...]
    committee: Committee | None
    profile: CountyProfile | None
    approval: MeetingApproval | None
    meeting_on: date | None
    authorizations: tuple[Authorization, ...]
    known_series: frozenset[str]
    by_person: Mapping[str, Appearances]
    by_name: Mapping[tuple[str, date], frozenset[str]]
    passed: Mapping[Level | None, int]
    announced: Pairing | None = None
    announced_as: Mapping[int, Listed] = field(default_factory=dict)
    found_authorized: set[tuple[object, ...]] = field(default_factory=set, repr=False, compare=False)

    @property
    def dual_directed(self) -> bool:
        """True when the filing comes from a dual-directed committee."""
        return self.committee is not None and self.committee.kind is CommitteeKind.DUAL_DIRECTED

    @property
    def filing_city(self) -> str | None:
        """The code of the city department over a dual-directed committee's county; the notice says which."""
        if self.committee is None or self.committee.county is None:
            return None
        city = self.facts.registry.department_of(city_of(self.committee.county) or "")
        if city is not None:
            return city.code
        return None if self.profile is None else self.profile.city

    def header_left_empty(self, key: str, value: object) -> bool:
        """True when a key of 批次信息 was left empty, as against unreadable."""
        return value is None and key not in self.header.unreadable

    def publicity_ends(self) -> Iterator[date]:
        """The last days of publicity as claimed."""
        return (claim.ends_on for claim in self.header.publicity if claim.ends_on is not None)


def open_docket(submission: Submission, facts: GateFacts) -> Docket:
    """The docket of a submission."""
    header, registry = submission.header, facts.registry
    committee = None if header.committee_code is None else registry.committee(header.committee_code)
    granted = () if committee is None else committee.authorizations
    days = [day for day in (header.meeting_starts_on, header.meeting_ends_on) if day is not None]
    candidates = tuple(candidate(row, facts) for row in submission.rows)
    announced, announced_as = _announced(candidates, facts)
    return Docket(
        header=header,
        facts=facts,
        candidates=candidates,
        committee=committee,
        profile=registry.county(committee.county) if committee and committee.county else None,
        approval=None if header.approval_ref is None else registry.approval(header.approval_ref),
        meeting_on=header.meeting_starts_on,
        authorizations=tuple(a for a in granted if days and all(a.in_force(day) for day in days)),
        known_series=frozenset(a.series for a in granted),
        by_person=_more_than_once(candidates),
        by_name=_namesakes(candidates),
        passed=Counter(c.row.level for c in candidates if c.row.result == PASSED),
        announced=announced,
        announced_as=announced_as,
    )


def _announced(
    candidates: tuple[Candidate, ...], facts: GateFacts
) -> tuple[Pairing | None, Mapping[int, Listed]]:
    if facts.announced is None:
        return None, {}
    found = pair(facts.announced.rows, (one.listed() for one in candidates if one.row.result != FAILED))
    rows = {row.number: row for row in facts.announced.rows}
    return found, {theirs: rows[ours] for ours, theirs in found.pairs.items()}


def _more_than_once(candidates: tuple[Candidate, ...]) -> dict[str, Appearances]:
    counts = Counter(one.person for one in candidates)
    found: dict[str, Appearances] = {}
    for one in candidates:
        if one.person is not None and counts[one.person] > 1:
            found.setdefault(one.person, Appearances({}, {})).add(one.row)
    return found


def _namesakes(candidates: tuple[Candidate, ...]) -> dict[tuple[str, date], frozenset[str]]:
    groups: dict[tuple[str, date], set[str]] = {}
    for one in candidates:
        row = one.row
        if one.person is not None and row.name is not None and row.born_on is not None:
            groups.setdefault((row.name, row.born_on), set()).add(one.person)
    return {key: frozenset(group) for key, group in groups.items() if len(group) > 1}
