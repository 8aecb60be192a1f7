"""Filings of titles acquired as an incentive of an aid mission 援外: a committee of its own beside those of the examples."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from certsvc.adapters.certificate_store import PublicCertificate
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import EXAMPLES, REGULAR, Batch, sample

COMMITTEE, MEETING, LATER_MEETING = "JL-YW-WS", "吉人社职例〔2023〕21号", "吉人社职例〔2023〕22号"
MEETINGS = {
    MEETING: (date(2023, 9, 18), date(2023, 9, 21)),
    LATER_MEETING: (date(2023, 9, 20), date(2023, 9, 21)),
}
CHANNEL = "援疆援藏援外支教激励"
HAN = {"姓名": "韩志远", "证件号码": "229909196802120913", "性别": "男", "出生日期": date(1968, 2, 12)}
_PERSON = ("姓名", "证件类型", "证件号码", "性别", "出生日期")
_TITLE = {
    "工作单位": "示例市第一医院（虚构）",
    "单位类别": "事业",
    "人员类别": "编内",
    "申报系列": "卫生技术人员",
    "申报专业": "内科学",
    "申报级别": "副高级",
    "职称名称": "副主任医师",
    "取得方式": CHANNEL,
    "现职称": "主治医师",
    "现职称级别": "中级",
    "现职称取得时间": date(2007, 10, 20),
    "依据文号": "吉组派〔2019〕3号",
}


def registry_with_aid_committee() -> bytes:
    """The registry of the examples with the committee that reviews aid missions."""
    registry = json.loads((EXAMPLES / "registry.json").read_bytes())
    authorization = {
        "series": "卫生技术人员",
        "specialties": ["内科学"],
        "levels": ["正高级", "副高级"],
        "region": "220000",
        "from": "2021-06-01",
        "to": "2027-05-31",
    }
    registry["committees"].append(
        {
            "code": COMMITTEE,
            "name": "吉林省援外人员激励卫生系列职称评审委员会",
            "kind": "社会化",
            "channels": [CHANNEL],
            "authorizations": [authorization],
            "filing_path": ["省"],
        }
    )
    for reference, meeting in MEETINGS.items():
        registry["meeting_approvals"].append(
            {
                "ref": reference,
                "committee": COMMITTEE,
                "approved_on": "2023-09-08",
                "by": "HRSS-220000",
                "meeting": [day.isoformat() for day in meeting],
            }
        )
    return json.dumps(registry, ensure_ascii=False).encode()


def aid_batch(people: Iterable[Mapping[str, Any]], **header: Any) -> Batch:
    """A filing of aid missions for persons given by the columns that name them."""
    own: dict[str, Any] = {
        "批次编号": "2023-YW-01",
        "评委会代码": COMMITTEE,
        "申报类别": CHANNEL,
        "例会批复文号": MEETING,
    }
    own |= {"备案1报送单位": COMMITTEE, "备案1回执号": "2023-YW-01-1", "公布文号": "吉人社职字〔2023〕121号"}
    own |= dict(
        zip(("评审开始日期", "评审结束日期"), MEETINGS[header.get("例会批复文号", MEETING)], strict=True)
    )
    rows = [{**_TITLE, **person} for person in people]
    return sample(REGULAR).with_rows(rows).with_header(**{**own, **header})


def some_people(count: int) -> list[dict[str, Any]]:
    """Persons of the regular sample, by the columns that name them."""
    return [{column: row[column] for column in _PERSON} for row in sample(REGULAR).rows[:count]]


def issue_aid(
    office: OfficeUnderTest, people: Iterable[Mapping[str, Any]] = (HAN,)
) -> tuple[PublicCertificate, ...]:
    """Certificates of aid missions, filed and issued."""
    office.office.load_registry(registry_with_aid_committee())
    report = office.submit(aid_batch(people).xlsx())
    assert report.rows.admitted == report.rows.total, report.findings
    return office.issue(report)
