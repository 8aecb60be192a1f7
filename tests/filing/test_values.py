"""Every value-level case of the catalogue of bad inputs, through a real workbook."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest

from certsvc.adapters.workbook import read_workbook
from certsvc.domain.findings import Severity
from certsvc.domain.id_numbers import check_character
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level
from certsvc.stages.filing import accept
from tests.filing.batches import cases, one_person, stopping, taken_in
from tests.support.workbooks import EXAMPLES, FAULTY, GOOD_SAMPLES, REGULAR, sample

ID = "229901198503171022"
FEMALE = {"证件号码": ID, "性别": "女", "出生日期": date(1985, 3, 17)}
LONG_NAME = "阿卜杜热西提·" * 4 + "买买提"


def number(first17: str) -> str:
    return first17 + check_character(first17)


IDENTITY_CASES = [
    (1, "error", {"证件号码": "229901198503171023"}),
    (2, "error", {"证件号码": "22990119850317102"}),
    (3, "error", {"证件号码": "2.29901E+17"}),
    (4, "error", {"证件号码": "229901198503171000"}),
    (5, "error", {"证件号码": 229901198503171022}),
    (6, "warning", {"证件号码": "22990119900101008x", "出生日期": date(1990, 1, 1)}),
    (7, "warning", {"证件号码": "２２９９０１１９８５０３１７１０２２"}),
    (8, "error", {"证件号码": "2299O1198503171022"}),
    (9, "warning", {"证件号码": "'229901198503171022"}),
    (10, "error", {"证件号码": number("22990119850230102")}),
    (11, "error", {"证件号码": number("22990120130317102"), "出生日期": date(2013, 3, 17)}),
    (11, "error", {"证件号码": number("22990120990317102"), "出生日期": date(2099, 3, 17)}),
    (14, "hold", {"证件号码": "229901660401001", "性别": "男", "出生日期": date(1966, 4, 1)}),
    (15, "error", {"证件类型": "港澳台居民居住证", "证件号码": number("71000019851010003"), "性别": "男"}),
    (15, "error", {"证件号码": "810000198510100018", "性别": "男"}),
    (16, "error", {"证件号码": number("92284019800101001"), "性别": "男"}),
    (17, "error", {"证件类型": "护照", "证件号码": "护照E1234567"}),
]


@pytest.mark.parametrize(("case", "severity", "changes"), IDENTITY_CASES)
def test_a_faulty_id_number_is_told_with_its_case(case: int, severity: str, changes: dict[str, Any]) -> None:
    intake = taken_in(one_person(**{**FEMALE, **changes}))
    assert cases(intake) == {(case, severity, "证件号码")}
    usable = severity != "error" or case == 11
    assert (intake.submission.rows[0].document is not None) is usable
    assert ("证件号码" in intake.submission.rows[0].unreadable) is not usable


OTHER_CASES = [
    (12, "error", "性别", {"性别": "男"}),
    (13, "error", "出生日期", {"出生日期": date(1985, 3, 18)}),
    (18, "error", "证件类型", {"证件类型": "学生证"}),
    (18, "error", "证件类型", {"证件类型": None}),
    (24, "error", "姓名", {"姓名": None}),
    (24, "error", "姓名", {"姓名": "  "}),
    (24, "error", "姓名", {"姓名": "无"}),
    (25, "error", "姓名", {"姓名": "张\ue863"}),
    (25, "error", "工作单位", {"工作单位": "长春\U000f0001公司"}),
    (26, "warning", "姓名", {"姓名": "阿依努尔•买买提"}),
    (26, "warning", "姓名", {"姓名": "阿依努尔・买买提"}),
    (26, "warning", "姓名", {"姓名": "阿依努尔．买买提"}),
    (27, "error", "姓名", {"姓名": "李?"}),
    (27, "error", "姓名", {"姓名": "李□"}),
    (27, "error", "姓名", {"姓名": "李\ufffd"}),
    (28, "warning", "姓名", {"姓名": "王 丽"}),
    (28, "warning", "姓名", {"姓名": "王\u3000丽"}),
    (29, "error", "姓名", {"姓名": "王<b>丽"}),
    (29, "error", "姓名", {"姓名": "王\u200b丽"}),
    (29, "error", "工作单位", {"工作单位": "<script>alert(1)</script>"}),
    (29, "error", "备注", {"备注": "第一行\n第二行"}),
    (29, "error", "证件号码", {"证件号码": "<img src=x>"}),
    (29, "error", "评审日期", {"评审日期": "<b>2023</b>"}),
    (30, "error", "姓名", {"姓名": "买" * 51}),
    (30, "error", "姓名", {"姓名": "买" * 5000}),
    (35, "error", "统一社会信用代码", {"统一社会信用代码": "91229922MA921460XA"}),
    (35, "error", "统一社会信用代码", {"统一社会信用代码": "91229901"}),
    (36, "error", "统一社会信用代码", {"统一社会信用代码": "9122990IMA00000159"}),
    (37, "warning", "单位类别", {"统一社会信用代码": "12229900A000000112", "单位类别": "企业"}),
    (41, "error", "工作单位", {"工作单位": None, "统一社会信用代码": None}),
    (41, "error", "统一社会信用代码", {"统一社会信用代码": None}),
    (79, "error", "申报级别", {"申报级别": "专业技术三级岗位"}),
    (85, "error", "工作单位", {"工作单位": "锟斤拷锟斤拷"}),
    (90, "error", "评审日期", {"评审日期": "2023-02-29"}),
    (90, "error", "评审日期", {"评审日期": "23/6/1"}),
    (90, "error", "评审日期", {"评审日期": "2023/13/1"}),
    (90, "error", "评审日期", {"评审日期": 45078}),
    (90, "error", "出生日期", {"出生日期": 31123}),
    (None, "error", "申报级别", {"申报级别": "高级"}),
    (None, "error", "公示结果", {"公示结果": "没意见"}),
    (None, "error", "评审结果", {"评审结果": "基本通过"}),
    (None, "error", "人员类别", {"人员类别": "外星人"}),
    (None, "error", "人员类别", {"人员类别": "编内人员"}),
    (None, "error", "单位类别", {"单位类别": "外星机构"}),
    (None, "error", "继续教育情况", {"继续教育情况": "也许"}),
    (None, "error", "继续教育情况", {"继续教育情况": "合格吗"}),
    (None, "error", "单位所属行政区划", {"单位所属行政区划": "长春市"}),
    (None, "error", "申报系列", {"申报系列": None}),
    (None, "error", "证件号码", {"证件号码": None}),
    (None, "error", "姓名", {"姓名": "王丽（女）"}),
    (None, "error", "备注", {"备注": "长" * 201}),
    (None, "error", "证件号码", {"证件类型": "台湾居民来往大陆通行证", "证件号码": "X1234"}),
]


@pytest.mark.parametrize(("case", "severity", "column", "changes"), OTHER_CASES)
def test_a_faulty_value_is_told_with_its_case(
    case: int | None, severity: str, column: str, changes: dict[str, Any]
) -> None:
    intake = taken_in(one_person(**{**FEMALE, **changes}))
    assert cases(intake) == {(case, severity, column)}
    assert all(finding.row == 1 and finding.clause and finding.message for finding in intake.findings)


GOOD_VALUES: list[dict[str, Any]] = [
    {},
    {"证件号码": "22990119900101008X", "出生日期": date(1990, 1, 1)},
    {
        "证件类型": "港澳台居民居住证",
        "证件号码": "810000198510100018",
        "性别": "男",
        "出生日期": date(1985, 10, 10),
    },
    {
        "证件类型": "港澳台居民居住证",
        "证件号码": "820000198510100028",
        "性别": "女",
        "出生日期": date(1985, 10, 10),
    },
    {
        "证件类型": "港澳台居民居住证",
        "证件号码": "830000198510100038",
        "性别": "男",
        "出生日期": date(1985, 10, 10),
    },
    {"证件类型": "外国人永久居留身份证", "证件号码": "922840198001010016", "出生日期": date(1980, 1, 1)},
    {"证件类型": "外国人永久居留身份证", "证件号码": "USA110080010100"},
    {"证件类型": "护照", "证件号码": "E12345678"},
    {"证件类型": "港澳居民来往内地通行证", "证件号码": "H1234567890"},
    {"证件类型": "台湾居民来往大陆通行证", "证件号码": "12345678"},
    {"证件号码": number("11010119850317102")},
    {"姓名": LONG_NAME},
    {"姓名": "赵𬭎宇"},
    {"姓名": "李〇"},
    {"姓名": "Anne-Marie O'Neill"},
    {"姓名": "㛃䶮"},
    {"工作单位": None, "统一社会信用代码": None, "单位类别": "乡村"},
    {"工作单位": None, "统一社会信用代码": None, "单位类别": "自由职业"},
    {"统一社会信用代码": "51229900500000015L"},
    {"统一社会信用代码": "112299820000000270"},
    {"评审日期": "2023-09-19"},
    {"评审日期": "2023/9/19"},
    {"申报级别": "1"},
    {"单位所属行政区划": 220106},
    {"备注": "a < b，且 =1+1"},
    *({"人员类别": kind} for kind in ["编内", "编外", "人事代理", "自聘", "企业职工", "自由职业", "其他"]),
    *({"人员类别": kind} for kind in ("公务员", "参照公务员管理人员", "事业单位管理岗人员", "离退休人员")),
    *({"单位类别": kind} for kind in ["事业", "企业", "评聘结合", "自主评审", "自由职业", "乡村"]),
    *({"继续教育情况": state} for state in ("合格", "不合格", "未完成", "JX2023-00123", "90学时", None)),
]


@pytest.mark.parametrize("changes", GOOD_VALUES)
def test_a_right_value_is_accepted_without_a_word(changes: dict[str, Any]) -> None:
    intake = taken_in(one_person(**{**FEMALE, **changes}))
    assert intake.findings == ()
    assert intake.submission.rows[0].document is not None


def test_the_long_name_of_the_table_has_thirty_one_characters() -> None:
    assert len(LONG_NAME) == 31


def test_faults_that_were_put_right_leave_a_usable_value() -> None:
    row = taken_in(
        one_person(
            **{**FEMALE, "姓名": "阿依努尔 ・ 买买提", "证件号码": "’２２９９０１１９８５０３１７１０２２"}
        )
    )
    assert row.submission.rows[0].name == "阿依努尔·买买提"
    assert row.submission.rows[0].document is not None
    assert row.submission.rows[0].document.number == ID
    assert {finding.case for finding in row.findings} == {7, 9, 26}


def test_an_old_number_is_upgraded_and_held() -> None:
    changes = {"证件号码": "229901660401001", "性别": "男", "出生日期": date(1966, 4, 1)}
    document = taken_in(one_person(**changes)).submission.rows[0].document
    assert document is not None
    assert (document.kind, document.number) == (IdKind.CITIZEN, "229901196604010018")


def test_sex_and_birth_are_not_compared_with_a_number_that_is_wrong_itself() -> None:
    intake = taken_in(one_person(证件号码="229901198503171023", 性别="男", 出生日期=date(1999, 1, 1)))
    assert {finding.case for finding in intake.findings} == {1}


def test_all_problems_of_a_row_are_told_at_once() -> None:
    changes = {
        "姓名": "李?",
        "证件号码": "2.29901E+17",
        "评审日期": "23/6/1",
        "工作单位": None,
        "申报专业": None,
    }
    intake = taken_in(one_person(**changes))
    assert {finding.case for finding in intake.findings} == {27, 3, 90, 41, None}


def test_the_mark_of_a_dual_directed_base_is_read_and_taken_off() -> None:
    row = taken_in(one_person(现职称="高级工程师（双定向）", 现职称级别="副高级")).submission.rows[0]
    assert (row.base_title, row.base_level, row.base_dual_directed) == (
        "高级工程师",
        Level.DEPUTY_SENIOR,
        True,
    )


@pytest.mark.parametrize("name", GOOD_SAMPLES)
def test_the_good_samples_raise_no_finding(name: str) -> None:
    intake = taken_in(sample(name))
    assert intake.findings == ()
    assert len(intake.submission.rows) == intake.submission.header.row_count


def test_the_header_of_the_hospital_is_typed() -> None:
    header = taken_in(sample(GOOD_SAMPLES[2])).submission.header
    assert header.approved_ratio == {Level.SENIOR: 45, Level.DEPUTY_SENIOR: 55}
    assert header.approved_quota == {Level.SENIOR: 12, Level.DEPUTY_SENIOR: 15}
    assert header.applicants_by_level == {Level.SENIOR: 26, Level.DEPUTY_SENIOR: 26}
    assert [step.level for step in header.filing_steps] == ["当地", "省"]
    assert [claim.starts_on for claim in header.publicity] == [date(2023, 10, 30)] * 2


VALUE_LEVEL_ROWS = frozenset({1, 2, 3, 4, 5, 8, 9, 10, 11, 13, 24, 25, 26, 29})


def test_the_faulty_sample_raises_exactly_the_expected_findings_of_this_level() -> None:
    raw = (EXAMPLES / FAULTY).read_bytes()
    intake = accept(read_workbook(raw, FAULTY))
    with (EXAMPLES / "2023-问题批次.预期.csv").open(encoding="utf-8-sig", newline="") as expected:
        wanted = {
            (int(line["行"]), int(line["情形编号"]), {"E": "error", "W": "warning"}[line["结果"]])
            for line in csv.DictReader(expected)
            if int(line["行"]) in VALUE_LEVEL_ROWS
        }
    assert {(f.row, f.case, f.severity.value) for f in intake.findings} == wanted
    assert len(intake.findings) == len(wanted)


def test_findings_hold_no_personal_value() -> None:
    intake = accept(read_workbook((EXAMPLES / FAULTY).read_bytes(), FAULTY))
    rows = sample(FAULTY).rows
    told = " ".join(finding.message for finding in intake.findings)
    for row in rows:
        assert str(row["姓名"]) not in told
        assert str(row["证件号码"]) not in told


def test_a_header_value_that_cannot_be_read_is_told_by_its_key() -> None:
    batch = sample(REGULAR).with_header(
        公示1开始日期="2023-02-30", 通过人数="六十", 公示1截图摘要="见附件", 格式版本="9"
    )
    intake = taken_in(batch)
    assert cases(intake) == {
        (90, "error", "公示1开始日期"),
        (None, "error", "通过人数"),
        (None, "error", "公示1截图摘要"),
        (None, "error", "格式版本"),
    }
    assert intake.submission.header.unreadable == {"公示1开始日期", "通过人数", "公示1截图摘要", "格式版本"}
    assert all(finding.row is None for finding in intake.findings)


def test_holds_are_holds_and_nothing_more() -> None:
    intake = taken_in(one_person(证件号码="229901660401001", 性别="男", 出生日期=date(1966, 4, 1)))
    assert [finding.severity for finding in intake.findings] == [Severity.HOLD]
    assert stopping(intake) == ["id-fifteen-digits"]
