"""Files of questions for tests, as people make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

HEADINGS = ("序号", "证书编号", "姓名", "身份证后四位", "使用地")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(
    *rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, above: Sequence[Sequence[Any]] = ()
) -> bytes:
    """A workbook with these rows below the headings."""
    book = openpyxl.Workbook()
    for row in (*above, headings, *rows):
        book.active.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv_text(*rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, delimiter: str = ",") -> str:
    """The same as text."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([headings, *rows])
    return written.getvalue()
