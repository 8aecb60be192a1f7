"""The coverage report as a table for export, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from certsvc.domain.coverage import CoverageLine, CoverageReport
from certsvc.domain.regions import REGIONS
from certsvc.domain.report_table import Cell, ReportTable
from certsvc.domain.series import SERIES
from certsvc.domain.titles import title_name

CLAUSE: Final = "吉人社函〔2022〕38号 五（一）"
UNLISTED_NOTE: Final = "公布文件的名单未载入，以报送的汇总表为准核对；请载入名单后再核对。"
_COLUMNS: Final = (
    "公布文号",
    "公布日期",
    "市（州）",
    "情形",
    "名单序号",
    "姓名",
    "单位",
    "系列",
    "专业",
    "级别",
    "职称名称",
    "原因",
    "审查意见代码",
    "备案号",
    "证书编号",
    "名单",
)


def asked_words(year: int | None, region: str, document: str | None) -> tuple[tuple[str, str], ...]:
    """What was asked, as label and value."""
    return ("年度", str(year or "全部")), ("地区", region), ("公布文号", document or "全部")


def coverage_table(report: CoverageReport, told: tuple[tuple[str, str], ...]) -> ReportTable:
    """A line for every result without exactly one certificate; the counts as notes. `told`: what was asked."""
    notes = [f"依据：{CLAUSE}。2022年以后公布的每项评审结果应有且只有一份电子证书。"]
    announced = sum(one.announced for one in report.counts)
    covered = sum(one.covered for one in report.counts)
    notes.append(f"公布 {announced} 项，已有证书 {covered} 项，需要关注 {len(report.lines)} 项。")
    if any(not one.by_list for one in report.counts):
        notes.append(UNLISTED_NOTE)
    return ReportTable("coverage", "公布结果制证核对", _COLUMNS, _rows(report), told, tuple(notes))


def city_word(code: str) -> str:
    """The name of a city or prefecture; 省直 for the province."""
    return REGIONS[code].name if code in REGIONS and code != "220000" else "省直"


def reason_words(line: CoverageLine) -> str:
    """The reason of a gap in Chinese; empty where there is none."""
    return "" if line.reason is None else line.reason.label


def _rows(report: CoverageReport) -> Iterator[Sequence[Cell]]:
    for line in report.lines:
        person = line.person
        yield (
            line.document_ref,
            line.announced_on,
            city_word(line.city),
            line.kind.label,
            person.number or None,
            person.name or "",
            person.unit or "",
            SERIES.get(person.series or 0, ""),
            person.specialty or "",
            "" if person.level is None else person.level.label,
            title_name(person.title or 0) or "",
            reason_words(line),
            "、".join(line.codes),
            line.filing or "",
            "、".join(line.certificates),
            "已载入" if line.by_list else "未载入",
        )
