"""Files that cannot be read at all: one finding each, so that every answer to a filing has the same shape."""

from __future__ import annotations

from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.intake import REPORT_CLAUSE
from certsvc.domain.rules.registry import Rule, declare


def _rule(code: str, case: int | None, summary: str, good: str, bad: str) -> Rule:
    return declare(
        code=code,
        severity=Severity.ERROR,
        case=case,
        clause=REPORT_CLAUSE,
        summary=summary,
        message="无法受理：{reason}。",
        good=good,
        bad=bad,
    )


MISSING = _rule("file-missing", None, "报送的文件应存在且可以读取", "批次.xlsx", "不存在的文件、文件夹")
DAMAGED = _rule(
    "file-damaged", None, "报送的文件应完整，且为 XLSX、CSV 或 JSON", "批次.xlsx", "传输中损坏的文件"
)
_BY_CASE: Final = {
    85: _rule("file-encoding", 85, "文本文件应为规定的编码", "UTF-8、GB18030", "UTF-16"),
    86: _rule("file-layout", 86, "文件应有批次信息和汇总表两部分", "按模板填写", "没有汇总表"),
    88: _rule("file-empty", 88, "文件不得为空", "填好的汇总表", "0字节"),
    92: _rule(
        "file-unsafe", 92, "文件不得加密，不得含外部实体或异常的压缩内容", "普通工作簿", "设有打开密码"
    ),
}


def unreadable(message: str, case: int | None = None) -> Finding:
    """The finding on a file that could not be read; `case` chooses the rule, None is a damaged file."""
    return (DAMAGED if case is None else _BY_CASE.get(case, DAMAGED)).finding(
        reason=message.removesuffix("。")
    )
