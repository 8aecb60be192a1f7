"""Tables of bulk checks for people: the results of a job, and the template to fill in. No cell of them begins a formula."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from certverify.verdict import Outcome, StatusWord

from certsvc.domain.bulk_file import HEADINGS
from certsvc.formats.spreadsheet_text import ReportCell
from certsvc.ports.verification_jobs import RowResult

COLUMNS: Final = (
    "文件行号",
    "行标识",
    "结果",
    "状态",
    "在使用地是否有效",
    "有效范围",
    "证书编号",
    "姓名（隐去）",
    "职称名称",
    "级别",
    "取得时间",
    "说明",
    "核验依据时间（UTC）",
)
_PROBLEM: Final = "需处理"
_HERE: Final = {"yes": "有效", "no": "不适用", "undetermined": "无法判定", "not_asked": "未指定使用地"}
_BASIS: Final = frozenset({"no-witnesses"})
"""Findings about the ledger behind every answer, not about the row."""
_TEMPLATE_FIELDS: Final = ("row", "number", "name", "id_last4", "place")


def result_rows(results: Iterable[RowResult]) -> Iterator[tuple[ReportCell, ...]]:
    """The column names, then a row a result."""
    yield COLUMNS
    for one in results:
        told = json.loads(one.answer)
        if "problem" in told:
            detail = told["problem"]["detail"]
            yield (told["line"], told["row"], _PROBLEM, *([None] * 8), detail, None)
        else:
            yield (told["line"], told["row"], *_verdict_cells(told["verdict"]))


def template_rows() -> Iterator[tuple[ReportCell, ...]]:
    """The headings alone: an example row would be checked with the others."""
    yield tuple(HEADINGS[field][0] for field in _TEMPLATE_FIELDS)


def _verdict_cells(verdict: Mapping[str, Any]) -> tuple[ReportCell, ...]:
    certificate = verdict["certificate"] or {}
    historical = verdict["historical"] or {}
    area = verdict["validity_area"]
    told = (finding["zh"] for finding in verdict["findings"] if finding["code"] not in _BASIS)
    return (
        Outcome(verdict["verdict"]).zh,
        StatusWord(verdict["status"]).zh,
        _HERE[verdict["valid_here"]],
        None if area is None else f"仅限{area['name']}",
        certificate.get("number") or historical.get("reference"),
        verdict["holder"],
        certificate.get("title") or historical.get("title"),
        certificate.get("level") or historical.get("level"),
        certificate.get("acquired_on") or historical.get("acquired"),
        "\n".join(told) or None,
        verdict["as_of"],
    )
