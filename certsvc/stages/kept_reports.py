"""Verification reports found again by their codes: what one said when it was made, and how its certificate stands now.

A report is a photograph: it ends on its last day, and what it is about goes on changing. So both verdicts are told, side by
side. After a retention the row is deleted, and its code answers like one that never was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from certverify import Verdict

from certsvc.domain.report_table import shanghai_day
from certsvc.errors import UnknownReference
from certsvc.ports import Clock
from certsvc.ports.kept_reports import KeptReport, ReportBoard, ReportStore
from certsvc.stages.verify import Verification

NO_REPORT: Final = (
    "未查询到这份核验报告：请核对报告查验码；报告到期并超过保存期限的，记录已经删除，请直接核验证书。"
)
_CHUNK: Final = 500
_STANDING: Final = ("verdict", "authentic", "status", "valid_here", "replaced_by")


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """A report as it was made, whether its last day is over, and the verdict of now by the same question."""

    report: KeptReport
    ended: bool
    now: Verdict

    @property
    def changed(self) -> bool:
        """Whether anything that decides about reliance is told otherwise now than in the report."""
        told: dict[str, Any] = self.now.as_json()
        return any(self.report.verdict[name] != told[name] for name in _STANDING)


@dataclass(frozen=True, slots=True)
class ReportChecking:
    """Answers those who hold a report."""

    board: ReportBoard
    verification: Verification
    clock: Clock
    qr_prefix: str

    def check(self, code: str) -> CheckedReport:
        """The report with this code (its 18 symbols). Raises UnknownReference, one and the same; UnavailableError."""
        report = self.board.find(code)
        if report is None:
            raise UnknownReference(NO_REPORT)
        now = self.verification.check_qr(self.qr_prefix + report.qr_text, report.place)
        return CheckedReport(report, shanghai_day(self.clock.now()) > report.ends_on, now)


@dataclass(frozen=True, slots=True)
class ReportRetention:
    """Forgets reports `keep_days` after their last day."""

    store: ReportStore
    clock: Clock
    keep_days: int

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete what is over, chunk by chunk."""
        first_kept = shanghai_day(self.clock.now()) - timedelta(days=self.keep_days)
        while not stopping() and self.store.forget_ended_before(first_kept, _CHUNK) == _CHUNK:
            pass
