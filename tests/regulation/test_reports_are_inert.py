"""What people open in a spreadsheet runs nothing: no cell of a report begins a formula, and every text comes back."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from certsvc.adapters import spreadsheet_workbook as workbooks
from certsvc.adapters.spreadsheet_workbook import write_xlsx
from certsvc.formats.spreadsheet_text import begins_formula, inert_text, plain_text, text_before, write_csv
from tests.support.memory import run_measured

DANGEROUS = [
    "=1+1",
    "+86 431",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "﹦1",
    "⁺1",
    "\u22121",
    " =1",
    "\u3000＝1",
    "\u200b=1",
    "\ufeff=1",
    '=HYPERLINK("http://example.org","证书")',
    "=cmd|' /C calc'!A0",
    "@",
    "\ttab",
]
HARMLESS = [
    "张伟",
    "古丽·买买提",
    "22990119900101008X",
    "吉人社函〔2022〕38号",
    "a=b",
    "",
    " 王",
    "（＝）",
    "https://a.cn",
]
TEXTS = (
    st.text(max_size=30)
    | st.sampled_from(DANGEROUS + HARMLESS)
    | st.from_regex(r"_x[0-9A-F]{4}_", fullmatch=True)
)


def csv_cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))


def csv_of(*rows: list[Any]) -> bytes:
    return b"".join(write_csv(rows))


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_in_front(text: str) -> None:
    assert begins_formula(text)
    ((cell,),) = csv_cells(csv_of([text]))
    assert cell == "'" + plain_text(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stands_as_it_was(text: str) -> None:
    assert not begins_formula(text)
    assert inert_text(text) == text


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_no_cell_of_a_csv_begins_a_formula_and_every_text_comes_back(text: str) -> None:
    ((cell, beside),) = csv_cells(csv_of([text, "旁"]))
    assert not begins_formula(cell)
    assert cell[:1] not in set("=+-@\t\r\n")
    assert unicodedata.normalize("NFKC", cell).strip()[:1] not in set("=+-@")
    assert (text_before(cell), beside) == (plain_text(text), "旁")


def test_a_csv_opens_with_the_mark_of_its_encoding_and_ends_lines_as_spreadsheets_do() -> None:
    raw = csv_of(["姓名", "人数", "日期", "金额"], ["王,丽\r\n二", -3, date(2023, 9, 19), Decimal("3000.50")])
    assert raw == '\ufeff"姓名","人数","日期","金额"\r\n"王,丽\n二",-3,"2023-09-19",3000.50\r\n'.encode()
    assert csv_of() == "\ufeff".encode()


@pytest.mark.parametrize("cell", [True, 1.5, b"x", datetime(2023, 9, 19, tzinfo=UTC)])
def test_a_value_that_would_read_otherwise_elsewhere_is_no_cell(cell: object) -> None:
    with pytest.raises(TypeError):
        csv_of([cell])
    with pytest.raises(TypeError):
        write_xlsx([["一"], [cell]])  # type: ignore[list-item]


def xlsx_cells(raw: bytes) -> list[list[Any]]:
    with load_workbook(io.BytesIO(raw)) as book:
        return book.get_sheet_by_index(0).to_python()


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_every_text_of_a_workbook_is_a_true_text_cell_and_comes_back(text: str) -> None:
    raw = write_xlsx([["列"], [text], ["末"]])
    cell = openpyxl.load_workbook(io.BytesIO(raw)).active.cell(2, 1)
    assert cell.data_type == ("s" if text else "n")
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")
    assert xlsx_cells(raw)[1][0] == plain_text(text)


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_workbook_keeps_a_dangerous_text_as_text_even_when_the_cell_is_edited(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([["列"], [text]])))
    cell = book.active.cell(2, 1)
    assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True)


def test_a_workbook_holds_numbers_and_dates_as_what_they_are() -> None:
    raw = write_xlsx(
        [["姓名", "序号", "金额", "日期"], ["王丽", 1, Decimal("3000.5"), date(2023, 9, 19)], [None, -2]]
    )
    assert xlsx_cells(raw) == [
        ["姓名", "序号", "金额", "日期"],
        ["王丽", 1, 3000.5, date(2023, 9, 19)],
        ["", -2, "", ""],
    ]
    assert xlsx_cells(write_xlsx([["日期"], [date(1899, 12, 30)]]))[1] == ["1899-12-30"]


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    (_, (long,)) = xlsx_cells(write_xlsx([["列"], ["𬭎" * 40_000]]))
    assert long.endswith("…（以下略）")
    assert len(long.encode("utf-16-le")) // 2 <= 32_767
    assert csv_cells(csv_of(["长" * 40_000])) == [["长" * 40_000]]


def test_a_full_sheet_is_followed_by_another_with_the_same_column_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS_OF_A_SHEET", 3)
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([["列"], *([n] for n in range(5))], "名册")))
    assert {sheet.title: [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book} == {
        "名册": ["列", 0, 1],
        "名册（2）": ["列", 2, 3],
        "名册（3）": ["列", 4],
    }
    assert openpyxl.load_workbook(io.BytesIO(write_xlsx([]))).sheetnames == ["报表"]


def test_rows_that_wait_leave_nothing_behind(tmp_path: Path) -> None:
    write_xlsx([["列"], ["王丽"]], scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []

    def broken() -> Iterator[list[str]]:
        yield ["列"]
        raise ValueError("来源中断")

    with pytest.raises(ValueError, match="来源中断"):
        write_xlsx(broken(), scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_forty_thousand_rows_take_little_memory() -> None:
    written, peak = run_measured(_MANY)
    assert written[0] > 2_000_000
    assert written[1] > 500_000
    assert peak < 120


_MANY = """
from certsvc.adapters.spreadsheet_workbook import write_xlsx
from certsvc.formats.spreadsheet_text import write_csv
rows = lambda: (["王丽" + str(n), "长春市绿园区住房和城乡建设局", n, "=1+1"] for n in range(40_000))
told([sum(len(piece) for piece in write_csv(rows())), len(write_xlsx(rows()))])
"""
