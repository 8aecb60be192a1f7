"""Files of questions as people make them, and as nobody should: read alike, or refused with what to do."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import count

import openpyxl
import pytest

from certsvc.adapters.bulk_file import LARGEST_BULK_FILE, read_bulk_file
from certsvc.domain.bulk_check import CodeAsked, HolderAsked, QrAsked, RowQuestion
from certsvc.domain.bulk_file import HEADINGS, MOST_ROWS_OF_A_FILE, BulkFile, understand
from certsvc.errors import UnreadableInput
from tests.verification_jobs.files import HEADINGS as USED
from tests.verification_jobs.files import csv_text, xlsx

ROW = ("甲-1", "2220230620000017", "林晓棠", "1022", "222404")
ASKED = RowQuestion(HolderAsked("2220230620000017", "林晓棠", "1022"), "222404")


def read(raw: bytes) -> BulkFile:
    """What is understood of a file."""
    return understand(read_bulk_file(raw))


def numbered(_value: object, numbers: Iterator[int] = count(1)) -> str:  # noqa: B008  # one counter on purpose
    """The same names in every process: what is in a file changes with the second in which it is made."""
    return f"case-{next(numbers)}"


@pytest.mark.parametrize(
    "raw",
    [
        csv_text(ROW).encode(),
        csv_text(ROW).encode("utf-8-sig"),
        csv_text(ROW).encode("gb18030"),
        csv_text(ROW, delimiter="\t").encode(),
        csv_text(ROW).replace("\r\n", "\n").encode(),
        ("\r\n" + csv_text(ROW) + "\r\n,,,\r\n").encode(),
        xlsx(ROW),
        xlsx((*ROW[:1], 2220230620000017, "林晓棠", 1022, 222404)),
        xlsx((*ROW[:1], 2220230620000017.0, " 林晓棠 ", 1022.0, " 珲春市"), above=[("某单位",), ()]),
        xlsx((*ROW, "无关"), headings=(" 行 标识 ", "编号", "持证人", "后四位", "使用地区", "备注")),
        json.dumps(
            {"row": "甲-1", "number": ROW[1], "name": ROW[2], "id_last4": ROW[3], "place": ROW[4]}
        ).encode(),
    ],
    ids=numbered,
)
def test_the_same_row_is_read_from_every_form(raw: bytes) -> None:
    file = read(raw)
    (row,) = file.rows
    assert (row.label, row.row.asks) == ("甲-1", ASKED)
    assert file.findings == ()


def test_every_accepted_heading_finds_its_field() -> None:
    for field, words in HEADINGS.items():
        for word in words:
            others = [names[0] for key, names in HEADINGS.items() if key != field]
            file = read(csv_text(headings=[*others, word.upper()]).encode())
            assert [one.code for one in file.findings] == ["rows-missing"]
            assert file.columns[field] == word.upper()


def test_rows_by_code_and_by_symbol_are_read() -> None:
    by_code = read("校验码\ndbuqw es83h mv8m8\n".encode())
    assert by_code.rows[0].row.asks == RowQuestion(CodeAsked("DBUQWES83HMV8M8"))
    by_symbol = read("二维码内容,序号\nhttps://certsvc.example/v#5H2X0,7\n".encode())
    assert by_symbol.rows[0].row.asks == RowQuestion(QrAsked("https://certsvc.example/v#5H2X0"))


def test_zeros_that_a_spreadsheet_drops_are_filled_up() -> None:
    (row,) = read(xlsx(("1", "x", "林晓棠", 22, None))).rows
    assert row.row.asks == RowQuestion(HolderAsked("x", "林晓棠", "0022"))


@pytest.mark.parametrize(
    ("headings", "codes"),
    [
        (("甲", "乙"), ["headings-missing"]),
        (("姓名",), ["heading-missing"] * 2),
        (("序号", "使用地"), ["heading-missing"] * 3),
        (("编号", "证书编号", "名字"), ["heading-twice", "heading-missing", "heading-missing"]),
    ],
)
def test_headings_that_do_not_do_are_named_all_at_once(headings: tuple[str, ...], codes: list[str]) -> None:
    file = read(csv_text(("1", "2"), headings=headings).encode())
    assert [one.code for one in file.findings] == codes
    assert file.rows == ()


def test_findings_name_row_and_column_of_everything() -> None:
    rows = [ROW, ("", "", "林", "1", "某地"), ("x" * 65, "1", "林", "1022", "222")]
    file = read(csv_text(*rows).encode())
    assert [(one.row, one.column, one.code) for one in file.findings] == [
        (3, "证书编号", "field-missing"),
        (3, "身份证后四位", "field-unfit"),
        (3, "使用地", "place-unknown"),
        (4, "序号", "field-unfit"),
        (4, "使用地", "place-unknown"),
    ]
    assert len(file.rows) == 3


def test_a_row_that_asks_in_two_ways_is_no_question() -> None:
    headings = ("校验码", *USED)
    file = read(csv_text(("DBUQW-ES83H-MV8M8", *ROW), headings=headings).encode())
    assert [one.code for one in file.findings] == ["question-ambiguous"]


def _bomb() -> bytes:
    """A sheet that unpacks to more than its declared size."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    return packed.getvalue()


def _wide() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "证书编号"
    book.active["XFD1048576"] = "x"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" \n ",
        b"PK\x03\x04",
        bytes.fromhex("D0CF11E0A1B11AE1") + b"x",
        "证书编号".encode("utf-16"),
        b"\xff\xfe\xfd",
        b"\x81" * 9,
        b'"' + b"x\n" * 100,
        b"x" * 30_000,
        b"," * 200,
        b"x" * (LARGEST_BULK_FILE + 1),
        b"x\n" * (2 * MOST_ROWS_OF_A_FILE + 1),
        b"{}\n" * (MOST_ROWS_OF_A_FILE + 2),
        xlsx()[:-40],
        _wide(),
        _bomb(),
    ],
    ids=numbered,
)
def test_what_cannot_be_read_is_refused_with_what_to_do(raw: bytes) -> None:
    with pytest.raises(UnreadableInput) as refused:
        read_bulk_file(raw)
    assert "报送" not in str(refused.value)
    assert "请" in str(refused.value)


@pytest.mark.parametrize(
    "line", ["[1]", "x", "{", "[" * 30_000, '{"qr": 1}', '{"qr": "\\ud800"}'], ids=numbered
)
def test_a_line_that_is_no_question_stops_no_other(line: str) -> None:
    file = read(f'{{"qr": "x"}}\n{line}\n'.encode())
    assert [isinstance(one.row.asks, RowQuestion) for one in file.rows] == [True, False]


def test_as_many_rows_as_allowed_are_read_and_one_more_is_not() -> None:
    def with_rows(number: int) -> BulkFile:
        return read(b"qr\n" + b"x\n" * number)

    assert len(with_rows(MOST_ROWS_OF_A_FILE).rows) == MOST_ROWS_OF_A_FILE
    assert [one.code for one in with_rows(MOST_ROWS_OF_A_FILE + 1).findings] == ["rows-too-many"]


def test_a_cell_of_any_type_is_read_as_text() -> None:
    for value in (True, date(2026, 1, 1), -5, 1.5):
        (row,) = read(xlsx(("1", "x", value, "1022", None))).rows
        assert isinstance(row.row.asks, RowQuestion)
