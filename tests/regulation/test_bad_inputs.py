"""The 92 bad inputs: each in a real file through the whole intake, the gate and the store, one answer in every form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import filing, filing_row
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.domain.findings import Finding
from certsvc.domain.levels import level_named
from certsvc.domain.series import series_named
from certsvc.domain.ways import way_named
from certsvc.errors import ConflictError
from tests.regulation import test_damaged_files, test_known_persons
from tests.regulation.bad_input import ERROR, HOLD, ROWS, BadInput, first_rows
from tests.regulation.catalogue import BAD_INPUTS
from tests.regulation.registry import further_registry
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import DUAL_DIRECTED, HOSPITAL, REGULAR, RURAL, Batch

ADVICE = re.compile(r"请|应|须|不予|建议|改走|未予采用|不影响办理|办结后继续")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeUnderTest]:
    """One office for the whole catalogue, with the further committees; late enough for every date in it."""
    home: Path = tmp_path_factory.mktemp("regulation")
    office = OfficeUnderTest(home, FixedClock(datetime(2027, 3, 1, 8, 0, tzinfo=UTC)))
    office.office.load_registry(further_registry())
    yield office
    office.close()


def written(batch: Batch, form: str) -> tuple[bytes, str]:
    match form:
        case "x":
            return batch.xlsx(), "报送.xlsx"
        case "c":
            return batch.csv(), "报送.csv"
        case _:
            return batch.json(), "报送.json"


def told(finding: Finding) -> tuple[str, str, int | None, int | None, str | None]:
    return finding.code, finding.severity.value, finding.case, finding.row, finding.column


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=str)
def test_a_bad_input_is_answered_alike_in_every_form(bad: BadInput, opened: OfficeUnderTest) -> None:
    batch = bad.batch()
    for form in bad.forms:
        report = opened.submit(*written(batch, form))
        _says_what_is_wrong(bad, report)
        _touches_nobody_else(bad, report)
        _is_stored_as_a_whole(bad, report, opened)


def _says_what_is_wrong(bad: BadInput, report: FilingReport) -> None:
    if bad.code is None:
        assert {finding.code for finding in report.findings} <= bad.also
        return
    wanted = {
        (bad.code, bad.severity, bad.case, row, bad.column)
        for row in ((None,) if bad.on_header else bad.rows)
    }
    found = [told(finding) for finding in report.findings]
    assert wanted <= set(found)
    others = {finding.code for finding in report.findings if told(finding) not in wanted}
    assert others <= bad.also | ({"batch-held"} if bad.on_header and bad.severity == HOLD else set())
    for finding in report.findings:
        assert finding.clause.startswith("吉人社函〔202")
        assert ADVICE.search(finding.message)
        assert finding.message.endswith("。")
        assert not re.search(r"[0-9]{15}", finding.message)


def _touches_nobody_else(bad: BadInput, report: FilingReport) -> None:
    rows = report.rows
    if bad.code == "no-rows":
        assert rows.total == 0
        return
    assert rows.total == ROWS
    if bad.on_header and bad.severity == ERROR:
        assert rows.admitted == 0
    else:
        assert (rows.admitted, rows.held, rows.refused) == bad.counts
    if not bad.on_header:
        assert {finding.row for finding in report.findings if finding.row is not None} <= set(bad.rows)


def _is_stored_as_a_whole(bad: BadInput, report: FilingReport, opened: OfficeUnderTest) -> None:
    """What the database holds is the answer; a refused filing can be taken nowhere."""
    office = opened.office
    assert office.filings.report(report.filing) == report
    with office.engine.begin() as connection:
        awards = connection.scalar(
            select(func.count())
            .select_from(filing_row)
            .where(filing_row.c.filing_id == report.filing, filing_row.c.sealed_award.is_not(None))
        )
        kept = connection.scalar(select(filing.c.status).where(filing.c.id == report.filing))
    assert awards == report.rows.admitted
    stopped = bad.on_header and bad.severity == ERROR
    assert kept == (FilingStatus.REFUSED if stopped else FilingStatus.EXAMINED)
    if stopped:
        with pytest.raises(ConflictError):
            opened.approval.approve(report.filing, "maker")


GOOD_BATCHES = [REGULAR, DUAL_DIRECTED, HOSPITAL, RURAL]


def coded(batch: Batch) -> Batch:
    """The same filing in codes instead of words, where there are codes."""

    def row_in_codes(row: Mapping[str, Any]) -> dict[str, Any]:
        series = series_named(row["申报系列"])
        levels = {column: level_named(row[column]) for column in ("申报级别", "现职称级别")}
        way = way_named(row["取得方式"])
        return {
            **row,
            "性别": {"男": "1", "女": "2"}[row["性别"]],
            "申报系列": f"{series:02}",
            **{column: str(int(level)) for column, level in levels.items() if level is not None},
            "取得方式": f"{int(way):02}" if way is not None else None,
        }

    return replace(batch, rows=tuple(row_in_codes(row) for row in batch.rows))


@pytest.mark.parametrize("name", GOOD_BATCHES)
def test_a_good_filing_in_words_or_codes_is_admitted_whole(name: str, opened: OfficeUnderTest) -> None:
    for batch in (first_rows(name), coded(first_rows(name))):
        for form in "xcj":
            report = opened.submit(*written(batch, form))
            assert (report.rows.admitted, report.findings) == (ROWS, ())


KNOWN_PERSONS = {23, 31, 32, 76, 77}
DAMAGED_FILES = {85, 87, 91, 92}


def test_no_case_of_the_catalogue_is_left_out() -> None:
    here = {bad.case for bad in BAD_INPUTS}
    assert here | KNOWN_PERSONS | DAMAGED_FILES == set(range(1, 93))
    for module, cases in ((test_known_persons, KNOWN_PERSONS), (test_damaged_files, DAMAGED_FILES)):
        described = " ".join(
            made.__doc__ or "" for name, made in vars(module).items() if name.startswith("test_")
        )
        named = {
            int(number)
            for found in re.findall(r"Cases? ([0-9, and]+)", described)
            for number in re.findall(r"[0-9]+", found)
        }
        assert cases <= named
