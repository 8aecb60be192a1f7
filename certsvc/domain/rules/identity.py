"""Persons: who stands in the batch twice, who holds the title already, whose application is barred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.intake_words import BARRED_PERSONS
from certsvc.domain.rules.clauses import ONLINE, REFORM
from certsvc.domain.rules.docket import Appearances, Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.submission import SubmittedRow

SAME_PERSON_TWICE = declare(
    code="same-person-twice",
    severity=Severity.ERROR,
    case=19,
    clause=f"{REFORM} 四（四）",
    summary="同一人在同一批次中不得以同一系列、同一级别重复报送",
    message="该证件号码在本批次以同一系列、同一级别重复报送（另见第{others}行）。请核对后只保留正确的一行。",
    good="一人一行",
    bad="两行证件号码、申报系列、申报级别均相同",
)
SAME_PERSON_OTHER_TITLE = declare(
    code="same-person-other-title",
    severity=Severity.WARNING,
    case=20,
    clause=f"{REFORM} 一（二）3",
    summary="同一人在同一批次取得两个不同系列或级别的职称，须确认",
    message="该证件号码在本批次还以其他系列或级别报送（另见第{others}行）。请确认确为同级改职或分别申报。",
    good="一人一行",
    bad="同一证件号码分别申报工程、经济系列",
)
SAME_NUMBER_OTHER_NAME = declare(
    code="same-number-other-name",
    severity=Severity.ERROR,
    case=21,
    clause=f"{REFORM} 四（四）",
    summary="同一证件号码不得对应不同姓名",
    message="该证件号码在本批次对应不同姓名（另见第{others}行）。请按证件原件核对姓名和号码。",
    good="证件号码相同的各行姓名也相同",
    bad="同一证件号码，第3行与第8行姓名不同",
)
SAME_NAME_OTHER_NUMBER = declare(
    code="same-name-other-number",
    severity=Severity.WARNING,
    case=22,
    clause=f"{REFORM} 四（四）",
    summary="姓名与出生日期相同而证件号码不同，须确认不是同一人",
    message="本批次另有姓名、出生日期相同而证件号码不同的人员。请确认不是同一人或号码录入错误。",
    good="姓名与出生日期相同的只有一人",
    bad="两行姓名、出生日期相同，证件号码不同",
)
TITLE_ALREADY_HELD = declare(
    code="title-already-held",
    severity=Severity.ERROR,
    case=23,
    clause=f"{REFORM} 五（一）",
    summary="已持有同一有效职称的，不得再次报送",
    message="该人员已持有同系列、同级别的同一职称，证书现为有效。如需更正请走更正程序，不得重新报送。",
    good="申报尚未取得的职称",
    bad="已持有有效的高级工程师证书，又报高级工程师",
)
TITLE_WITHDRAWN = declare(
    code="title-withdrawn",
    severity=Severity.ERROR,
    case=23,
    clause=f"{REFORM} 四（二）；四（五）",
    summary="已被撤销、核销或认定无效的职称，不得以同一次评审结果再次报送",
    message="该人员由本次评审取得的同一职称已被撤销、核销或认定无效，不得再次报送。请从本批次撤出。",
    good="证书作废后重新评审通过的，按新的评审结果报送",
    bad="证书被撤销后，以同一批次补报再次取得",
)
CREDIT_BLOCK = declare(
    code="credit-block",
    severity=Severity.ERROR,
    case=31,
    clause=f"{REFORM} 四（二）",
    summary="诚信档案记录期内（3年）取消申报资格",
    message="该人员处于职称评审诚信档案记录期内，{until}前不得申报。请从本批次撤出，记录期满后再申报。",
    good="记录日2024-06-03，2027-06-03申报",
    bad="记录日2024-06-03，2027-06-02申报",
)
YEAR_CANCELLED = declare(
    code="year-cancelled",
    severity=Severity.ERROR,
    case=32,
    clause=f"{REFORM} 四（四）",
    summary="被取消当年申报资格的，当年不得申报",
    message="该人员已被取消{year}年度申报资格，本年度评审结果不予办理。请从本批次撤出。",
    good="次年重新申报",
    bad="2023年被取消当年申报资格，仍报2023年度结果",
)
PERSON_NOT_ELIGIBLE = declare(
    code="person-not-eligible",
    severity=Severity.ERROR,
    case=33,
    clause=f"{ONLINE} 一.4",
    summary="管理岗、参公、公务员和离退休人员不得申报",
    message="人员类别为“{kind}”，不在职称申报范围。请核对人员类别；确属该类人员的不予办理。",
    good="人员类别 编内",
    bad="人员类别 公务员",
)


def check_person(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 19-23 and 31-33 for one row."""
    if candidate.person is not None:
        found = docket.by_person.get(candidate.person)
        if found is not None:
            yield from _twice(candidate.row, found)
        if docket.by_name:
            yield from _namesake(candidate.row, docket)
        if candidate.held:
            yield from _held(candidate)
        yield from _withdrawn(candidate, candidate.person, docket)
        yield from _barred(candidate.row, candidate.person, docket)
    kind = candidate.row.person_kind
    if kind is not None and any(word in kind for word in BARRED_PERSONS):
        yield PERSON_NOT_ELIGIBLE.finding(row=candidate.row.number, column="人员类别", kind=kind)


def _others(rows: Iterable[int], own: int) -> str:
    return "、".join(str(number) for number in islice((n for n in rows if n != own), 5)) or str(own)


def _twice(row: SubmittedRow, found: Appearances) -> Iterator[Finding]:
    key = (row.series, row.level)
    same = found.by_title[key]
    if len(same) > 1:
        yield SAME_PERSON_TWICE.finding(row=row.number, column="证件号码", others=_others(same, row.number))
    if len(found.by_title) > 1:
        other = (n for title, rows in found.by_title.items() if title != key for n in rows)
        yield SAME_PERSON_OTHER_TITLE.finding(
            row=row.number, column="证件号码", others=_others(other, row.number)
        )
    if row.name is not None and len(found.by_name) > 1:
        named = (n for name, rows in found.by_name.items() if name != row.name for n in rows)
        yield SAME_NUMBER_OTHER_NAME.finding(row=row.number, column="姓名", others=_others(named, row.number))


def _namesake(row: SubmittedRow, docket: Docket) -> Iterator[Finding]:
    if row.name is not None and row.born_on is not None and (row.name, row.born_on) in docket.by_name:
        yield SAME_NAME_OTHER_NUMBER.finding(row=row.number, column="证件号码")


def _held(candidate: Candidate) -> Iterator[Finding]:
    row = candidate.row
    for title in candidate.held:
        same = (title.series, title.level, title.title) == (candidate.series, row.level, candidate.title)
        if same and (candidate.dual_directed or not title.dual_directed):
            yield TITLE_ALREADY_HELD.finding(row=row.number, column="职称名称")
            return


def _withdrawn(candidate: Candidate, person: str, docket: Docket) -> Iterator[Finding]:
    """A supplement of an issued batch must not bring back what was taken away: that needs a later review."""
    row, reviewed = candidate.row, docket.meeting_on or candidate.row.reviewed_on
    for title in docket.facts.titles_withdrawn.get(person, ()):
        same = (title.series, title.level, title.title) == (candidate.series, row.level, candidate.title)
        if same and reviewed is not None and reviewed <= title.acquired_on:
            yield TITLE_WITHDRAWN.finding(row=row.number, column="职称名称")
            return


def _barred(row: SubmittedRow, person: str, docket: Docket) -> Iterator[Finding]:
    facts = docket.facts
    days = [day for day in (row.applied_on, row.reviewed_on) if day is not None]
    for block in facts.credit_blocks.get(person, ()):
        if any(block.bars(day) for day in days):
            yield CREDIT_BLOCK.finding(row=row.number, column="证件号码", until=block.until_on.isoformat())
            break
    year = _year(row.applied_on, docket)
    if year is not None and year in facts.cancelled_years.get(person, ()):
        yield YEAR_CANCELLED.finding(row=row.number, column="证件号码", year=year)


def _year(applied_on: date | None, docket: Docket) -> int | None:
    return docket.header.review_year if applied_on is None else applied_on.year
