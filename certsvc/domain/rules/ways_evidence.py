"""What a row's own words say of a special way: the grade of a skilled worker, the degree, the end of a mission.

They stand in 依据文号, 岗位说明, 备注 or 现职称; where they say nothing a person looks, where they contradict the row waits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way

SKILL_GRADE = declare(
    code="skill-grade-level",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（一）2",
    summary="高级工、技师、高级技师、特级技师分别与初级、中级、副高级、正高级职称贯通",
    message="本行注明“{grade}”，对应{level}，低于申报级别。请核对技能等级和申报级别，由受理部门审定。",
    good="高级技师申报副高级",
    bad="技师申报副高级",
    since="2026-11-21.3",
)
DEGREE_MISSING = declare(
    code="grassroots-degree-missing",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（四）1",
    summary="基层硕博认定须注明学位",
    message="未注明学位，无法核对博士认定副高级、硕士认定中级。请在“依据文号”或“备注”注明博士或硕士。",
    good="备注 硕士，中级",
    bad="基层硕博认定，备注为空",
    since="2026-11-21.3",
)
DOCTOR_TO_SENIOR = declare(
    code="talent-doctor-senior",
    severity=Severity.HOLD,
    clause=f"{REFORM} 二（一）",
    summary="博士直接评定的是副高级；只有业绩成果特别突出的出站博士后可评定正高级",
    message="只注明博士而申报正高级。按政策博士直接评定副高级，出站博士后才可评定正高级。请核对并补充依据。",
    good="出站博士后，正高级",
    bad="博士，正高级",
    since="2026-11-21.3",
)
MISSION_UNFINISHED = declare(
    code="mission-unfinished",
    severity=Severity.HOLD,
    clause=f"{REFORM} 二（二）",
    summary="援助期满并经组织考核合格，才能享受援外激励",
    message="“{place}”注明援助未期满、提前终止或考核不合格。请核实；援助期满并经考核合格的才能申报。",
    good="援疆三年期满，考核合格",
    bad="因个人原因提前终止援助",
    since="2026-11-21.3",
)
MISSION_UNSAID = declare(
    code="mission-assessment-missing",
    severity=Severity.WARNING,
    clause=f"{REFORM} 二（二）",
    summary="援外激励应注明援助期满和考核结果",
    message="未注明援助期满和考核结果。请在“备注”注明，或确认派出机构已考核合格。",
    good="备注 援疆三年期满，考核合格",
    bad="备注为空",
    since="2026-11-21.3",
)

_GRADES: Final = (
    ("特级技师", Level.SENIOR),
    ("高级技师", Level.DEPUTY_SENIOR),
    ("技师", Level.INTERMEDIATE),
)
"""From the highest down: a word that holds another comes first."""
_SENIOR_WORKER: Final = re.compile(r"高级工(?!程|艺)")
_UNFINISHED: Final = re.compile(r"期未满|未期满|提前终止|中途终止|终止援|考核不合格|考核未合格")
_FINISHED: Final = re.compile(r"考核(?:结果)?[^，。；]{0,4}(?:合格|优秀|称职)")


def check_ways_evidence(candidate: Candidate, _docket: Docket) -> Iterator[Finding]:
    """The words of one row, by its way."""
    match candidate.way:
        case Way.SKILLED_WORKER:
            yield from _skill(candidate)
        case Way.GRASSROOTS_DEGREE:
            if not any(word in _words(candidate) for word in ("博士", "硕士")):
                yield DEGREE_MISSING.finding(row=candidate.row.number, column="备注")
        case Way.TALENT_INCENTIVE:
            yield from _doctor(candidate)
        case Way.AID_MISSION:
            yield from _mission(candidate)
        case _:
            return


def _places(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    row = candidate.row
    given = (("依据文号", row.basis_ref), ("岗位说明", row.post), ("备注", row.remark))
    return tuple((column, text) for column, text in given if text is not None)


def _words(candidate: Candidate) -> str:
    return " ".join(text for _column, text in _places(candidate))


def _skill(candidate: Candidate) -> Iterator[Finding]:
    """Lower levels have greater codes."""
    row = candidate.row
    places = (("现职称", row.base_title or ""), *_places(candidate))
    known = [(column, *grade) for column, text in places if (grade := _grade(text)) is not None]
    if known and row.level is not None:
        column, found, level = min(known, key=lambda one: one[2])
        if row.level < level:
            yield SKILL_GRADE.finding(row=row.number, column=column, grade=found, level=level.label)


def _grade(text: str) -> tuple[str, Level] | None:
    for grade, level in _GRADES:
        if grade in text:
            return grade, level
    return ("高级工", Level.ASSISTANT) if _SENIOR_WORKER.search(text) else None


def _doctor(candidate: Candidate) -> Iterator[Finding]:
    words = _words(candidate)
    if "博士" not in words or "博士后" in words or re.search(r"[C-E]\s*类", words.upper()):
        return
    if candidate.row.level is Level.SENIOR:
        yield DOCTOR_TO_SENIOR.finding(row=candidate.row.number, column="申报级别")


def _mission(candidate: Candidate) -> Iterator[Finding]:
    row = candidate.row
    for column, text in _places(candidate):
        if _UNFINISHED.search(text):
            yield MISSION_UNFINISHED.finding(row=row.number, column=column, place=column)
            return
    if not _FINISHED.search(_words(candidate)):
        yield MISSION_UNSAID.finding(row=row.number, column="备注")
