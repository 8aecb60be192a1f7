"""Case 69: a filing is compared with the announced list of its document, person by person."""

from __future__ import annotations

from typing import Any

import pytest

from certsvc.domain.caller import OPERATOR
from certsvc.domain.filing import FilingReport, FilingStatus
from tests.announced.lists import CORRECTED, announced, batch, correct, issue, people, put_in_force
from tests.support.office import OfficeUnderTest

PERSONS = people(4)
OPEN, CLEARED = {"公示结果": "有异议"}, {"公示结果": "异议不成立"}


def told(report: FilingReport) -> list[tuple[int | None, str]]:
    return [(f.row, f.code) for f in report.findings if "announced" in f.code]


def file(office: OfficeUnderTest, *rows: dict[str, Any], **header: Any) -> FilingReport:
    return office.submit(batch(rows, **header).xlsx())


@pytest.mark.parametrize("numbers", ["whole", "tails", "none"])
@pytest.mark.parametrize("form", ["list.xlsx", "list.csv"])
def test_a_filing_that_agrees_goes_on(office: OfficeUnderTest, numbers: str, form: str) -> None:
    listed = announced(PERSONS) if numbers == "whole" else announced(PERSONS).shown(numbers)
    put_in_force(office, listed, form)
    report = file(office, *reversed(PERSONS))
    assert (report.status, report.rows.admitted, told(report)) == (FilingStatus.EXAMINED, 4, [])


def test_without_a_list_the_gate_goes_on_as_before(office: OfficeUnderTest) -> None:
    assert told(file(office, *PERSONS)) == []


def test_a_list_that_waits_for_its_second_person_binds_nobody(office: OfficeUnderTest) -> None:
    office.office.announced.load(announced(PERSONS[:3]).xlsx(), "list.xlsx", "list-maker")
    assert told(file(office, *PERSONS)) == []


def test_who_was_announced_and_is_missing_stops_the_batch(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    report = file(office, *PERSONS[:3])
    assert (report.status, told(report)) == (FilingStatus.REFUSED, [(None, "announced-rows-missing")])
    (finding,) = [f for f in report.findings if f.code == "announced-rows-missing"]
    assert (finding.case, "1人" in finding.message, "序号 4" in finding.message) == (69, True, True)


def test_who_was_not_announced_gets_no_certificate_and_the_others_do(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS[:3]))
    report = file(office, *PERSONS)
    assert (report.status, report.rows.admitted, told(report)) == (
        FilingStatus.EXAMINED,
        3,
        [(4, "announced-row-extra")],
    )


def test_who_did_not_pass_need_not_be_announced(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS[:3]))
    assert told(file(office, *PERSONS[:3], {**PERSONS[3], "评审结果": "未通过"})) == []


@pytest.mark.parametrize(
    ("changed", "code", "word"),
    [
        ({"姓名": "赵丙寅"}, "announced-row-differs", "姓名"),
        ({"申报专业": "道路与桥梁工程2"}, "announced-row-differs", "专业"),
        (
            {"申报级别": "副高级", "职称名称": "高级工程师", "现职称": "工程师", "现职称级别": "中级"},
            "announced-row-differs",
            "级别、职称名称",
        ),
        ({"工作单位": "示例路桥公司"}, "announced-unit-differs", "写法不同"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else None,
)
def test_a_row_that_says_something_else_is_told_with_its_column(
    office: OfficeUnderTest, changed: dict[str, Any], code: str, word: str
) -> None:
    first = {**PERSONS[0]}
    if "申报级别" in changed and first["申报级别"] == "副高级":
        changed = {"申报级别": "正高级", "职称名称": "正高级工程师"}
    put_in_force(office, announced(PERSONS))
    report = file(office, {**first, **changed}, *PERSONS[1:])
    assert told(report) == [(1, code)]
    assert word in next(f.message for f in report.findings if f.code == code)


def test_two_of_one_name_unit_and_title_are_held_and_not_guessed(office: OfficeUnderTest) -> None:
    twins = [PERSONS[0], {**PERSONS[1], "姓名": PERSONS[0]["姓名"]}]
    put_in_force(office, announced(twins).shown("none"))
    report = file(office, *twins)
    assert told(report) == [(1, "announced-row-unclear"), (2, "announced-row-unclear")]
    assert report.rows.held == 2


@pytest.mark.parametrize(
    ("header", "column"),
    [({"公布文件发文单位": "公路工程评委会"}, "公布文件发文单位"), ({"公布日期": "2023-10-21"}, "公布日期")],
)
def test_the_header_must_say_of_the_document_what_its_list_says(
    office: OfficeUnderTest, header: dict[str, Any], column: str
) -> None:
    put_in_force(office, announced(PERSONS))
    report = file(office, *PERSONS, **header)
    assert (report.status, told(report)) == (
        FilingStatus.REFUSED,
        [(None, "announced-document-differs")],
    )
    assert column in {f.column for f in report.findings}


def test_a_supplement_need_not_bring_again_who_was_brought(office: OfficeUnderTest) -> None:
    put_in_force(office, announced(PERSONS))
    first = issue(office, batch([*PERSONS[:2], *({**one, **OPEN} for one in PERSONS[2:])]))
    assert len(first) == 2
    report = file(office, {**PERSONS[3], **CLEARED})
    assert (report.rows.admitted, told(report)) == (1, [])


def test_the_answer_is_the_same_again_after_the_list_was_corrected(office: OfficeUnderTest) -> None:
    """The list that the gate saw is kept with the answer."""
    put_in_force(office, announced(PERSONS[:3]))
    report = file(office, *PERSONS)
    correct(office, announced(PERSONS).named(CORRECTED))
    again = office.office.policies.reexamine(report.filing, OPERATOR)
    assert again.same
    now = office.office.policies.reexamine(report.filing, OPERATOR, now=True)
    assert (now.same, now.rows) == (False, (4,))
