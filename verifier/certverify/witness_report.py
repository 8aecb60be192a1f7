"""What a witness knows, for `certverify witness --show`: its key, every log, and the notes that speak against one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from certverify.witness_store import Ground, Latest, Refused, WitnessStore

_GROUNDS = {
    Ground.FORK: "同一大小、两个根：日志分叉的证据 one size, two roots: proof of a fork",
    Ground.UNPROVEN: "一致性证明不成立（单凭此条不能断定分叉） proof does not verify; accuses nobody alone",
    Ground.AUDIT: "审计未通过 refused by the auditor",
    Ground.SUPERSEDED: "审计曾未通过，后已共签 refused by the auditor, and cosigned later",
}


def report(store: WitnessStore) -> dict[str, Any]:
    """One JSON object: `name`, `vkey`, `logs`, `refused` (docs/formats/witness.md)."""
    name, vkey = store.identity() or (None, None)
    return {
        "name": name,
        "vkey": vkey,
        "logs": [_log(latest, kept) for latest, kept in store.all_latest()],
        "refused": [_refused(item) for item in store.all_refused()],
    }


def render_report(told: dict[str, Any]) -> str:
    """The same for people, the notes whole."""
    lines = [f"见证方 witness: {told['name']}", f"公钥 verifier key: {told['vkey']}", ""]
    for log in told["logs"]:
        lines += [
            f"日志 log: {log['origin']}",
            f"  大小 size: {log['size']}    保存的检查点 checkpoints kept: {log['checkpoints_kept']}",
            f"  根 root: {log['root']}",
            f"  共签时间 cosigned at: {log['cosigned_at']}",
        ]
    if not told["logs"]:
        lines.append("尚未共签任何日志。No log was cosigned yet.")
    for item in told["refused"]:
        lines += [
            "",
            f"已拒绝 refused: {item['origin']}, {item['refused_at']}, {item['reason']}",
            f"  {_GROUNDS[Ground(item['ground'])]}",
            *_indented("被拒绝的检查点 the refused note", item["note"]),
            *_indented("此前接受的检查点 the accepted note", item["against"] or ""),
        ]
    if not told["refused"]:
        lines += ["", "没有被拒绝的检查点。No checkpoint was refused."]
    return "\n".join(lines)


def _indented(title: str, note: str) -> list[str]:
    return [f"  {title}:", *(f"    {line}" for line in note.split("\n")[:-1])] if note else []


def _log(latest: Latest, kept: int) -> dict[str, Any]:
    return {
        "origin": latest.origin,
        "size": latest.size,
        "root": latest.root.hex(),
        "cosigned_at": _instant(latest.cosigned_at),
        "note": latest.note.decode() + latest.cosignature,
        "checkpoints_kept": kept,
    }


def _refused(item: Refused) -> dict[str, Any]:
    return {
        "origin": item.origin,
        "ground": item.ground.value,
        "reason": item.reason,
        "size": item.size,
        "root": item.root.hex(),
        "refused_at": _instant(item.refused_at),
        "note": item.note.decode(),
        "against": None if item.against is None else item.against.decode(),
    }


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
