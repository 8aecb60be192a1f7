"""Small builders: a good regular filing and a good dual-directed one, to be spoiled one value at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from certsvc.adapters.shipped_policies import shipped_policies
from certsvc.adapters.work_calendar import published_calendar
from certsvc.domain.admission import Admission, Examination, Hold, Outcome, Refusal
from certsvc.domain.calendar import CalendarYear, WorkCalendar
from certsvc.domain.facts import GateFacts
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.levels import Level
from certsvc.domain.registry import Registry
from certsvc.domain.registry_decoding import decode_registry
from certsvc.domain.submission import BatchHeader, FilingStepClaim, PublicityClaim, Submission, SubmittedRow
from certsvc.stages.gate import examine

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 20)


@cache
def registry() -> Registry:
    """The example registry."""
    return decode_registry((EXAMPLES / "registry.json").read_bytes())


@cache
def calendar() -> WorkCalendar:
    """The published years and, for stories of later years, invented ones without holidays."""
    later = tuple(CalendarYear(y, "测试用", frozenset(), frozenset()) for y in range(2027, 2034))
    return WorkCalendar(published_calendar().years + later)


def facts(**changes: Any) -> GateFacts:
    """Facts of an ordinary day on which nothing is known against anybody."""
    known = GateFacts(registry(), published_calendar(), TODAY, policies=shipped_policies())
    return replace(known, **changes)


def citizen(number: str) -> IdDocument:
    """A resident identity card."""
    return IdDocument(IdKind.CITIZEN, number)


def publicity(start: date, end: date, office: str = "评委会办事机构网站") -> tuple[PublicityClaim, ...]:
    """Both places with the same days."""
    return (
        PublicityClaim(office, "https://office.example.invalid/gs", start, end, "a" * 64),
        PublicityClaim("吉林省职称管理平台", "https://platform.example.invalid/gs", start, end, "b" * 64),
    )


def step(level: str, filed_by: str, filed_on: date) -> FilingStepClaim:
    """One claimed level of the filing chain."""
    return FilingStepClaim(level, filed_by, filed_on, f"{filed_by}-回执")


def row(number: int = 1, **changes: Any) -> SubmittedRow:
    """林晓棠: a good row for 高级工程师, regular review of road engineering, 2023."""
    good = SubmittedRow(
        number=number,
        name="林晓棠",
        document=citizen("229901198503171022"),
        sex="女",
        born_on=date(1985, 3, 17),
        unit_name="示例路桥有限公司",
        unit_code="91229901MA00000159",
        unit_region="220106",
        unit_kind="企业",
        person_kind="企业职工",
        series="工程技术人员",
        specialty="道路与桥梁工程",
        level=Level.DEPUTY_SENIOR,
        title="高级工程师",
        way="常规评审",
        base_title="工程师",
        base_level=Level.INTERMEDIATE,
        base_on=date(2016, 11, 20),
        appointed_on=date(2017, 1, 1),
        validity_area=None,
        post=None,
        exam_ref=None,
        exam_valid_to=None,
        continuing_education="合格",
        applied_on=date(2023, 2, 10),
        reviewed_on=date(2023, 9, 19),
        result="通过",
        objection="无异议",
        basis_ref=None,
        remark=None,
    )
    return replace(good, **changes)


def dual_row(number: int = 1, **changes: Any) -> SubmittedRow:
    """朴正浩: a good row for a dual-directed 高级农艺师 of 珲春市, 2023."""
    good = row(
        number,
        name="朴正浩",
        document=citizen("229902197909040112"),
        sex="男",
        born_on=date(1979, 9, 4),
        unit_name="珲春市农业技术推广站",
        unit_code="12229900A000000112",
        unit_region="222404",
        unit_kind="事业",
        person_kind="编内",
        series="农业技术人员",
        specialty="农艺",
        title="高级农艺师",
        way="双定向",
        base_title="农艺师",
        validity_area="222404",
        post="专业技术七级岗位",
        reviewed_on=date(2023, 11, 19),
    )
    return replace(good, **changes)


def header(**changes: Any) -> BatchHeader:
    """The header of a good regular filing of one passed row."""
    good = BatchHeader(
        batch_ref="2023-GC-GL-01",
        committee_code="JL-GC-GL",
        channel="常规",
        review_year=2023,
        approval_ref="吉人社职例〔2023〕17号",
        approval_on=date(2023, 9, 8),
        meeting_starts_on=date(2023, 9, 18),
        meeting_ends_on=date(2023, 9, 21),
        reported_on=date(2023, 9, 22),
        publicity=publicity(date(2023, 9, 22), date(2023, 10, 7)),
        filing_steps=(step("省", "JL-GC-GL", date(2023, 10, 8)),),
        announcing_body="吉林省人力资源和社会保障厅",
        announcement_ref="吉人社职字〔2023〕101号",
        announcement_title="关于公布评审结果的通知",
        announcement_on=date(2023, 10, 20),
        applicants=10,
        passed=1,
        row_count=1,
    )
    return replace(good, **changes)


def dual_header(**changes: Any) -> BatchHeader:
    """The header of a good dual-directed filing of one passed row."""
    good = header(
        batch_ref="2023-SDX-222404-NY",
        committee_code="SDX-222404-NY",
        channel="双定向",
        approval_ref="延州人社职例〔2023〕3号",
        approval_on=date(2023, 11, 15),
        meeting_starts_on=date(2023, 11, 19),
        meeting_ends_on=date(2023, 11, 19),
        reported_on=date(2023, 11, 20),
        publicity=publicity(date(2023, 11, 20), date(2023, 11, 27), "珲春市人力资源和社会保障局网站"),
        filing_steps=(
            step("市州", "HRSS-222404", date(2023, 11, 28)),
            step("省", "HRSS-222400", date(2023, 12, 6)),
        ),
        announcing_body="延边朝鲜族自治州人力资源和社会保障局",
        announcement_ref="延州人社职字〔2023〕12号",
        announcement_on=date(2023, 12, 4),
    )
    return replace(good, **changes)


def linked_header(**changes: Any) -> BatchHeader:
    """The header of a good filing of the appointment-linked hospital with one passed row."""
    good = header(
        batch_ref="2023-PP-YY-01",
        committee_code="PP-220102-01",
        channel="评聘结合",
        approval_ref="吉人社职例〔2023〕44号",
        approval_on=date(2023, 10, 16),
        meeting_starts_on=date(2023, 10, 29),
        meeting_ends_on=date(2023, 10, 29),
        reported_on=date(2023, 10, 30),
        publicity=publicity(date(2023, 10, 30), date(2023, 11, 6)),
        filing_steps=(
            step("当地", "PP-220102-01", date(2023, 11, 7)),
            step("省", "HRSS-220100", date(2023, 11, 9)),
        ),
        announcing_body="示例大学附属医院",
        announcement_ref="示医字〔2023〕66号",
        announcement_on=date(2023, 11, 20),
        vacancy_plan_ref="长人社岗备〔2023〕8号",
        ratio_approved_by="HRSS-220100",
        ratio_approval_ref="长人社核〔2023〕15号",
        approved_ratio={Level.DEPUTY_SENIOR: 55},
        applicants_by_level={Level.DEPUTY_SENIOR: 10},
    )
    return replace(good, **changes)


def linked_row(number: int = 1, **changes: Any) -> SubmittedRow:
    """A good row for 副主任医师 of the appointment-linked hospital."""
    good = row(
        number,
        unit_code="12229948445942447P",
        unit_region="220102",
        unit_kind="评聘结合",
        person_kind="编内",
        series="卫生技术人员",
        specialty="内科学",
        title="副主任医师",
        way="评聘结合评审",
        base_title="主治医师",
        reviewed_on=date(2023, 10, 29),
    )
    return replace(good, **changes)


def gate(
    head: BatchHeader, *rows: SubmittedRow, known: GateFacts | None = None, told: tuple[Finding, ...] = ()
) -> Examination:
    """The examination of a batch; counts in the header follow the rows."""
    passed = sum(r.result == "通过" for r in rows)
    counted = replace(head, row_count=len(rows), passed=passed)
    return examine(Submission("0" * 64, counted, rows), told, known or facts())


def stopping(findings: tuple[Finding, ...]) -> set[str]:
    """Codes of errors and holds."""
    return {f.code for f in findings if f.severity in (Severity.ERROR, Severity.HOLD)}


def codes(findings: tuple[Finding, ...]) -> set[str]:
    """Codes of all findings."""
    return {f.code for f in findings}


def verdict(outcome: Outcome) -> str:
    """The outcome as one word."""
    match outcome:
        case Admission():
            return "admitted"
        case Hold():
            return "held"
        case Refusal():
            return "refused"
