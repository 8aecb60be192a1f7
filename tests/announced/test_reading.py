"""Reading an announced list: whatever is wrong with it is told at once, and then nothing of it is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from certsvc.adapters.workbook import read_workbook
from certsvc.stages.announced_reading import ListReading, read_announced_list
from tests.announced.lists import ANNOUNCED_ON, BODY, DOCUMENT, AnnouncedFile, announced, people

TODAY = date(2026, 11, 20)
LIST = announced(people(3))


def read(file: AnnouncedFile, form: str = "xlsx") -> ListReading:
    raw = file.xlsx() if form == "xlsx" else file.csv()
    return read_announced_list(read_workbook(raw, f"list.{form}"), TODAY)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_both_forms_say_the_same(form: str) -> None:
    reading = read(LIST, form)
    assert reading.findings == ()
    assert reading.head is not None
    assert (reading.head.document_ref, reading.head.announcing_body, reading.head.announced_on) == (
        DOCUMENT,
        BODY,
        ANNOUNCED_ON,
    )
    assert [row.number for row in reading.rows] == [1, 2, 3]
    assert reading.rows == read(LIST, "xlsx").rows


@pytest.mark.parametrize(
    ("written", "whole", "tail"),
    [
        ("229901198503171022", "229901198503171022", None),
        ("22************1022", None, "1022"),
        ("2299＊＊＊＊＊＊＊＊＊＊102x", None, "102X"),
        ("1022", None, "1022"),
        ("E12345678", "E12345678", None),
        ("810000198510100018", "810000198510100018", None),
        (None, None, None),
    ],
)
def test_numbers_are_read_as_announced(written: str | None, whole: str | None, tail: str | None) -> None:
    (row,) = read(announced(people(1)).but(1, 证件号码=written)).rows
    assert (row.id_number, row.id_tail) == (whole, tail)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"姓名": None}, "value-missing"),
        ({"姓名": "王□"}, None),
        ({"证件号码": "22"}, "announced-number-unreadable"),
        ({"证件号码": "229901198503171023"}, "announced-number-unreadable"),
        ({"证件号码": 2.29901198503171e17}, "announced-number-unreadable"),
        ({"系列": "工程师"}, "word-unknown"),
        ({"级别": "高高级"}, "level-unknown"),
        ({"职称名称": "工程师"}, "announced-title-unknown"),
        ({"专业": None}, "value-missing"),
        ({"有效区域": "火星"}, "area-code-shape"),
        ({"单位": "<script>"}, "forbidden-character"),
        ({"序号": 2}, "serial-unreadable"),
        ({"序号": "一"}, "serial-unreadable"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else str(one),
)
def test_a_row_that_cannot_be_right_is_told(changed: dict[str, Any], code: str | None) -> None:
    reading = read(LIST.but(1, **changed))
    codes = {one.code for one in reading.findings if one.severity == "error"}
    assert codes if code is None else code in codes


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"公布文号": None}, "column-missing"),
        ({"公布日期": "2023.10.20"}, "date-unreadable"),
        ({"公布日期": date(2027, 1, 1)}, "date-in-future"),
        ({"公布文件摘要": "abc"}, "evidence-digest-shape"),
        ({"公布文件发文单位": "<b>某局"}, "forbidden-character"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else str(one),
)
def test_the_document_must_be_named_rightly(changed: dict[str, Any], code: str) -> None:
    header = {**LIST.header, **changed}
    assert code in {one.code for one in read(AnnouncedFile(header, LIST.rows)).findings}


def test_one_person_stands_once_for_one_title() -> None:
    twice = LIST.also({**LIST.rows[0], "序号": 4})
    assert [(f.row, f.code) for f in read(twice).findings] == [(4, "announced-row-twice")]


def test_every_fault_is_told_at_once() -> None:
    bad = LIST.but(1, 证件号码="22").but(2, 级别="高高级").but(3, 姓名=None)
    found = [(f.row, f.code) for f in read(bad).findings]
    assert found == [(1, "announced-number-unreadable"), (2, "level-unknown"), (3, "value-missing")]


def test_a_county_may_be_named_by_its_name() -> None:
    (row,) = read(announced(people(1)).but(1, 有效区域="珲春市")).rows
    assert row.validity_area == "222404"


def test_columns_that_nobody_asked_for_are_refused() -> None:
    assert "column-unknown" in {f.code for f in read(LIST.with_column("电话")).findings}


def test_an_empty_list_is_no_list() -> None:
    assert "no-rows" in {f.code for f in read(AnnouncedFile(LIST.header, ())).findings}
