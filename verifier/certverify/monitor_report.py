"""What one round of a monitor found: as an object for programs, and in words for a person (docs/monitoring.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from certverify.checkpoint import SignedCheckpoint
from certverify.monitor_codes import Found, Weight
from certverify.replay import Replay
from certverify.replay_faults import Fault

_OUTCOMES = {
    Weight.REMARK: ("ok", "一切正常", "ALL RIGHT"),
    Weight.MISBEHAVED: ("misbehaved", "日志有违规行为", "THE LOG MISBEHAVED"),
    Weight.CANNOT_TELL: ("undetermined", "无法判定", "CANNOT TELL"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `detail`: what it is about. `fault` and `index`: the broken rule and its leaf. `evidence`: files."""

    code: Found
    detail: str = ""
    fault: Fault | None = None
    index: int | None = None
    evidence: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "code": self.code.value,
            "weight": self.code.weight.name.lower(),
            "zh": self.code.zh if self.fault is None else f"{self.code.zh}：{self.fault.zh}",
            "en": self.code.en if self.fault is None else f"{self.code.en}: {self.fault.en}",
            "fault": None if self.fault is None else self.fault.value,
            "index": self.index,
            "detail": self.detail,
            "evidence": list(self.evidence),
        }


@dataclass(slots=True)
class Report:
    """One round. What was not reached stays None. `copies`: place and size of every copy that was compared."""

    place: str
    at: datetime
    findings: list[Finding] = field(default_factory=list)
    signed: SignedCheckpoint | None = None
    replay: Replay | None = None
    new_leaves: int = 0
    copies: list[tuple[str, int]] = field(default_factory=list)
    trust: dict[str, str] = field(default_factory=dict)
    cosigned: str | None = None
    trust_sequence: int | None = None

    @property
    def weight(self) -> Weight:
        """The heaviest finding: misbehaviour before doubt before remarks."""
        weights = {finding.code.weight for finding in self.findings}
        order = (Weight.MISBEHAVED, Weight.CANNOT_TELL)
        return next((weight for weight in order if weight in weights), Weight.REMARK)

    @property
    def exit_code(self) -> int:
        """0 all right, 1 the log misbehaved, 2 cannot tell."""
        return int(self.weight)

    def add(self, code: Found, detail: str = "") -> None:
        """One more finding."""
        self.findings.append(Finding(code, detail))

    def as_json(self) -> dict[str, Any]:
        """The object of docs/monitoring.md."""
        return {
            "format": "certverify-monitor/1",
            "outcome": _OUTCOMES[self.weight][0],
            "exit_code": self.exit_code,
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tree": self.place,
            "checkpoint": self._checkpoint(),
            "replayed": None if self.replay is None else self.replay.size,
            "new_leaves": self.new_leaves,
            "slots": None if self.replay is None else self.replay.array.slots,
            "slots_used": None if self.replay is None else self.replay.slots.used,
            "copies": [{"place": place, "size": size} for place, size in self.copies],
            "trust": self.trust,
            "trust_sequence": self.trust_sequence,
            "cosigned": self.cosigned,
            "findings": [finding.as_json() for finding in self.findings],
        }

    def _checkpoint(self) -> dict[str, Any] | None:
        if self.signed is None:
            return None
        signed = self.signed
        return {
            "origin": signed.checkpoint.origin,
            "size": signed.checkpoint.size,
            "root": signed.checkpoint.root.hex(),
            "cosigned_at": _instant(signed.cosigned_at),
            "as_of": _instant(signed.as_of),
            "witnesses": sorted(name.decode("utf-8", "replace") for name in signed.witnesses),
            "witnessed_at": {
                name.decode("utf-8", "replace"): _instant(time)
                for name, time in sorted(signed.witnesses.items())
            },
            "quorum_met": signed.quorum_met,
        }

    def line(self) -> str:
        """The round in one line."""
        _, zh, en = _OUTCOMES[self.weight]
        size = "-" if self.signed is None else f"{self.signed.checkpoint.size:,}"
        codes = " ".join(finding.code.value for finding in self.findings)
        instant = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"{instant} {zh} {en}  {size} (+{self.new_leaves:,}) {codes}".rstrip()

    def words(self) -> str:
        """The whole round, one fact a line."""
        _, zh, en = _OUTCOMES[self.weight]
        lines = [f"监督结果：{zh}", f"Result: {en}", "", f"日志 tree: {self.place}"]
        if self.signed is not None:
            checkpoint = self.signed.checkpoint
            lines += [
                f"名称 origin: {checkpoint.origin}",
                f"条目数 size: {checkpoint.size:,}",
                f"根 root: {checkpoint.root.hex()}",
                f"日志共签时间 cosigned by the log: {_instant(self.signed.cosigned_at) or '-'}",
                f"认定时间 as of: {_instant(self.signed.as_of) or '-'}",
                f"共签的见证方 witnesses: {', '.join(_witness_words(self.signed)) or '-'}",
            ]
        if self.replay is not None:
            lines.append(
                f"已逐条重放 replayed: {self.replay.size:,} (+{self.new_leaves:,}); "
                f"状态位 slots: {self.replay.slots.used:,} / {self.replay.array.slots:,}"
            )
        lines += [f"已比对的副本 compared: {place} ({size:,})" for place, size in self.copies]
        lines += [f"信任文件 trust: {name} {digest}" for name, digest in sorted(self.trust.items())]
        if self.cosigned is not None:
            lines.append(f"审计共签 cosigned: {self.cosigned}")
        for finding in self.findings:
            lines += _finding_words(finding)
        return "\n".join(lines) + "\n"


def _witness_words(signed: SignedCheckpoint) -> list[str]:
    return [
        f"{name.decode('utf-8', 'replace')} ({_instant(time) or '-'})"
        for name, time in sorted(signed.witnesses.items())
    ]


def _finding_words(finding: Finding) -> list[str]:
    told = finding.as_json()
    lines = ["", f"[{told['code']}] {told['zh']}", f"  {told['en']}"]
    if finding.index is not None:
        lines.append(f"  条目 leaf: {finding.index}")
    if finding.detail:
        lines.append(f"  {finding.detail}")
    return [*lines, *(f"  证据 evidence: {path}" for path in finding.evidence)]


def _instant(seconds: int | None) -> str | None:
    if seconds is None or seconds > 253_402_300_799:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
