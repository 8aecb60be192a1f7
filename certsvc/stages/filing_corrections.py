"""Files that are given out to be filled in or corrected: the empty one, and the rows of a filing that did not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from certsvc.domain import intake_words as words
from certsvc.domain.caller import Caller
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.submission import Cell, RawWorkbook
from certsvc.domain.written_values import read_text
from certsvc.ports import Clock, FilingStore
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.filings import FilingShelf, Outcome, RowQuestion
from certsvc.stages.filing import numbered_rows
from certsvc.stages.filing_desk import FilingDesk

_CHUNK: Final = 1000


def empty_file() -> RawWorkbook:
    """Every key of 批次信息 without a value, every column of 汇总表 without a row."""
    numbered = [f"公示{place}{field}" for place in (1, 2) for field in words.PUBLICITY_FIELDS]
    numbered += [f"备案{step}{field}" for step in (1, 2) for field in words.FILING_STEP_FIELDS]
    optional = [key for key in words.OPTIONAL_KEYS if key != "格式版本"]
    levels = [f"申报人数_{level.label}" for level in sorted(Level, reverse=True)]
    keys = (*words.REQUIRED_KEYS, *optional, *numbered, *levels)
    header: tuple[tuple[str, Cell], ...] = (
        ("格式版本", words.FORMAT_VERSION),
        *((key, None) for key in keys),
    )
    return RawWorkbook("", header, words.COLUMNS, ())


def column_words() -> Iterator[tuple[str, str, str]]:
    """Each column: its name, whether every filing has it, and the words that it takes; empty: free text."""
    told: Mapping[str, str] = {
        "序号": "从1起连续编号",
        "证件类型": "、".join(sorted(words.ID_KINDS)),
        "证件号码": "文本格式",
        "性别": "男、女",
        "单位所属行政区划": "六位区划代码",
        "单位类别": "、".join(sorted(words.UNIT_KINDS)),
        "人员类别": "、".join(sorted(words.PERSON_KINDS)),
        "申报级别": "、".join(level.label for level in sorted(Level)),
        "现职称级别": "、".join(level.label for level in sorted(Level)),
        "有效区域": "双定向填县（市、区）六位区划代码，其他不填",
        "评审结果": "、".join(sorted(words.RESULTS)),
        "公示结果": "、".join(sorted(words.OBJECTIONS)),
    }
    for column in words.COLUMNS:
        dated = "日期，例如 2026-11-20" if column.endswith(("日期", "时间", "有效期至")) else ""
        required = "可不设此列" if column in words.OPTIONAL_COLUMNS else "必备列"
        yield column, required, told.get(column, dated)


@dataclass(frozen=True, slots=True)
class Corrections:
    """What giving out needs. `read_file` reads a filed file's cells."""

    desk: FilingDesk
    shelf: FilingShelf
    filings: FilingStore
    looks: PersonalLooks
    clock: Clock
    read_file: Callable[[bytes, str], RawWorkbook]

    def failed_rows(self, filing: str, by: Caller, outcome: Outcome | None = None) -> RawWorkbook:
        """The rows that were not admitted (or of one outcome), in the intake format, numbered anew, each with what was said.

        The look is written down first. Raises NotPermitted, UnknownReference.
        """
        self.desk.find(filing, by)
        self.looks.append(PersonalLook(self.clock.now(), "console", by.name, filing, "下载待更正人员"))
        raw = self.read_file(*self.filings.filed_file(filing))
        return to_correct(raw, dict(self._said(filing, outcome)))

    def _said(self, filing: str, outcome: Outcome | None) -> Iterator[tuple[int, tuple[Finding, ...]]]:
        wanted = (Outcome.HELD, Outcome.REFUSED) if outcome is None else (outcome,)
        for one in wanted:
            question, offset = RowQuestion(filing, one), 0
            while rows := self.shelf.rows(question, offset, _CHUNK):
                yield from ((row.number, row.findings) for row in rows)
                offset += _CHUNK


def to_correct(raw: RawWorkbook, said: Mapping[int, tuple[Finding, ...]]) -> RawWorkbook:
    """Those rows of a file alone; 序号, 行数 and 通过人数 follow them, and a last column holds what was said."""
    columns = tuple(column for column in raw.columns if column != words.FINDINGS_COLUMN)
    kept = [place for place, column in enumerate(raw.columns) if column != words.FINDINGS_COLUMN]
    serial = columns.index("序号") if "序号" in columns else None
    result = columns.index("评审结果") if "评审结果" in columns else None
    rows: list[tuple[Cell, ...]] = []
    passed = 0
    for number, cells in numbered_rows(raw):
        if number not in said:
            continue
        full = [cells[place] if place < len(cells) else None for place in kept]
        if serial is not None:
            full[serial] = len(rows) + 1
        passed += result is not None and read_text(full[result]) == "通过"
        rows.append((*full, _told(number, said[number])))
    changed: Mapping[str, Cell] = {"行数": len(rows), "通过人数": passed}
    header = tuple((key, changed.get((read_text(key) or "").strip(), cell)) for key, cell in raw.header)
    return RawWorkbook("", header, (*columns, words.FINDINGS_COLUMN), tuple(rows))


def _told(number: int, findings: tuple[Finding, ...]) -> str:
    stopping = [one for one in findings if one.severity in (Severity.ERROR, Severity.HOLD)]
    sentences = [
        f"{one.column}：{one.message}" if one.column else one.message for one in stopping or findings
    ]
    return f"原序号 {number}。" + "；".join(sentences or ["批次信息有误，见批次审查意见。"])
