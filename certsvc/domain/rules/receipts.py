"""Receipts of the filing chain at the moment of approval: what still rests on the header's claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.receipts import ReceiptStep
from certsvc.domain.rules.clauses import DUAL, ONLINE
from certsvc.domain.rules.registry import declare

_CLAUSE: Final = f"{ONLINE} 三.6；{DUAL} 四（四）"

CLAIMED_ONLY = declare(
    code="filing-receipt-claimed-only",
    severity=Severity.WARNING,
    clause=_CLAUSE,
    summary="下级备案须由受理部门的账号登记回执；测试环境可凭批次信息所填先行同意",
    message="{level}备案尚无受理部门登记的回执，仅以批次信息所填（{claimed}）为据。请受理部门补登回执。",
    good="市州备案由延边州账号登记回执 2023-SDX-222404-NY-1",
    bad="市州备案只在批次信息中填写",
)


def check_receipts(missing: Iterable[ReceiptStep]) -> Iterator[Finding]:
    """One warning for every level that nobody recorded."""
    for step in missing:
        claimed = "，".join(str(value) for value in (step.claimed_on, step.claimed_ref) if value is not None)
        yield CLAIMED_ONLY.finding(
            column=f"备案{step.step}回执号", level=step.level.value, claimed=claimed or "未填"
        )
