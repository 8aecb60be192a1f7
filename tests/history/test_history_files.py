"""Files of historical data: every fault is told at once with its place, old words are kept, nothing is half-stored."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.workbook import read_workbook
from certsvc.domain.certificate_number import parse_certificate_number
from certsvc.domain.check_reference import RANDOM_DIGITS, ReferenceKind, build_reference, reference_kind
from certsvc.domain.history import Precision
from certsvc.domain.history_dates import acquired_from_text, read_acquired
from certsvc.domain.history_words import COLUMNS, coded, levels_as_recorded, series_as_recorded
from certsvc.domain.levels import Level
from certsvc.domain.submission import Cell
from certsvc.domain.written_values import UnreadableCellError
from certsvc.errors import UnreadableInput
from certsvc.stages.historical_rows import ReadHistory, read_history
from tests.history.papers import ZHOU, Archive, history_csv, history_xlsx, open_archive

TODAY = date(2026, 11, 20)
WANG = {**ZHOU, "姓名": "王丽", "证件号码": "229901196801012020", "性别": "女", "出生日期": date(1968, 1, 1)}


def read(*rows: Mapping[str, Any], **header: Any) -> ReadHistory:
    return read_history(read_workbook(history_xlsx(rows, **header), "历史.xlsx"), TODAY)


FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("a name that is none", {"姓名": "无"}, "姓名", "name-empty"),
    (
        "a number with a wrong check character",
        {"证件号码": "229901196203120516"},
        "证件号码",
        "id-check-character",
    ),
    ("a number as a number", {"证件号码": 229901620312051}, "证件号码", "id-number-cell"),
    ("no number", {"证件号码": None}, "证件号码", "value-missing"),
    ("a kind of document that is none", {"证件类型": "工作证"}, "证件类型", "id-kind-unknown"),
    ("another sex than the number", {"性别": "女"}, "性别", "sex-differs"),
    ("another birth than the number", {"出生日期": date(1962, 3, 13)}, "出生日期", "birth-differs"),
    ("no title", {"原职称名称": None}, "原职称名称", "value-missing"),
    ("no issuing body", {"原发证单位": None}, "原发证单位", "value-missing"),
    ("a year alone", {"取得时间": "1998"}, "取得时间", "history-acquired-unreadable"),
    ("words for a date", {"取得时间": "九八年夏"}, "取得时间", "history-acquired-unreadable"),
    ("a month that is none", {"取得时间": "1998年13月"}, "取得时间", "history-acquired-unreadable"),
    ("a day to come", {"取得时间": "2027年1月"}, "取得时间", "history-acquired-impossible"),
    ("acquired as a child", {"取得时间": "1970年6月"}, "取得时间", "history-acquired-impossible"),
    (
        "the first day of electronic certificates",
        {"取得时间": "2022-01-01"},
        "取得时间",
        "history-acquired-electronic",
    ),
    (
        "a month of electronic certificates",
        {"取得时间": "2023年9月"},
        "取得时间",
        "history-acquired-electronic",
    ),
    ("a month that has not ended", {"取得时间": "2026-11"}, "取得时间", "history-acquired-electronic"),
    ("no grade", {"材料质量": None}, "材料质量", "history-quality-unknown"),
    ("a grade that is none", {"材料质量": "良好"}, "材料质量", "history-quality-unknown"),
    ("grade A without document", {"公布文号": None}, "公布文号", "history-evidence-missing"),
    ("grade B without archive", {"材料质量": "B", "档案编号": None}, "档案编号", "history-evidence-missing"),
    ("markup", {"备注": "<script>alert(1)</script>"}, "备注", "forbidden-character"),
    ("a private character", {"原评审委员会": "\ue863评委会"}, "原评审委员会", "private-use-character"),
    ("a place that is none", {"单位所属行政区划": "通化"}, "单位所属行政区划", "area-code-shape"),
]


@pytest.mark.parametrize(("changed", "column", "code"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_told_with_row_column_and_advice(changed: dict[str, Any], column: str, code: str) -> None:
    history = read(WANG, {**ZHOU, **changed})
    told = [(one.row, one.column, one.code) for one in history.findings if one.severity == "error"]
    assert (2, column, code) in told
    assert {row for row, _column, _code in told} == {2}
    assert [title.name for title in history.titles] == ["王丽"]
    assert all("请" in one.message for one in history.findings if one.severity == "error")


def test_the_last_title_on_paper_is_of_2021() -> None:
    history = read({**ZHOU, "取得时间": "2021-12-31"}, {**WANG, "取得时间": "2021.12"})
    assert [one for one in history.findings if one.severity == "error"] == []
    late = read({**ZHOU, "取得时间": "2022-01-01"})
    (told,) = [one for one in late.findings if one.severity == "error"]
    assert (told.code, told.clause) == ("history-acquired-electronic", "吉人社函〔2022〕38号 五（一）")
    assert "报送备案" in told.message
    assert "2022-01-01" in told.message


def test_all_faults_of_a_file_are_told_at_once() -> None:
    faulty = {**ZHOU, "性别": "女", "取得时间": "九八年", "材料质量": None}
    history = read(WANG, faulty, {**faulty, "原职称名称": None}, 资料来源=None, 行数=7, 经手人="某")
    told = {(one.row, one.column) for one in history.findings if one.severity == "error"}
    assert told >= {
        (2, "性别"),
        (2, "取得时间"),
        (2, "材料质量"),
        (3, "原职称名称"),
        (None, "资料来源"),
        (None, "行数"),
    }
    assert (None, "经手人") in {(one.row, one.column) for one in history.findings}


def test_xlsx_and_csv_give_the_same_records() -> None:
    row = {**ZHOU, "出生日期": "1962-03-12"}
    by_csv = read_history(read_workbook(history_csv([row]), "历史.csv"), TODAY)
    by_xlsx = read(row)
    assert by_csv.titles == by_xlsx.titles
    assert by_csv.findings == by_xlsx.findings


def test_missing_and_unknown_columns_are_told_once() -> None:
    columns = [column for column in COLUMNS if column != "材料质量"]
    history = read_history(read_workbook(history_csv([ZHOU, WANG], [*columns, "年龄"]), "历史.csv"), TODAY)
    told = {(one.row, one.column, one.code) for one in history.findings if one.code.startswith("column")}
    assert told == {(None, "年龄", "column-unknown"), (None, "材料质量", "column-missing")}
    assert [one for one in history.findings if one.code == "history-quality-unknown"] == []
    assert history.titles == ()


@pytest.mark.parametrize(
    ("cell", "text", "precision"),
    [
        ("2003.6", "2003-06", Precision.MONTH),
        ("2003.10", "2003-10", Precision.MONTH),
        ("2003年6月", "2003-06", Precision.MONTH),
        ("2003-06", "2003-06", Precision.MONTH),
        (2003.6, "2003-06", Precision.MONTH),
        (2003.12, "2003-12", Precision.MONTH),
        ("2003-06-15", "2003-06-15", Precision.DAY),
        ("2003年6月15日", "2003-06-15", Precision.DAY),
        ("2003.6.15", "2003-06-15", Precision.DAY),
        (date(2003, 6, 15), "2003-06-15", Precision.DAY),
    ],
)
def test_a_month_is_kept_as_a_month(cell: Cell, text: str, precision: Precision) -> None:
    acquired = read_acquired(cell)
    assert acquired is not None
    assert (acquired.text, acquired.precision) == (text, precision)
    assert acquired_from_text(text) == acquired
    assert acquired.first <= acquired.last


@pytest.mark.parametrize(
    "cell", [2003.1, 2003, 37787, "2003", "2003.13", "2003年2月30日", "03.6", True, "2003.0"]
)
def test_what_may_mean_two_months_or_none_is_refused(cell: Cell) -> None:
    with pytest.raises(UnreadableCellError):
        read_acquired(cell)


@pytest.mark.parametrize(
    ("series", "level", "title", "expected"),
    [
        ("中学教师", "高级", "中学高级教师", (22, Level.DEPUTY_SENIOR, 220251)),
        ("工程系列", "正高", "高级工程师(教授级)", (5, Level.SENIOR, 50151)),
        ("工程", None, "工程师", (5, Level.INTERMEDIATE, 50301)),
        ("农机", "副高", "高级农机师", (None, Level.DEPUTY_SENIOR, None)),
        (None, None, "工程师", (None, None, None)),
        ("工程", "高级", "总工程师", (5, None, None)),
    ],
)
def test_old_words_have_todays_codes_beside_them_or_none(
    series: str | None, level: str | None, title: str, expected: tuple[Any, ...]
) -> None:
    code = series_as_recorded(series)
    assert (code, *coded(code, levels_as_recorded(level), title)) == expected


def test_words_without_a_code_stay_as_they_are_with_a_warning() -> None:
    history = read({**ZHOU, "原职称系列": "农机", "原职称名称": "高级农机师"})
    (title,) = history.titles
    assert (title.series, title.title) == (None, None)
    assert (title.written["原职称系列"], title.written["原职称名称"]) == ("农机", "高级农机师")
    kept = [one for one in history.findings if one.code == "history-word-kept"]
    assert {(one.column, one.severity.value) for one in kept} >= {
        ("原职称系列", "warning"),
        ("原职称名称", "warning"),
    }


@pytest.fixture
def archive(tmp_path: Path, clock: FixedClock) -> Iterator[Archive]:
    opened = open_archive(tmp_path, clock)
    yield opened
    opened.under_test.close()


def test_one_fault_keeps_the_whole_file_out(archive: Archive) -> None:
    answer = archive.bring_in(WANG, {**ZHOU, "性别": "女"})
    assert (answer.kept, answer.total) == (None, 2)
    assert archive.office.history.store.imports(10) == ()
    assert archive.office.history.store.records(import_id=None, state=None, most=10) == ()


def test_twins_in_the_file_and_known_titles_are_told(archive: Archive) -> None:
    twins = archive.bring_in(ZHOU, ZHOU)
    assert [(one.row, one.code) for one in twins.findings if one.severity == "error"] == [
        (2, "history-twice-in-file")
    ]
    archive.published(ZHOU)
    again = archive.bring_in({**ZHOU, "备注": "另一份名册"})
    assert [one.code for one in again.findings if one.severity == "error"] == ["history-already-recorded"]
    other = archive.bring_in({**WANG, "原职称名称": "中学一级教师", "原职称级别": "中级"})
    assert other.kept is not None
    assert [one.code for one in other.findings] == ["history-number-of-others"]


def test_files_that_are_none_are_refused_with_a_sentence(archive: Archive) -> None:
    for raw in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"a,b\n1,2\n", b"{}"):
        with pytest.raises(UnreadableInput):
            archive.bring_in(raw=raw)


def test_twenty_thousand_rows_are_read_within_the_memory_of_a_filing() -> None:
    rows = [{**ZHOU, "出生日期": "1962-03-12", "档案编号": f"J{n}"} for n in range(20_000)]
    raw = history_csv(rows)
    del rows
    tracemalloc.start()
    history = read_history(read_workbook(raw, "历史.csv"), TODAY)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (history.total, len(history.titles)) == (20_000, 20_000)
    assert most < 300 * 2**20


@given(st.integers(0, 10**RANDOM_DIGITS - 1), st.sampled_from(ReferenceKind))
def test_a_reference_is_never_a_certificate_number_and_finds_a_wrong_character(
    number: int, kind: ReferenceKind
) -> None:
    reference = build_reference(kind, number)
    assert (len(reference), reference_kind(reference)) == (16, kind)
    assert parse_certificate_number(reference) is None
    for place in range(1, 15):
        wrong = str((int(reference[place]) + 1) % 10)
        assert reference_kind(reference[:place] + wrong + reference[place + 1 :]) is None
