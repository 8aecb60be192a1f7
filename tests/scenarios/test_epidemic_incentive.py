"""抗疫激励 and the regular review of a year exclude each other (吉人社函〔2023〕9号 一; 38号 二（三）); a post is no title."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.filing import FilingReport
from certsvc.domain.ways import Way
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, REGULAR, Batch, sample

GUAN: dict[str, Any] = {
    "姓名": "关月",
    "证件号码": "229911199210201264",
    "性别": "女",
    "出生日期": date(1992, 10, 20),
    "工作单位": "示例医院",
    "统一社会信用代码": "12229900A000000112",
    "单位所属行政区划": "220102",
    "单位类别": "事业",
    "人员类别": "编内",
    "申报系列": "卫生技术人员",
    "申报专业": "护理学",
    "申报级别": "副高级",
    "职称名称": "副主任护师",
    "现职称": "主管护师",
    "现职称级别": "中级",
    "现职称取得时间": date(2018, 11, 20),
    "聘任起始时间": date(2018, 12, 1),
    "依据文号": None,
}
IN_REGULAR = {"取得方式": "常规评审", "申报日期": date(2022, 2, 10), "评审日期": date(2022, 8, 20)}
IN_INCENTIVE = {
    "取得方式": "抗疫激励",
    "申报日期": date(2023, 2, 10),
    "评审日期": date(2023, 3, 6),
    "依据文号": "吉人社函〔2023〕9号",
}
COLLEAGUE = GUAN | {
    "姓名": "王丽",
    "证件号码": "229905198307150422",
    "出生日期": date(1983, 7, 15),
}


def registry() -> bytes:
    """The examples' registry with two health committees of the province, one for the incentive alone."""
    known = json.loads((EXAMPLES / "registry.json").read_bytes())
    authorization = {
        "series": "卫生技术人员",
        "specialties": ["护理学"],
        "levels": ["副高级"],
        "region": "220000",
        "from": "2022-03-01",
        "to": "2025-02-28",
    }
    for code, name, channels in (
        ("JL-WS", "吉林省卫生系列高级职称评审委员会", []),
        ("JL-KY", "吉林省抗疫激励职称评审委员会", ["抗疫激励"]),
    ):
        committee = {"code": code, "name": name, "kind": "社会化", "filing_path": ["省"]}
        known["committees"].append(committee | {"channels": channels, "authorizations": [authorization]})
    for ref, committee_code, approved_on, meeting in (
        ("吉人社职例〔2022〕12号", "JL-WS", "2022-08-10", ["2022-08-20", "2022-08-22"]),
        ("吉人社职例〔2023〕1号", "JL-KY", "2023-02-20", ["2023-03-06", "2023-03-07"]),
    ):
        approval = {"ref": ref, "committee": committee_code, "approved_on": approved_on, "by": "HRSS-220000"}
        known["meeting_approvals"].append(approval | {"meeting": meeting})
    return json.dumps(known, ensure_ascii=False).encode()


def batch(header: dict[str, Any], days: dict[str, date], *rows: dict[str, Any]) -> bytes:
    publicity = {f"公示{place}开始日期": days["报送"] for place in (1, 2)}
    publicity |= {f"公示{place}结束日期": days["公示满"] for place in (1, 2)}
    filed: Batch = sample(REGULAR).with_rows(rows)
    return filed.with_header(
        **header,
        **publicity,
        评审年度=2022,
        结果报送日期=days["报送"],
        备案1报送单位=header["评委会代码"],
        备案1日期=days["备案"],
        公布日期=days["公布"],
        申报人数=20,
    ).xlsx()


def regular(*rows: dict[str, Any]) -> bytes:
    """The regular review of 2022."""
    header = {
        "批次编号": "2022-WS-01",
        "评委会代码": "JL-WS",
        "申报类别": "常规",
        "例会批复文号": "吉人社职例〔2022〕12号",
        "例会批复日期": date(2022, 8, 10),
        "评审开始日期": date(2022, 8, 20),
        "评审结束日期": date(2022, 8, 22),
        "公布文号": "吉人社职字〔2022〕60号",
    }
    days = {
        "报送": date(2022, 8, 23),
        "公示满": date(2022, 8, 30),
        "备案": date(2022, 8, 31),
        "公布": date(2022, 9, 9),
    }
    return batch(header, days, *(row | IN_REGULAR for row in rows))


def incentive(*rows: dict[str, Any]) -> bytes:
    """The incentive review for 2022, held in March 2023."""
    header = {
        "批次编号": "2022-KY-01",
        "评委会代码": "JL-KY",
        "申报类别": "抗疫激励",
        "例会批复文号": "吉人社职例〔2023〕1号",
        "例会批复日期": date(2023, 2, 20),
        "评审开始日期": date(2023, 3, 6),
        "评审结束日期": date(2023, 3, 7),
        "公布文号": "吉人社职字〔2023〕20号",
    }
    days = {
        "报送": date(2023, 3, 8),
        "公示满": date(2023, 3, 15),
        "备案": date(2023, 3, 16),
        "公布": date(2023, 3, 24),
    }
    return batch(header, days, *(row | IN_INCENTIVE for row in rows))


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[OfficeUnderTest]:
    opened = OfficeUnderTest(tmp_path, clock, database_url)
    opened.office.load_registry(registry())
    yield opened
    opened.close()


def told(report: FilingReport, row: int) -> set[str]:
    return {finding.code for finding in report.findings if finding.row == row and finding.severity == "error"}


def test_who_passed_the_regular_review_gets_no_incentive_title_beside_it(office: OfficeUnderTest) -> None:
    (first,) = office.issue(office.submit(regular(GUAN)))
    second = office.submit(incentive(GUAN, COLLEAGUE))
    assert "epidemic-and-regular" in told(second, 1)
    assert (second.rows.admitted, second.rows.refused) == (1, 1)
    (other,) = office.issue(second)
    assert other.draft.content.award.way == Way.ANTI_EPIDEMIC
    assert other.draft.content.award.name == "王丽"
    assert office.check_qr(first)["verdict"] == office.check_qr(other)["verdict"] == "passed"


def test_who_has_the_incentive_title_is_refused_in_the_regular_review_of_the_year(
    office: OfficeUnderTest,
) -> None:
    """The incentive for 2022 was acquired in 2023: the year of the review counts, not that of the acquisition."""
    assert len(office.issue(office.submit(incentive(GUAN)))) == 1
    assert "epidemic-and-regular" in told(office.submit(regular(GUAN)), 1)


def test_a_level_three_post_is_no_title_and_makes_no_certificate(office: OfficeUnderTest) -> None:
    post = COLLEAGUE | {"申报级别": "专业技术三级岗位", "职称名称": "专业技术三级岗位"}
    report = office.submit(incentive(GUAN, post))
    refused = [finding for finding in report.findings if finding.row == 2 and finding.severity == "error"]
    assert any(finding.case == 79 for finding in refused)
    issued = office.issue(report)
    assert [one.draft.content.award.name for one in issued] == ["关月"]
