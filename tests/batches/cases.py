"""A self-reviewing unit whose batch is voided, a later 正高级 built on one of its titles, and short ways to decide."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.batch_voiding import BatchKind, BatchProposal
from certsvc.domain.filing import FilingReport
from tests.decisions.deciders import Deciders, open_deciders
from tests.support.workbooks import EXAMPLES, REGULAR, Batch, sample

UNIT = "91229922MA921460XK"
SELF_REVIEWING = {
    "code": "ZZ-220106-01",
    "name": "示例路桥集团职称自主评审委员会",
    "kind": "自主评审",
    "local_hrss": "HRSS-220100",
    "unit_uscc": UNIT,
    "authorizations": [
        {
            "series": "工程技术人员",
            "specialties": ["道路与桥梁工程", "交通工程", "隧道工程"],
            "levels": ["副高级"],
            "region": "220106",
            "from": "2022-03-01",
            "to": "2025-02-28",
        }
    ],
    "filing_path": ["当地", "省"],
}
MEETINGS = (
    ("吉人社职例〔2023〕61号", "ZZ-220106-01", "2023-06-01", ["2023-06-12", "2023-06-13"]),
    ("吉人社职例〔2024〕17号", "JL-GC-GL", "2024-09-06", ["2024-09-18", "2024-09-20"]),
)
GROUND = "该次评审会议未报备案，未按规定程序开展评审工作"


def case_day() -> FixedClock:
    """2025-03-03, ten in the morning in Shanghai."""
    return FixedClock(datetime(2025, 3, 3, 2, 0, tzinfo=UTC))


def open_cases(home: Path, clock: FixedClock, url: str | None = None, **given: Any) -> Deciders:
    """A prepared office that knows the self-reviewing committee, with other settings where given."""
    deciders = open_deciders(home, clock, url, **given)
    deciders.office.load_registry(registry_with_self_reviewer())
    return deciders


def registry_with_self_reviewer() -> bytes:
    """The registry of the examples with the self-reviewing committee and its meetings."""
    known = json.loads((EXAMPLES / "registry.json").read_text(encoding="utf-8"))
    known["committees"].append(SELF_REVIEWING)
    known["meeting_approvals"] += [
        {"ref": ref, "committee": code, "approved_on": on, "by": "HRSS-220000", "meeting": meeting}
        for ref, code, on, meeting in MEETINGS
    ]
    return json.dumps(known, ensure_ascii=False).encode()


def self_reviewed(count: int, **head: Any) -> Batch:
    """The self-reviewed batch of 2023: so many deputy senior engineers, acquired on 2023-06-12."""
    own = {
        "单位所属行政区划": "220106",
        "单位类别": "企业",
        "人员类别": "企业职工",
        "统一社会信用代码": UNIT,
        "工作单位": "示例路桥集团有限公司",
        "取得方式": "自主评审",
        "评审日期": date(2023, 6, 12),
    }
    deputies = [dict(row) for row in sample(REGULAR).rows if row["申报级别"] == "副高级"]
    header = {
        "批次编号": "2023-ZZ-01",
        "评委会代码": "ZZ-220106-01",
        "申报类别": "自主评审",
        "例会批复文号": "吉人社职例〔2023〕61号",
        "例会批复日期": date(2023, 6, 1),
        "评审开始日期": date(2023, 6, 12),
        "评审结束日期": date(2023, 6, 13),
        "结果报送日期": date(2023, 6, 14),
        **publicity(date(2023, 6, 14), date(2023, 6, 28)),
        "备案1层级": "当地",
        "备案1报送单位": "ZZ-220106-01",
        "备案1日期": date(2023, 6, 29),
        "备案2层级": "省",
        "备案2报送单位": "HRSS-220100",
        "备案2日期": date(2023, 6, 30),
        "备案2回执号": "2023-ZZ-01-2",
        "公布文件发文单位": "示例路桥集团有限公司",
        "公布文号": "示路桥字〔2023〕8号",
        "公布日期": date(2023, 7, 10),
        "申报人数": 40,
    }
    rows = [{**row, **own} for row in deputies[:count]]
    return sample(REGULAR).with_rows(rows).with_header(**{**header, **head})


def promoted(rows: list[dict[str, Any]]) -> Batch:
    """The regular 正高级 batch of 2024 for some persons, acquired on 2024-09-18."""
    senior = next(dict(row) for row in sample(REGULAR).rows if row["申报级别"] == "正高级")
    later = {
        "申报级别": senior["申报级别"],
        "职称名称": senior["职称名称"],
        "取得方式": "常规评审",
        "现职称": "高级工程师",
        "现职称级别": "副高级",
        "现职称取得时间": date(2023, 6, 12),
        "申报日期": date(2024, 2, 20),
        "评审日期": date(2024, 9, 18),
    }
    header = {
        "批次编号": "2024-GC-GL-01",
        "评审年度": 2024,
        "例会批复文号": "吉人社职例〔2024〕17号",
        "例会批复日期": date(2024, 9, 6),
        "评审开始日期": date(2024, 9, 18),
        "评审结束日期": date(2024, 9, 20),
        "结果报送日期": date(2024, 9, 23),
        **publicity(date(2024, 9, 23), date(2024, 10, 11)),
        "备案1日期": date(2024, 10, 14),
        "备案1回执号": "2024-GC-GL-01-1",
        "公布文号": "吉人社职字〔2024〕88号",
        "公布日期": date(2024, 10, 25),
    }
    return sample(REGULAR).with_rows([{**row, **later} for row in rows]).with_header(**header)


def publicity(start: date, end: date) -> dict[str, date]:
    """Both places with the same days."""
    days = {f"公示{place}开始日期": start for place in (1, 2)}
    return days | {f"公示{place}结束日期": end for place in (1, 2)}


def submit(deciders: Deciders, batch: Batch) -> FilingReport:
    """File a batch whose rows are all admitted."""
    report = deciders.under_test.submit(batch.xlsx())
    assert report.rows.admitted == report.rows.total, [(f.row, f.code, f.message) for f in report.findings]
    return report


def issue_batch(deciders: Deciders, batch: Batch) -> tuple[str, tuple[PublicCertificate, ...]]:
    """File, approve and issue; the filing and its certificates."""
    report = submit(deciders, batch)
    return report.filing, deciders.under_test.issue(report)


def voiding(filing: str, **given: Any) -> BatchProposal:
    """A proposal to void a filing's batch that is right unless something else is given."""
    words = {"document_ref": "吉人社函〔2025〕5号", "decided_on": date(2025, 3, 3), "ground": GROUND}
    return BatchProposal(BatchKind.VOID, filing, **{**words, **given})


def void(deciders: Deciders, filing: str) -> str:
    """Void a batch by two persons; the batch decision."""
    proposed = deciders.office.case_work.batches.propose(voiding(filing), "maker")
    return deciders.office.confirm_batch(proposed, "checker").id


def restore(deciders: Deciders, batch: str) -> str:
    """Restore a voided batch by two persons; the new batch decision."""
    batches = deciders.office.case_work.batches
    lifting = batches.restoration(
        batch, "吉人社函〔2025〕9号", date(2025, 3, 3), "经复核，该次评审会议已备案"
    )
    return deciders.office.confirm_batch(batches.propose(lifting, "maker"), "checker").id


def numbers(certificates: tuple[PublicCertificate, ...]) -> list[str]:
    return [one.draft.content.number for one in certificates]


def shown(deciders: Deciders, certificates: tuple[PublicCertificate, ...]) -> Counter[str]:
    """The statuses that an outsider finds by the QR symbols, counted."""
    return Counter(deciders.under_test.check_qr(one)["status"] for one in certificates)
