"""Scenario S10, first half: a rural talent is paid year by year, until the title is revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller, CallerRole, official
from certsvc.domain.decision import DecisionKind
from certsvc.errors import NotPermitted, RequestError
from tests.decisions.deciders import Deciders, issue_dual, open_deciders
from tests.support.workbooks import RURAL, sample

GUO = {
    "姓名": "郭乡土",
    "证件号码": "229907199508150733",
    "性别": "男",
    "出生日期": date(1995, 8, 15),
    "单位所属行政区划": "222403",
    "申报专业": "肉牛养殖",
    "申报级别": "中级",
    "职称名称": "畜牧师",
}
OF_2022 = {
    "批次编号": "2022-XC-01",
    "评审年度": 2022,
    "例会批复文号": "吉人社职例〔2022〕9号",
    "例会批复日期": date(2022, 8, 10),
    "评审开始日期": date(2022, 8, 22),
    "评审结束日期": date(2022, 8, 24),
    "结果报送日期": date(2022, 8, 25),
    "公示1开始日期": date(2022, 8, 25),
    "公示1结束日期": date(2022, 9, 1),
    "公示2开始日期": date(2022, 8, 25),
    "公示2结束日期": date(2022, 9, 1),
    "备案1日期": date(2022, 9, 2),
    "公布文号": "吉人社职字〔2022〕77号",
    "公布日期": date(2022, 9, 13),
}
YANBIAN = Caller("city", CallerRole.MAKER, "222400")


@pytest.fixture
def deciders(tmp_path: Path, database_url: str) -> Iterator[Deciders]:
    """An office in November 2026, with the meeting of 2022 in its registry."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    opened = open_deciders(tmp_path / "home", clock, database_url)
    opened.office.load_registry(registry_of_2022())
    yield opened
    opened.close()


def registry_of_2022() -> bytes:
    """The registry of the examples with the rural meeting of 2022, held under the authorization of that year."""
    import json

    from tests.support.workbooks import EXAMPLES

    registry: dict[str, Any] = json.loads((EXAMPLES / "registry.json").read_text(encoding="utf-8"))
    for committee in registry["committees"]:
        if committee["code"] == "JL-XC-NY":
            for authorization in committee["authorizations"]:
                authorization["from"] = "2021-01-01"
    registry["meeting_approvals"].append(
        {
            "ref": "吉人社职例〔2022〕9号",
            "committee": "JL-XC-NY",
            "approved_on": "2022-08-10",
            "by": "HRSS-220000",
            "meeting": ["2022-08-22", "2022-08-24"],
        }
    )
    return json.dumps(registry, ensure_ascii=False).encode()


def issue_guo(deciders: Deciders, **changes: Any) -> PublicCertificate:
    """His certificate of 2022."""
    batch = sample(RURAL).with_header(**OF_2022)
    row = {**GUO, "申报日期": date(2022, 3, 1), "评审日期": date(2022, 8, 23), **changes}
    report = deciders.under_test.submit(batch.with_rows([row]).xlsx())
    assert report.rows.admitted == 1, report.findings
    return deciders.under_test.issue(report)[0]


def paid(deciders: Deciders, year: int, by: Caller = YANBIAN) -> list[tuple[Any, ...]]:
    """Name, year number, what is said, and yuan, of every line of a year's roster."""
    reports = deciders.office.information.reports
    with reports.subsidy_roster(year, None, by, "cli") as table:
        places = [table.columns.index(one) for one in ("姓名", "第几年", "发放情况", "金额（元）")]
        return [tuple(row[place] for place in places) for row in table.rows]


def test_s10_an_intermediate_title_of_2022_is_paid_2000_yuan_for_five_years(deciders: Deciders) -> None:
    issue_guo(deciders)
    assert {year: paid(deciders, year) for year in range(2022, 2028)} == {
        2022: [("郭乡土", 1, "发放", 2000)],
        2023: [("郭乡土", 2, "发放", 2000)],
        2024: [("郭乡土", 3, "发放", 2000)],
        2025: [("郭乡土", 4, "发放", 2000)],
        2026: [("郭乡土", 5, "发放", 2000)],
        2027: [],
    }
    assert paid(deciders, 2021) == []


def test_s10_a_revocation_in_2025_stops_the_payment_from_that_year_on(deciders: Deciders) -> None:
    certificate = issue_guo(deciders)
    number = certificate.draft.content.number
    deciders.decide(DecisionKind.REVOKE, number, decided_on=date(2025, 4, 1))
    assert [paid(deciders, year)[0][3] for year in range(2022, 2027)] == [2000, 2000, 2000, 0, 0]
    assert paid(deciders, 2025) == [("郭乡土", 4, "停发", 0)]


def test_a_voided_title_is_owed_for_no_year_and_a_reinstated_one_again(deciders: Deciders) -> None:
    number = issue_guo(deciders).draft.content.number
    deciders.decide(DecisionKind.VOID, number, decided_on=date(2025, 4, 1))
    assert [paid(deciders, year)[0][3] for year in range(2022, 2027)] == [0, 0, 0, 0, 0]
    deciders.decide(DecisionKind.REINSTATE, number, decided_on=date(2026, 2, 1))
    assert paid(deciders, 2026) == [("郭乡土", 5, "发放", 2000)]


def test_no_money_stands_on_the_certificate(deciders: Deciders) -> None:
    certificate = issue_guo(deciders)
    assert "2000" not in certificate.draft.payload.decode().replace("22000", "")
    assert "补贴" not in certificate.draft.payload.decode()


def test_another_city_gets_no_roster_of_this_one_and_the_refusal_is_noted(deciders: Deciders) -> None:
    issue_guo(deciders)
    changchun = official(Actor("changchun", Role.MAKER, "220100"))
    assert paid(deciders, 2022, changchun) == []
    reports = deciders.office.information.reports
    with pytest.raises(NotPermitted), reports.subsidy_roster(2022, "222403", changchun, "cli"):
        pass
    noted = [one.action for one in deciders.office.trail.entries("report/subsidy/2022")]
    assert noted == ["console:report:export.refused"]
    with pytest.raises(RequestError, match="2021"), reports.subsidy_roster(2020, None, YANBIAN, "cli"):
        pass


def test_the_counter_of_2022_knows_the_cattle_industry(deciders: Deciders) -> None:
    issue_guo(deciders)
    rural, cattle, epidemic, *counties = deciders.office.information.reports.quotas(2022, YANBIAN)
    assert (rural.counted, rural.plan, rural.used) == (1, 2000, "0.1")
    assert (cattle.counted, cattle.remark) == (1, "占乡村振兴人才的100.0%")
    assert (epidemic.name, epidemic.counted, epidemic.plan) == ("抗疫激励（历年合计）", 0, 1600)
    assert counties == []  # dual-directed reviews begin in November 2023


def test_the_counters_of_2023_hold_the_counties_against_a_tenth_of_their_posts(deciders: Deciders) -> None:
    issue_dual(deciders)
    *_, holders, usable = deciders.office.information.reports.quotas(2023, YANBIAN)
    assert (holders.name, holders.counted, holders.plan) == ("珲春市双定向：累计有效", 1, 42)
    assert (usable.name, usable.counted, usable.plan) == ("珲春市双定向：2023年度", 1, 14)
    assert "吉人社函〔2023〕211号" in usable.clause
