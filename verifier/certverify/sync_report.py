"""What a sync did or refused: as an object for programs, and in words for a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from certverify.monitor_codes import Found, Weight
from certverify.monitor_report import Finding
from certverify.sync_tree import Shards

SCHEMA = "certverify-sync/1"
_BEIJING = timezone(timedelta(hours=8))


class SyncOutcome(StrEnum):
    """What became of the folder."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def zh(self) -> str:
        """In Chinese."""
        return {"updated": "已更新", "unchanged": "没有变化", "refused": "已拒绝，保留原有数据"}[self.value]


@dataclass(slots=True)
class SyncReport:
    """One sync. `size` and what follows describe the folder as it is now; None where it holds nothing yet.

    `before`: the size before. `as_of`: POSIX seconds when its state was the newest. `removed`: stale files (`--prune`).
    `repaired`: files of the folder that were damaged, and were fetched anew.
    """

    place: str
    folder: str
    at: datetime
    outcome: SyncOutcome = SyncOutcome.REFUSED
    findings: list[Finding] = field(default_factory=list)
    before: int | None = None
    size: int | None = None
    as_of: int | None = None
    trust_sequence: int | None = None
    whole_log: bool = False
    shards: Shards = field(default_factory=Shards)
    files: int = 0
    bytes: int = 0
    removed: int = 0
    repaired: int = 0

    def add(self, code: Found, detail: str = "", evidence: tuple[str, ...] = ()) -> None:
        """One more finding."""
        self.findings.append(Finding(code, detail, evidence=evidence))

    @property
    def exit_code(self) -> int:
        """0 the folder holds what the address shows, 1 the log misbehaved, 2 refused for another reason."""
        if any(finding.code.weight is Weight.MISBEHAVED for finding in self.findings):
            return 1
        return 2 if self.outcome is SyncOutcome.REFUSED else 0

    @property
    def age(self) -> int | None:
        """Seconds since `as_of`."""
        return None if self.as_of is None else max(0, int(self.at.timestamp()) - self.as_of)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        as_of = None if self.as_of is None else datetime.fromtimestamp(self.as_of, UTC)
        return {
            "schema": SCHEMA,
            "place": self.place,
            "folder": self.folder,
            "outcome": self.outcome.value,
            "findings": [finding.as_json() for finding in self.findings],
            "before": self.before,
            "size": self.size,
            "as_of": None if as_of is None else as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "age": self.age,
            "trust_sequence": self.trust_sequence,
            "whole_log": self.whole_log,
            "shards": {"all": self.shards.all, "fetched": self.shards.fetched},
            "fetched": {"files": self.files, "bytes": self.bytes},
            "removed": self.removed,
            "repaired": self.repaired,
        }

    def words(self) -> str:
        """For a person, Chinese and English side by side, ending with a newline."""
        lines = [f"同步：{self.outcome.zh}　Sync: {self.outcome.value}"]
        if self.size is not None:
            new = "" if self.before in (None, self.size) else f"（原 was {self.before}）"
            lines.append(f"日志条目 entries: {self.size}{new}　信任清单 trust list: {self.trust_sequence}")
        if self.as_of is not None and self.age is not None:
            told = datetime.fromtimestamp(self.as_of, _BEIJING).strftime("%Y-%m-%d %H:%M")
            lines.append(f"数据截至 as of: 北京时间 {told} (UTC+08:00)，{_age(self.age)}")
        lines.append(
            f"取回 fetched: {self.files} 个文件 files, {self.bytes:,} bytes；"
            f"状态分片 shards: {self.shards.fetched}/{self.shards.all}"
        )
        if self.repaired:
            lines.append(f"修复 repaired: {self.repaired} 个损坏的文件 damaged files")
        if self.removed:
            lines.append(f"清理 removed: {self.removed} 个过时文件 stale files")
        for finding in self.findings:
            detail = f"（{finding.detail}）" if finding.detail else ""
            lines.append(f"  - {finding.code.zh} {finding.code.en}{detail}")
            lines += [f"      {path}" for path in finding.evidence]
        return "\n".join(lines) + "\n"


def _age(seconds: int) -> str:
    hours, days = seconds // 3600, seconds // 86_400
    if days:
        return f"{days} 天前 {days} days ago"
    return f"{hours} 小时前 {hours} hours ago" if hours else "不到 1 小时前 less than an hour ago"
