"""The example filings through the real chain: file -> cells -> values -> gate."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from certsvc.adapters.workbook import read_workbook
from certsvc.domain.admission import Admission, Examination, Outcome
from certsvc.domain.findings import Severity
from certsvc.stages.filing import accept
from certsvc.stages.gate import examine
from tests.gate import builders as a
from tests.support.workbooks import REGULAR, Batch, sample

GOOD = {
    "2023-常规-公路工程.xlsx": 60,
    "2023-双定向-珲春市农业.xlsx": 8,
    "2023-评聘结合-医院.xlsx": 25,
    "2023-乡村振兴人才.xlsx": 40,
}
BAD = "2023-问题批次"
OPTIONAL = {21: {55, 58, 59, 61}}
WHOLE = sample(REGULAR)
STOPPING = (Severity.ERROR, Severity.HOLD)


@cache
def examined(name: str) -> Examination:
    intake = accept(read_workbook((a.EXAMPLES / name).read_bytes(), name))
    return examine(intake.submission, intake.findings, a.facts())


def expected() -> dict[int, tuple[int | None, str]]:
    text = (a.EXAMPLES / f"{BAD}.预期.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    return {int(r["行"]): (int(r["情形编号"]) if r["情形编号"] else None, r["结果"]) for r in rows}


def told_of(batch: Batch) -> tuple[list[tuple[str, str | None]], list[list[str]]]:
    """Code and column of what is told on the file and its header, and the codes told on each row."""
    intake = accept(read_workbook(batch.xlsx(), "报送.xlsx"))
    seen = examine(intake.submission, intake.findings, a.facts())
    rows = [[f.code for f in outcome.findings] for outcome in seen.outcomes]
    return [(f.code, f.column) for f in seen.header_findings], rows


SPOILED: list[tuple[Batch, list[tuple[str, str | None]]]] = [
    (WHOLE.with_header(公布文号=None), [("announcement-missing", "公布文号")]),
    (WHOLE.with_header(公布日期="2023-13-01"), [("date-unreadable", "公布日期")]),
    (WHOLE.with_header(评委会代码="JL-XX-00"), [("committee-unknown", "评委会代码")]),
    (WHOLE.with_header(评委会代码=None), [("column-missing", "评委会代码")]),
    (WHOLE.without_column("评审结果"), [("column-missing", "评审结果")]),
    (
        WHOLE.without_column("申报专业", renamed="申报专业方向"),
        [("column-unknown", "申报专业方向"), ("column-missing", "申报专业")],
    ),
    (replace(WHOLE, rows=()), [("no-rows", None)]),
]


@pytest.mark.parametrize(("batch", "told"), SPOILED)
def test_what_spoils_the_whole_filing_is_told_once_and_no_row_repeats_it(
    batch: Batch, told: list[tuple[str, str | None]]
) -> None:
    header, rows = told_of(batch)
    assert header == told
    assert rows == [[]] * len(batch.rows)


def outcome_of(row: int) -> Outcome:
    (outcome,) = (o for o in examined(f"{BAD}.xlsx").outcomes if o.row == row)
    return outcome


@pytest.mark.parametrize(("name", "people"), GOOD.items())
def test_good_filings_admit_everybody_without_error_or_hold(name: str, people: int) -> None:
    seen = examined(name)
    told = [f for f in seen.header_findings if f.severity in STOPPING]
    told += [f for o in seen.outcomes for f in o.findings if f.severity in STOPPING]
    assert told == []
    assert sum(isinstance(o, Admission) for o in seen.outcomes) == len(seen.outcomes) == people


def test_the_good_filings_give_133_certificates() -> None:
    assert sum(len(examined(name).outcomes) for name in GOOD) == 133


def test_the_header_of_the_bad_filing_is_clean() -> None:
    assert examined(f"{BAD}.xlsx").header_findings == ()


@pytest.mark.parametrize("row", range(1, 33))
def test_each_fault_of_the_bad_filing_is_found_and_nothing_else(row: int) -> None:
    case, result = expected()[row]
    outcome = outcome_of(row)
    stopping = {f.case for f in outcome.findings if f.severity in STOPPING}
    match result:
        case "E":
            assert a.verdict(outcome) == "refused"
            assert case in stopping
            assert stopping - {case} <= OPTIONAL.get(row, set())
        case "H":
            assert a.verdict(outcome) == "held"
            assert stopping == {case}
        case "W":
            assert a.verdict(outcome) == "admitted"
            assert case in {f.case for f in outcome.findings if f.severity is Severity.WARNING}
        case "OK":
            assert (a.verdict(outcome), outcome.findings) == ("admitted", ())
        case _:
            assert (a.verdict(outcome), [f.severity for f in outcome.findings]) == (
                "refused",
                [Severity.INFO],
            )


@pytest.mark.parametrize("row", range(33, 41))
def test_clean_rows_of_the_bad_filing_are_admitted(row: int) -> None:
    assert (a.verdict(outcome_of(row)), outcome_of(row).findings) == ("admitted", ())


def test_an_award_holds_what_the_certificate_says() -> None:
    first = examined("2023-双定向-珲春市农业.xlsx").outcomes[0]
    assert isinstance(first, Admission)
    award = first.award
    assert (award.series, award.title, award.level, award.way) == (6, 60201, 2, 4)
    assert (award.validity_area, award.acquired_on) == ("222404", date(2023, 11, 19))
    assert award.announcement_ref == "延州人社职字〔2023〕12号"
    assert award.committee_name == "珲春市农业系列职称“双定向”评审委员会"


def test_findings_name_a_place_and_hold_no_identity_number() -> None:
    seen = examined(f"{BAD}.xlsx")
    for outcome in seen.outcomes:
        for finding in outcome.findings:
            assert finding.row == outcome.row
            assert finding.column
            assert "2299" not in finding.message
