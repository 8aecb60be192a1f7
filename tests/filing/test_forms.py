"""The three forms of a filing say the same, and what stands around the values is judged: columns, order, blank rows."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from certsvc.adapters.workbook import read_workbook
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import UnreadableInput
from certsvc.stages.filing import Intake, accept
from tests.filing.batches import as_csv, as_json, cases, one_person, stopping, taken_in
from tests.support.workbooks import GOOD_SAMPLES, HOSPITAL, REGULAR, sample


def intake_of(raw: bytes, name: str) -> Intake:
    return accept(read_workbook(raw, name))


@pytest.mark.parametrize("name", GOOD_SAMPLES)
def test_xlsx_csv_and_json_give_equal_typed_values(name: str) -> None:
    batch = sample(name)
    forms = [
        intake_of(batch.xlsx(), "a.xlsx"),
        intake_of(as_csv(batch).encode("utf-8"), "a.csv"),
        intake_of(as_csv(batch).encode("utf-8-sig"), "a.csv"),
        intake_of(as_csv(batch).encode("gb18030"), "a.csv"),
        intake_of(as_json(batch), "a.json"),
    ]
    assert all(form.findings == () for form in forms)
    assert all(form.submission.header == forms[0].submission.header for form in forms)
    assert all(form.submission.rows == forms[0].submission.rows for form in forms)
    assert len({form.submission.digest for form in forms}) == len(forms)


def test_a_csv_saved_from_a_spreadsheet_with_section_lines_and_padding_reads_the_same() -> None:
    batch = sample(HOSPITAL)
    header, table = as_csv(batch).replace("\r\n", "\n").split("\n\n")
    padded = "\n".join(line + ",,,," for line in header.split("\n"))
    written = f"批次信息,,,,\n{padded}\n,,,,\n汇总表,,,,\n{table}"
    assert intake_of(written.encode(), "a.csv").submission.rows == taken_in(batch).submission.rows


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_left_out() -> None:
    batch = sample(REGULAR)
    columns = tuple(reversed([column for column in batch.columns if column not in ("备注", "岗位说明")]))
    turned = taken_in(replace(batch, columns=columns))
    assert turned.findings == ()
    assert turned.submission.rows == taken_in(batch).submission.rows


def test_a_name_that_gbk_cannot_carry_survives_gb18030() -> None:
    row = intake_of(as_csv(one_person(姓名="赵𬭎宇")).encode("gb18030"), "a.csv").submission.rows[0]
    assert row.name == "赵𬭎宇"


def test_a_missing_column_is_told_once_and_not_once_a_row() -> None:
    batch = sample(REGULAR)
    columns = tuple(column for column in batch.columns if column != "证件号码")
    intake = taken_in(replace(batch, columns=columns))
    assert cases(intake) == {(86, "error", "证件号码")}
    assert len(intake.findings) == 1
    assert all("证件号码" in row.unreadable for row in intake.submission.rows)


def test_a_column_given_twice_and_an_unknown_column_are_errors() -> None:
    batch = sample(REGULAR)
    intake = taken_in(replace(batch, columns=(*batch.columns, "姓名", "申报专业方向")))
    assert cases(intake) == {(86, "error", "姓名"), (86, "error", "申报专业方向")}


def test_a_missing_a_repeated_and_an_unknown_key_are_told() -> None:
    batch = sample(REGULAR)
    header = {key: value for key, value in batch.header.items() if key != "批次编号"} | {"发文字号": "1"}
    text = as_csv(replace(batch, header=header)).replace("申报人数,96", "申报人数,96\r\n申报人数,97")
    assert cases(intake_of(text.encode(), "a.csv")) == {
        (86, "error", "批次编号"),
        (86, "error", "申报人数"),
        (86, "warning", "发文字号"),
    }


SERIALS: list[tuple[list[Any], list[int], set[tuple[int | None, str]]]] = [
    ([1, 2, 3], [1, 2, 3], set()),
    (["1", "2", "3"], [1, 2, 3], set()),
    ([1, 2, 4], [1, 2, 4], {(None, "serial-gap")}),
    ([2, 1, 3], [2, 1, 3], {(None, "serial-gap")}),
    ([1, None, 3], [1, 2, 3], {(2, "serial-unreadable")}),
    ([1, 1, 3], [1, 2, 3], {(1, "serial-unreadable"), (2, "serial-unreadable")}),
    (
        [2, 2, 1],
        [1, 2, 3],
        {(1, "serial-unreadable"), (2, "serial-unreadable"), (None, "serial-gap")},
    ),
    ([1, "二", 3], [1, 2, 3], {(2, "serial-unreadable")}),
    ([1, 0, 3], [1, 2, 3], {(2, "serial-unreadable")}),
]


@pytest.mark.parametrize(("serials", "numbers", "told"), SERIALS)
def test_serial_numbers_run_from_one_without_gap(
    serials: list[Any], numbers: list[int], told: set[tuple[int | None, str]]
) -> None:
    batch = sample(REGULAR)
    rows = tuple({**row, "序号": serial} for row, serial in zip(batch.rows, serials, strict=False))
    intake = taken_in(replace(batch, rows=rows))
    assert [row.number for row in intake.submission.rows] == numbers
    assert {(finding.row, finding.code) for finding in intake.findings} == told
    assert {finding.case for finding in intake.findings} <= {89}


def test_blank_rows_at_the_end_do_not_count_and_those_between_are_told() -> None:
    batch = sample(REGULAR)
    rows = (batch.rows[0], {}, batch.rows[1], {}, {"备注": "  "})
    intake = taken_in(replace(batch, rows=rows))
    assert len(intake.submission.rows) == 2
    assert cases(intake) == {(88, "warning", None)}


def test_a_table_without_rows_is_an_error() -> None:
    assert cases(taken_in(replace(sample(REGULAR), rows=()))) == {(88, "error", None)}


@pytest.mark.parametrize("wrong", [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_mojibake_is_recognised(wrong: tuple[str, str]) -> None:
    read_as, written_in = wrong
    garbled = as_csv(one_person()).encode(written_in).decode(read_as, "replace")
    intake = intake_of(garbled.encode("utf-8"), "a.csv")
    told = [(finding.code, finding.column) for finding in intake.findings]
    assert set(told) == {("mojibake", "汇总表"), ("mojibake", "批次信息")}
    assert len(told) == 2


@pytest.mark.parametrize("columns", ["none", "json"])
def test_an_empty_table_is_one_finding(columns: str) -> None:
    batch = sample(REGULAR).with_rows([])
    raw = as_json(batch) if columns == "json" else as_csv(batch).encode()
    (finding,) = intake_of(raw, "a.json" if columns == "json" else "a.csv").findings
    assert (finding.code, finding.case, finding.row) == ("no-rows", 88, None)


def test_rows_below_a_blank_heading_are_not_taken_for_an_empty_table() -> None:
    raw = RawWorkbook("00", (), ("", ""), (("王丽", "女"),))
    assert (86, "error", "姓名") in cases(accept(raw))


def changed_book(change: Any) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(one_person().xlsx()))
    change(book["汇总表"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


ODDITIES: list[tuple[str, str, Any]] = [
    ("合并单元格", "G2:H2", lambda sheet: sheet.merge_cells("G2:H2")),
    ("公式", "AE2", lambda sheet: sheet.cell(2, 31, "=1+1")),
    ("隐藏的行", "第2行", lambda sheet: setattr(sheet.row_dimensions[2], "hidden", True)),
    ("隐藏的列", "第3列", lambda sheet: setattr(sheet.column_dimensions["C"], "hidden", True)),
]


@pytest.mark.parametrize(("what", "place", "change"), ODDITIES)
def test_what_cells_do_not_show_is_told_with_its_place(what: str, place: str, change: Any) -> None:
    intake = intake_of(changed_book(change), "a.xlsx")
    odd = [finding for finding in intake.findings if finding.code == "sheet-oddity"]
    assert len(odd) == 1
    assert odd[0].case == 87
    assert what in odd[0].message
    assert place in odd[0].message


def test_a_macro_workbook_is_told() -> None:
    assert stopping(intake_of(one_person().xlsx(), "a.xlsm")) == ["sheet-oddity"]


def test_twenty_thousand_rows_are_read_and_one_more_is_refused() -> None:
    batch = one_person()
    line = ",".join(["{}", *as_csv(batch).splitlines()[-1].split(",")[1:]])
    head = "\r\n".join(as_csv(batch).splitlines()[:-1])

    def table(rows: int) -> bytes:
        return "\r\n".join([head, *(line.format(position) for position in range(1, rows + 1))]).encode()

    raw = read_workbook(table(20_000), "a.csv")
    assert len(accept(raw).submission.rows) == 20_000
    with pytest.raises(UnreadableInput, match="20000行"):
        read_workbook(table(20_001), "a.csv")


def test_hand_made_cells_of_any_width_are_accepted() -> None:
    raw = RawWorkbook("00", (("批次编号", True),), ("姓名", "", "姓名"), ((), ("王丽", "", 1, 2.5), (None,)))
    intake = accept(raw)
    assert [row.name for row in intake.submission.rows] == ["王丽"]


def test_a_nul_character_in_a_csv_is_told_like_any_control_character() -> None:
    written = as_csv(one_person()).replace("工程技术人员", "工程\x00技术人员")
    assert cases(intake_of(written.encode(), "a.csv")) == {(29, "error", "申报系列")}
