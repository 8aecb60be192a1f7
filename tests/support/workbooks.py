"""Filings for tests: the sample workbooks as values, changed in places, written back as XLSX, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

EXAMPLES = Path(__file__).parents[2] / "examples"
REGULAR = "2023-常规-公路工程.xlsx"
DUAL_DIRECTED = "2023-双定向-珲春市农业.xlsx"
HOSPITAL = "2023-评聘结合-医院.xlsx"
RURAL = "2023-乡村振兴人才.xlsx"
GOOD_SAMPLES = (REGULAR, DUAL_DIRECTED, HOSPITAL, RURAL)
FAULTY = "2023-问题批次.xlsx"


@dataclass(frozen=True)
class Batch:
    """A filing as values: the sheet 批次信息 and the rows of 汇总表."""

    header: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    columns: tuple[str, ...] = field(default=())

    def with_header(self, **changes: Any) -> Batch:
        """Other values under some keys of the header."""
        return replace(self, header={**self.header, **changes})

    def with_rows(self, rows: Iterable[Mapping[str, Any]]) -> Batch:
        """Other rows: each is the first sample row with changes; 序号, 行数 and 通过人数 follow."""
        first = self.rows[0]
        numbered = tuple({**first, **row, "序号": position} for position, row in enumerate(rows, start=1))
        passed = sum(row["评审结果"] == "通过" for row in numbered)
        header = {**self.header, "行数": len(numbered), "通过人数": passed}
        return replace(self, header=header, rows=numbered)

    def without_column(self, name: str, renamed: str | None = None) -> Batch:
        """One column left out of the table, or under another name and empty."""
        columns = tuple(renamed if column == name else column for column in self.columns)
        return replace(self, columns=tuple(column for column in columns if column is not None))

    def csv(self) -> bytes:
        """The CSV form, UTF-8; dates in ISO form."""
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        for key, value in self.header.items():
            writer.writerow([key, _plain(value)])
        writer.writerow([])
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow([_plain(row.get(column)) for column in self.columns])
        return written.getvalue().encode()

    def json(self) -> bytes:
        """The JSON form; dates in ISO form."""
        header = {key: _plain(value) for key, value in self.header.items()}
        rows = [{column: _plain(row.get(column)) for column in self.columns} for row in self.rows]
        return json.dumps({"批次信息": header, "汇总表": rows}, ensure_ascii=False).encode()

    def xlsx(self) -> bytes:
        """The workbook's bytes; dates are date cells, everything else as given."""
        book = openpyxl.Workbook()
        head = book.active
        head.title = "批次信息"
        for key, value in self.header.items():
            head.append([key, _cell(value)])
        table = book.create_sheet("汇总表")
        table.append(list(self.columns))
        for row in self.rows:
            table.append([_cell(row.get(column)) for column in self.columns])
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()


def sample(name: str) -> Batch:
    """One of the sample filings as values, yours to change."""
    read = _read(name)
    return replace(read, header=dict(read.header), rows=tuple(dict(row) for row in read.rows))


@cache
def _read(name: str) -> Batch:
    book = openpyxl.load_workbook(EXAMPLES / name)
    header = {row[0]: row[1] for row in book["批次信息"].iter_rows(values_only=True)}
    columns, *rows = book["汇总表"].iter_rows(values_only=True)
    return Batch(header, tuple(dict(zip(columns, row, strict=True)) for row in rows), tuple(columns))


def _cell(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


def _plain(value: Any) -> Any:
    """A cell as text or number: dates in ISO form."""
    return value.isoformat()[:10] if isinstance(value, date) else value
