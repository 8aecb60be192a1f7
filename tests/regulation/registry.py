"""The registry of the examples, with the further committees and counties that the bad inputs need."""

from __future__ import annotations

import json
from typing import Any

from tests.support.workbooks import EXAMPLES

MEETING = ["2023-09-18", "2023-09-21"]


def further_registry() -> bytes:
    """`examples/registry.json` and what stands below, as bytes to load."""
    known: dict[str, Any] = json.loads((EXAMPLES / "registry.json").read_bytes())
    known["hrss"] += [
        {"code": "HRSS-222402", "name": "图们市人力资源和社会保障局", "region": "222402", "level": "县区"},
        {"code": "HRSS-222406", "name": "和龙市人力资源和社会保障局", "region": "222406", "level": "县区"},
        {
            "code": "HRSS-220605",
            "name": "白山市江源区人力资源和社会保障局",
            "region": "220605",
            "level": "县区",
        },
    ]
    for committee in known["committees"]:
        for granted in committee["authorizations"]:
            granted["from"], granted["to"] = min(granted["from"], "2019-01-01"), "2028-12-31"
    known["committees"] += [*_COMMITTEES]
    known["meeting_approvals"] += [
        _approval("吉人社职例〔2026〕60号", "JL-GC-GL", "2026-11-01", ["2026-11-24", "2026-11-25"]),
        _approval("吉人社职例〔2023〕20号", "JL-GC-GL", "2023-04-01", ["2023-04-24", "2023-04-26"]),
        _approval("吉人社职例〔2020〕5号", "JL-XC-NY", "2020-08-10", ["2020-08-20", "2020-08-21"]),
        _approval("吉人社职例〔2023〕18号", "JL-GC-GL", "2023-09-20", MEETING),
        _approval("吉人社职例〔2023〕19号", "JL-GC-GL", "2023-09-18", MEETING),
        *(
            _approval(approval_of(committee["code"]), committee["code"], "2023-09-08", MEETING)
            for committee in _COMMITTEES
            if committee["kind"] == "社会化"
        ),
        *(
            _approval(approval_of(code), code, "2023-11-15", ["2023-11-19", "2023-11-19"], "HRSS-222400")
            for code in ("SDX-222402-NY", "SDX-222406-NY", "SDX-220605-NY")
        ),
    ]
    known["dual_directed_counties"] += [
        _county("222402", starts_on="2023-12-01"),
        _county("222406", regular_deputy_senior_posts=20, quota=3),
    ]
    return json.dumps(known, ensure_ascii=False).encode()


def approval_of(committee: str) -> str:
    """The number of the approved meeting of a committee that stands only here."""
    return f"职例〔2023〕{committee}号"


def _approval(ref: str, committee: str, on: str, days: list[str], by: str = "HRSS-220000") -> dict[str, Any]:
    return {"ref": ref, "committee": committee, "approved_on": on, "by": by, "meeting": days}


def _committee(
    code: str, name: str, series: str, specialties: list[str], levels: list[str], **more: Any
) -> dict[str, Any]:
    granted = {
        "series": series,
        "specialties": specialties,
        "levels": levels,
        "region": more.pop("region", "220000"),
        "from": more.pop("from_on", "2022-01-01"),
        "to": more.pop("to_on", "2028-12-31"),
    }
    if "persons" in more:
        granted["persons"] = more.pop("persons")
    return {
        "code": code,
        "name": name,
        "kind": "社会化",
        "authorizations": [granted],
        "filing_path": ["省"],
        **more,
    }


_COMMITTEES = (
    _committee(
        "XH-XYT", "新业态行业协会职称评审委员会", "工程技术人员", ["道路与桥梁工程"], ["副高级", "中级"]
    ),
    _committee(
        "CC-JX", "长春市机械工程职称评审委员会", "工程技术人员", ["机械制造"], ["正高级"], region="220100"
    ),
    _committee(
        "JL-OLD",
        "授权已到期的职称评审委员会",
        "工程技术人员",
        ["道路与桥梁工程"],
        ["正高级"],
        to_on="2023-09-19",
    ),
    _committee(
        "JDYY",
        "编外聘用人员职称评审委员会",
        "卫生技术人员",
        ["内科学"],
        ["正高级", "副高级"],
        persons=["编外"],
    ),
    _committee("JL-KJ", "会计系列职称评审委员会", "会计人员", ["会计"], ["正高级", "副高级", "中级"]),
    _committee("JL-JY", "中小学教师职称评审委员会", "中小学教师", ["语文"], ["正高级", "副高级", "中级"]),
    _committee("JL-WZ", "文学艺术职称评审委员会", "艺术专业人员", ["演奏"], ["副高级", "中级"]),
    *(
        _committee(
            f"SDX-{county}-NY",
            f"{name}农业系列职称“双定向”评审委员会",
            "农业技术人员",
            ["农艺"],
            ["副高级"],
            region=county,
            kind="双定向",
            county=county,
            filing_path=["市州", "省"],
        )
        for county, name in (("222402", "图们市"), ("222406", "和龙市"), ("220605", "白山市江源区"))
    ),
)


def _county(region: str, **changes: Any) -> dict[str, Any]:
    return {
        "region": region,
        "city": "HRSS-222400",
        "consented_on": "2023-11-13",
        "filed_city_on": "2023-11-13",
        "filed_province_on": "2023-11-14",
        "starts_on": "2023-11-14",
        "criteria": {
            "ref": "标〔2023〕1号",
            "confirmed_by_city_on": "2023-11-13",
            "filed_province_on": "2023-11-14",
        },
        "series": [{"name": "农业技术人员", "evaluated_by_city_on": "2023-11-13"}],
        "regular_deputy_senior_posts": 420,
        "quota": 42,
        **changes,
    }
