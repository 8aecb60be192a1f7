"""Whole stories: a committee's filing goes in, an employer's verdict comes out (scenarios S1, S2, S3, S9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.errors import ConflictError
from tests.support.office import OfficeUnderTest
from tests.support.tools import Run
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

LIN = {
    "姓名": "林晓棠",
    "证件号码": "229901198503171022",
    "性别": "女",
    "出生日期": date(1985, 3, 17),
    "申报专业": "道路与桥梁工程",
    "申报级别": "副高级",
    "职称名称": "高级工程师",
    "现职称": "工程师",
    "现职称级别": "中级",
    "统一社会信用代码": "91229901MA00000159",
}
PIAO = {
    "姓名": "朴正浩",
    "证件号码": "229902197909040112",
    "性别": "男",
    "出生日期": date(1979, 9, 4),
}


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    yield opened
    opened.close()


def test_s1_a_regular_title_waits_for_the_full_publicity_period_then_counts_everywhere(
    office: OfficeUnderTest,
) -> None:
    batch = sample(REGULAR).with_rows([LIN])
    too_early = office.submit(batch.with_header(备案1日期=date(2023, 9, 29), 批次编号="S1-早").xlsx())
    assert too_early.status is FilingStatus.REFUSED
    assert 64 in _cases(too_early) or 67 in _cases(too_early)
    with pytest.raises(ConflictError):
        office.approval.approve(too_early.filing, "maker")

    report = office.submit(batch.xlsx())
    assert (report.status, report.rows.admitted) == (FilingStatus.EXAMINED, 1)
    (certificate,) = office.issue(report)
    verdict = office.check_qr(certificate)
    assert (verdict["verdict"], verdict["status"], verdict["holder"]) == ("passed", "valid", "林**")
    assert verdict["validity_area"] is None
    assert verdict["certificate"]["title"] == "高级工程师"


def test_the_printed_page_carries_its_proof(office: OfficeUnderTest, tmp_path: Path, run_tool: Run) -> None:
    (certificate,) = office.issue(office.submit(sample(DUAL_DIRECTED).with_rows([PIAO]).xlsx()))
    office.office.export(tmp_path / "out", number=certificate.draft.content.number)
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    assert "Total document signed" in run_tool("pdfsig", "-nocert", pdf)
    run_tool("pdftoppm", "-r", "150", "-png", "-singlefile", pdf, tmp_path / "page")
    assert office.check_picture((tmp_path / "page.png").read_bytes())["verdict"] == "passed"


@pytest.mark.parametrize(
    ("place", "verdict", "valid_here"),
    [
        (None, "passed", "not_asked"),
        ("222404", "passed", "yes"),
        ("222401", "failed", "no"),
        ("222400", "undetermined", "undetermined"),
    ],
)
def test_s2_a_dual_directed_title_counts_in_its_county_only(
    office: OfficeUnderTest, place: str | None, verdict: str, valid_here: str
) -> None:
    report = office.submit(sample(DUAL_DIRECTED).with_rows([PIAO]).xlsx())
    (certificate,) = office.issue(report)
    answer = office.check_qr(certificate, place=place)
    assert (answer["verdict"], answer["valid_here"]) == (verdict, valid_here)
    assert answer["validity_area"] == {"code": "222404", "name": "珲春市"}
    assert answer["certificate"]["dual_directed"] is True


def test_s3_wrong_county_wrong_level_and_wrong_filer_are_three_findings_and_nothing_is_issued(
    office: OfficeUnderTest,
) -> None:
    batch = sample(DUAL_DIRECTED).with_rows(
        [
            {**PIAO, "有效区域": "220605", "单位所属行政区划": "220605"},
            {
                "申报级别": "正高级",
                "职称名称": "正高级农艺师",
                "现职称": "高级农艺师",
                "现职称级别": "副高级",
            },
        ]
    )
    report = office.submit(batch.with_header(备案2报送单位="HRSS-222404").xlsx())
    assert {52, 54, 57} <= _cases(report)
    assert (report.status, report.rows.admitted) == (FilingStatus.REFUSED, 0)
    with pytest.raises(ConflictError):
        office.approval.approve(report.filing, "maker")
    assert office.office.certificates.progress(report.filing) == {}


UIGHUR = ("阿依努尔•买买提", "229903198811210241", "女", date(1988, 11, 21))
RARE = ("赵𬭎宇", "229904199102280336", "男", date(1991, 2, 28))
WANG_LI = ("王丽", "229905198307150422", "女", date(1983, 7, 15))
WANG_LI_JASMINE = ("王莉", "229905198307160444", "女", date(1983, 7, 16))
HONG_KONG = ("陈港生", "810000198510100018", "男", date(1985, 10, 10))
NO_GLYPH = ("孙𡉃", "229906197605300515", "男", date(1976, 5, 30))


def test_s9_names_are_normalised_printed_and_never_confused(office: OfficeUnderTest) -> None:
    people = [UIGHUR, RARE, WANG_LI, WANG_LI_JASMINE, HONG_KONG, NO_GLYPH]
    report = office.submit(sample(REGULAR).with_rows(person_row(*one) for one in people).xlsx())
    assert (report.rows.admitted, report.rows.held) == (5, 1)
    assert [f.code for f in report.findings if f.severity == "hold"] == ["glyph-missing"]
    certificates = office.issue(report)
    names = [office.printed_name(certificate) for certificate in certificates]
    assert names == ["阿依努尔·买买提", "赵𬭎宇", "王丽", "王莉", "陈港生"]
    assert len({certificate.draft.content.number for certificate in certificates}) == 5
    for certificate in certificates:
        assert office.check_qr(certificate)["verdict"] == "passed"


def person_row(name: str, number: str, sex: str, born: date) -> dict[str, Any]:
    kind = "港澳台居民居住证" if number.startswith("81") else "居民身份证"
    born_at = datetime(born.year, born.month, born.day)
    return {**LIN, "姓名": name, "证件类型": kind, "证件号码": number, "性别": sex, "出生日期": born_at}


def _cases(report: FilingReport) -> set[int | None]:
    return {finding.case for finding in report.findings}


def test_what_changed_since_filing_is_examined_again_before_anybody_approves(office: OfficeUnderTest) -> None:
    batch = sample(REGULAR).with_rows([LIN])
    first = office.submit(batch.with_header(批次编号="先报").xlsx())
    second = office.submit(batch.with_header(批次编号="后报").xlsx())
    assert (first.rows.admitted, second.rows.admitted) == (1, 1)
    office.issue(first)
    with pytest.raises(ConflictError, match="重新审查"):
        office.approval.approve(second.filing, "maker")
    again = office.office.filings.report(second.filing)
    assert {23, 69} & _cases(again)
    assert again.status is FilingStatus.REFUSED
