"""Filings in words for people: states, outcomes, severities, due days, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from certsvc.domain.filing import FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.receipts import FilingReceipt
from certsvc.domain.regions import REGIONS
from certsvc.domain.rules.registry import Rule, declared_rules
from certsvc.entrypoints.html.spoken import SHANGHAI
from certsvc.ports.filings import ListedFiling, Outcome


@dataclass(frozen=True, slots=True)
class Word:
    """A word in both languages, with its shape: passed, failed, limited or unknown."""

    zh: str
    en: str
    tone: str


STATES: Final = MappingProxyType(
    {
        FilingStatus.REFUSED: Word("整批退回更正", "returned as a whole", "failed"),
        FilingStatus.EXAMINED: Word("已审查，待同意备案", "examined, to be approved", "limited"),
        FilingStatus.APPROVED: Word("已同意，待签发", "approved, to be issued", "limited"),
        FilingStatus.ISSUED: Word("已签发", "issued", "passed"),
    }
)
ISSUING: Final = Word("正在签发", "being issued", "unknown")
OUTCOMES: Final = MappingProxyType(
    {
        Outcome.ADMITTED: Word("可以发证", "admitted", "passed"),
        Outcome.HELD: Word("暂缓", "on hold", "limited"),
        Outcome.REFUSED: Word("不予通过", "refused", "failed"),
    }
)
SEVERITIES: Final = MappingProxyType(
    {
        Severity.ERROR: Word("错误", "error", "failed"),
        Severity.HOLD: Word("暂缓", "hold", "limited"),
        Severity.WARNING: Word("提醒", "warning", "unknown"),
        Severity.INFO: Word("说明", "note", "unknown"),
    }
)
SAID: Final = MappingProxyType(
    {
        "filed": (
            "已收到并审查完毕，结果在下面。",
            "Received and examined; the answer is below.",
            "passed",
        ),
        "known": (
            "这个文件以前报送过，没有重复受理；下面是原来的那次备案。",
            "This very file was filed before; nothing was taken twice. Below is that filing.",
            "unknown",
        ),
        "receipt": ("备案回执已登记。", "The receipt is recorded.", "passed"),
        "approved": (
            "已同意备案。接下来由另一位人员签发。",
            "Approved. Now another person issues.",
            "passed",
        ),
        "issuing": (
            "签发已经开始，在后台进行。可以离开本页，进度不会丢失。",
            "Issuing has begun in the background. You may leave this page; nothing is lost.",
            "passed",
        ),
    }
)
"""What happened, by its code in the address: Chinese, English, tone."""


def state_word(filing: ListedFiling) -> Word:
    """Where a filing stands."""
    if filing.status is FilingStatus.APPROVED and filing.checker is not None:
        return ISSUING
    return STATES[filing.status]


def lateness(receipt: FilingReceipt, due_on: date) -> Word | None:
    """How late the first level received a batch, or recorded that it had; None: in time."""
    late = (receipt.received_on - due_on).days
    if late > 0:
        return Word(f"受理晚于期限 {late} 日", f"received {late} days late", "limited")
    late = (receipt.recorded_at.astimezone(SHANGHAI).date() - due_on).days
    if late > 0:
        return Word(f"期限过后 {late} 日登记", f"recorded {late} days after the due day", "limited")
    return None


def office_word(code: str | None) -> str:
    """The department of a division in words."""
    region = None if code is None else REGIONS.get(code)
    if region is None:
        return "登记簿未写明的部门"
    return f"{region.full_name}人社{'厅' if region.city is None else '局'}"


@cache
def rules_by_code() -> MappingProxyType[str, Rule]:
    """Every rule that findings may name."""
    import certsvc.stages.filing_rows
    import certsvc.stages.gate  # noqa: F401  # whoever examines has all of them declared

    return MappingProxyType({rule.code: rule for rule in declared_rules()})
