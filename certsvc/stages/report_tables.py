"""Reports as tables for export: Chinese headings, the code beside each word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from certsvc.domain.quota_counters import QuotaLine
from certsvc.domain.regions import REGIONS
from certsvc.domain.report_table import Cell, ReportTable
from certsvc.domain.statistics import (
    CLAUSE,
    FIELD_WORDS,
    SMALL_CELL,
    Basis,
    Dimension,
    Standing,
    Statistics,
    StatisticsQuestion,
    StatisticsRow,
    word_of,
)
from certsvc.domain.subsidy import CLAUSE as SUBSIDY_CLAUSE
from certsvc.domain.subsidy import YEARS, RosterLine
from certsvc.domain.supervision import SupervisionLine
from certsvc.ports.information import Holder

SMALL_NOTE: Final = f"有不足{SMALL_CELL}人的单元，可能指向个人：仅供人社部门内部使用，不得原样对外公布。"
INNER_NOTE: Final = "本统计供人社部门和监督人员使用；统计单位是职称（证书），不是人，一人可有多项职称。"


def statistics_table(statistics: Statistics) -> ReportTable:
    """A line for each combination of values, the sum last; completeness of every field as notes."""
    question = statistics.question
    columns: list[str] = []
    for one in question.dimensions:
        columns += [one.label, f"{one.label}代码"] if has_codes(one) else [one.label]
    columns += [*(one.label for one in Standing), "现行合计", "结构比例（%）", "合计"]
    return ReportTable(
        "statistics",
        "专业技术人才信息库统计",
        tuple(columns),
        _statistics_rows(statistics),
        question_words(question),
        (*statistics_notes(statistics), *_completeness_notes(statistics)),
    )


def _statistics_rows(statistics: Statistics) -> Iterator[Sequence[Cell]]:
    for row in statistics.rows:
        cells: list[Cell] = []
        for dimension, key in zip(statistics.question.dimensions, row.keys, strict=True):
            cells.append(word_of(dimension, key))
            if has_codes(dimension):
                cells.append("" if key is None else str(key))
        yield [*cells, *_numbers(statistics, row)]
    blank = sum(2 if has_codes(one) else 1 for one in statistics.question.dimensions) - 1
    yield ["合计", *([""] * blank), *_numbers(statistics, statistics.total)]


def _numbers(statistics: Statistics, row: StatisticsRow) -> list[Cell]:
    share = statistics.share(row)
    counts = [row.counts.get(one, 0) for one in Standing]
    return [*counts, row.in_force, Decimal(share) if share else "", row.total]


def has_codes(dimension: Dimension) -> bool:
    """True where a value is a code with a word."""
    return dimension not in (Dimension.SPECIALTY, Dimension.UNIT_KIND, Dimension.YEAR)


def question_words(question: StatisticsQuestion) -> tuple[tuple[str, str], ...]:
    """What was asked, as label and value."""
    told = [("统计截至", question.as_of.isoformat())]
    basis = "按现在所知（决定自生效日起计）" if question.basis is Basis.KNOWN else "按当日已登记"
    told.append(("口径", basis))
    told.append(("范围", "吉林省" if question.region is None else _place(question.region)))
    for dimension, value in (
        (Dimension.SERIES, question.series),
        (Dimension.LEVEL, question.level),
        (Dimension.WAY, question.way),
        (Dimension.YEAR, question.year),
        (Dimension.UNIT_KIND, question.unit_kind),
    ):
        if value is not None:
            told.append((dimension.label, word_of(dimension, value)))
    return (*told, ("依据", CLAUSE))


def statistics_notes(statistics: Statistics) -> tuple[str, ...]:
    """The sentences that go with the numbers."""
    notes = [INNER_NOTE]
    if statistics.has_small_cells:
        notes.append(SMALL_NOTE)
    if statistics.not_entered:
        notes.append(
            f"另有{statistics.not_entered}份证书尚未建立条目，后台正在补建，暂未计入；请稍后再统计。"
        )
    return tuple(notes)


def _completeness_notes(statistics: Statistics) -> Iterator[str]:
    for one in statistics.completeness:
        told = f"{one.percent}%" if one.applicable else "不适用"
        yield f"完整率：{FIELD_WORDS[one.field]} {told}（{one.filled}/{one.applicable}）"


def quota_table(year: int, lines: Iterable[QuotaLine]) -> ReportTable:
    """The counters of a review year."""
    rows = (
        (one.name, one.counted, one.plan, Decimal(one.used) if one.used else "", one.remark, one.clause)
        for one in lines
    )
    columns = ("计数事项", "人数", "计划（额度）", "占比（%）", "说明", "依据")
    return ReportTable("quotas", f"{year}年度指标计数", columns, rows, (("年度", str(year)),))


def supervision_table(region: str, year: int | None, lines: Iterable[SupervisionLine]) -> ReportTable:
    """The supervision lists, one after another."""
    rows = (
        (
            one.concern.label,
            one.filing,
            one.batch_ref,
            one.committee_code,
            one.committee_name,
            "" if one.place is None else _place(one.place),
            one.place,
            one.due_on,
            one.done_on,
            one.remark,
            one.clause,
        )
        for one in lines
    )
    columns = (
        *("监督事项", "备案号", "批次编号", "评委会代码", "评委会"),
        *("地区", "区划代码", "期限", "实际日期", "情况", "依据"),
    )
    told = (("范围", _place(region)), ("评审年度", "全部" if year is None else str(year)))
    return ReportTable("supervision", "职称评审监督事项", columns, rows, told)


def roster_table(
    year: int,
    region: str,
    on: date,
    today: date,
    lines: Sequence[RosterLine],
    holders: Iterator[Holder],
) -> ReportTable:
    """The roster of a year, by payer; names are taken one by one as the rows are written."""
    columns = (
        *("发放财政", "区划代码", "姓名", "证件号码", "工作单位", "证书编号", "级别", "专业"),
        *("取得时间", "发放年度", "第几年", "发放情况", "金额（元）", "证书状态"),
    )
    owed = sum(one.yuan for one in lines)
    told = [
        ("年度", str(year) + ("（预列）" if date(year, 1, 1) > today else "")),
        ("范围", _place(region)),
        ("认定状态的日期", on.isoformat()),
        ("应发合计（元）", str(owed)),
        ("依据", SUBSIDY_CLAUSE),
    ]
    notes = (
        f"自取得年度起连续发放{YEARS}年；年末（当年为导出当日）证书有效的发放当年补贴，"
        "撤销、核销、无效的自该年起停发，已发部分不由本名册处理。",
        "名册含个人信息，仅用于补贴发放，每次导出均已登记。",
    )
    return ReportTable(
        f"subsidy/{year}", "乡村人才补贴名册", columns, _roster_rows(year, lines, holders), tuple(told), notes
    )


def _roster_rows(
    year: int, lines: Sequence[RosterLine], holders: Iterator[Holder]
) -> Iterator[Sequence[Cell]]:
    for line, holder in zip(lines, holders, strict=True):
        title = line.title
        yield (
            line.payer,
            title.unit_region,
            holder.name,
            holder.document,
            holder.unit_name,
            title.number,
            title.level.label,
            title.specialty,
            title.acquired_on,
            year,
            line.year_no,
            line.entitlement.label,
            line.yuan,
            title.standing.label,
        )


def _place(code: str) -> str:
    return REGIONS[code].full_name if code in REGIONS else code
