"""Scenario S4: 双定向副高 2023 -> 正高 2027 refused -> 常规副高 2027 -> 正高 2032, tenure from 2023 (211号 一（三）)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.test_ca import make_test_chain
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.filing import FilingReport
from tests.access.desk import Desk, open_desk
from tests.credit.asking import ask, register_application_system
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, REGULAR, Batch, sample

PIAO = {
    "姓名": "朴正浩",
    "证件号码": "229902197909040112",
    "性别": "男",
    "出生日期": date(1979, 9, 4),
}
COMMITTEE = "JL-NY-GJ"
MONDAY = {2027: date(2027, 9, 6), 2032: date(2032, 9, 6)}
DUAL_ON = date(2023, 11, 19)


def make_lasting_document_key(keys: Path, now: datetime) -> None:
    """A document certificate for the nine years of the scenario; its renewal has tests of its own (tests/trust)."""
    chain = make_test_chain(now, signer_years=12, issuing_years=15)
    keys.mkdir(mode=0o700)
    (keys / "document.pem").write_bytes(chain.signer_key_pem + b"".join(chain.certificates_pem))
    (keys / "document-ca.crl").write_bytes(chain.revocation_lists_pem)


def test_s4_the_order_of_promotion_after_a_dual_directed_title(tmp_path: Path, database_url: str) -> None:
    clock = FixedClock(datetime(2023, 12, 6, 4, 0, tzinfo=UTC))
    make_lasting_document_key(tmp_path / "keys", clock.now())
    with open_desk(tmp_path, clock, database_url) as desk:
        register_application_system(desk)
        dual = issue(desk, sample(DUAL_DIRECTED).with_rows([PIAO]))
        load_later_years(desk)

        clock.instant = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)
        refused = ask(desk, PIAO, level="正高级", applied_on=date(2027, 3, 1)).told
        assert refused["eligible"] is False
        assert [one["code"] for one in refused["reasons"]] == ["senior-after-dual-directed"]
        assert "先申报并取得常规副高级职称" in refused["reasons"][0]["message"]
        assert ask(desk, PIAO, level="副高级", applied_on=date(2027, 3, 1)).told["eligible"] is True

        clock.instant = at_noon(MONDAY[2027] + timedelta(days=40))
        direct = submit(desk, regular(2027, "正高级", "正高级农艺师", "双定向副高级", DUAL_ON))
        assert "senior-after-dual-directed" in {one.code for one in direct.findings}
        assert direct.rows.admitted == 0
        deputy = issue(desk, regular(2027, "副高级", "高级农艺师", "双定向副高级", DUAL_ON, "副高"))

        told = ask(desk, PIAO, level="正高级", applied_on=date(2032, 3, 1)).told
        assert told["eligible"] is True
        assert told["reasons"] == []
        assert told["base_title"] == number_of(deputy)
        assert told["tenure_start"] == {
            "on": "2023-11-19",
            "source": "dual_directed",
            "number": number_of(dual),
            "optional": True,
            "otherwise_on": (MONDAY[2027] + timedelta(days=1)).isoformat(),
        }
        assert [(one["number"], one["dual_directed"]) for one in told["titles"]] == [
            (number_of(dual), True),
            (number_of(deputy), False),
        ]

        clock.instant = at_noon(MONDAY[2032] + timedelta(days=40))
        senior = issue(
            desk, regular(2032, "正高级", "正高级农艺师", "副高级", MONDAY[2027] + timedelta(days=1))
        )
        numbers = [number_of(one) for one in (dual, deputy, senior)]
        assert len(set(numbers)) == 3
        for number in numbers:
            (version,) = desk.office.office.certificates.versions(number)
            assert version.status is CertificateStatus.VALID, "what was acquired before stays"
        assert dual.draft.content.award.validity_area == "222404"
        assert deputy.draft.content.award.validity_area is None
        assert desk.office.office.trail.verify_chain().fault is None


@pytest.mark.parametrize("year", MONDAY)
def test_the_invented_meetings_begin_on_a_monday(year: int) -> None:
    assert MONDAY[year].weekday() == 0


def at_noon(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def number_of(certificate: PublicCertificate) -> str:
    return certificate.draft.content.number


def submit(desk: Desk, batch: Batch) -> FilingReport:
    return desk.office.submit(batch.xlsx())


def issue(desk: Desk, batch: Batch) -> PublicCertificate:
    """File, approve, issue: the one certificate."""
    report = submit(desk, batch)
    assert report.rows.admitted == 1, report.findings
    (certificate,) = desk.office.issue(report)
    return certificate


def load_later_years(desk: Desk) -> None:
    """What the years to come will bring: a committee with its meetings, and the calendars of those years."""
    for year in MONDAY:
        days = [f"{year}-{one}" for one in ("01-01", "05-01", "10-01", "10-02", "10-03")]
        calendar = {
            "format": "certsvc-calendar/1",
            "year": year,
            "document": f"测试用{year}年放假安排",
            "holidays": days,
            "makeup_days": [],
        }
        desk.office.office.policies.load_calendar(json.dumps(calendar, ensure_ascii=False).encode())
    registry = json.loads((EXAMPLES / "registry.json").read_text(encoding="utf-8"))
    scope = {
        "series": "农业技术人员",
        "specialties": ["农艺"],
        "levels": ["正高级", "副高级"],
        "region": "220000",
    }
    registry["committees"].append(
        {
            "code": COMMITTEE,
            "name": "吉林省农业系列高级职称评审委员会",
            "kind": "社会化",
            "authorizations": [{**scope, "from": f"{year}-01-01", "to": f"{year}-12-31"} for year in MONDAY],
            "filing_path": ["省"],
        }
    )
    registry["meeting_approvals"] += [
        {
            "ref": approval(year),
            "committee": COMMITTEE,
            "approved_on": (monday - timedelta(days=10)).isoformat(),
            "by": "HRSS-220000",
            "meeting": [monday.isoformat(), (monday + timedelta(days=2)).isoformat()],
        }
        for year, monday in MONDAY.items()
    ]
    desk.office.office.load_registry(json.dumps(registry, ensure_ascii=False).encode())


def approval(year: int) -> str:
    return f"吉人社职例〔{year}〕30号"


def regular(year: int, level: str, title: str, base_level: str, base_on: date, batch: str = "正高") -> Batch:
    """A regular filing of agriculture for the one person."""
    monday = MONDAY[year]
    shown = {"开始日期": monday + timedelta(days=3), "结束日期": monday + timedelta(days=10)}
    publicity = {f"公示{place}{word}": day for place in (1, 2) for word, day in shown.items()}
    row: dict[str, Any] = {
        **sample(DUAL_DIRECTED).rows[0],
        **PIAO,
        "申报级别": level,
        "职称名称": title,
        "取得方式": "常规评审",
        "现职称": "高级农艺师（双定向）" if base_level.startswith("双定向") else "高级农艺师",
        "现职称级别": "副高级",
        "现职称取得时间": base_on,
        "聘任起始时间": date(2023, 12, 20),
        "有效区域": None,
        "岗位说明": None,
        "申报日期": date(year, 3, 1),
        "评审日期": monday + timedelta(days=1),
    }
    return (
        sample(REGULAR)
        .with_rows([row])
        .with_header(
            批次编号=f"{year}-NY-{batch}",
            评委会代码=COMMITTEE,
            评审年度=year,
            例会批复文号=approval(year),
            例会批复日期=monday - timedelta(days=10),
            评审开始日期=monday,
            评审结束日期=monday + timedelta(days=2),
            结果报送日期=monday + timedelta(days=3),
            **publicity,
            备案1报送单位=COMMITTEE,
            备案1日期=monday + timedelta(days=11),
            备案1回执号=f"{year}-NY-{batch}-1",
            公布文号=f"吉人社职字〔{year}〕{30 if batch == '正高' else 31}号",
            公布日期=monday + timedelta(days=30),
            申报人数=3,
        )
    )
