"""What the commands about the ledger print: one JSON object, or Chinese text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from certsvc.formats.leaf import EventKind
from certsvc.ports.ledger_rebuilding import AdoptedEvent, Adoption
from certsvc.ports.reconciliation import OpenEvent, UnqueuedRecord

if TYPE_CHECKING:
    from certsvc.stages.ledger_fsck import FsckReport
    from certsvc.stages.ledger_rebuild import RebuildReport
    from certsvc.stages.reconciliation import ReconciliationReport

KINDS: Final = {
    EventKind.ISSUED: "签发",
    EventKind.CORRECTED: "换发",
    EventKind.REVOKED: "撤销",
    EventKind.WRITTEN_OFF: "核销",
    EventKind.VOIDED: "无效",
    EventKind.SUSPENDED: "核查中",
    EventKind.REINSTATED: "恢复",
    EventKind.CREDIT_OPENED: "诚信档案记录开始",
    EventKind.CREDIT_CLOSED: "诚信档案记录结束",
    EventKind.HISTORICAL: "历史数据",
}
_ADVICE: Final = {
    Adoption.WAITING: "已补记",
    Adoption.DRAFTED: "证书草稿尚在，请对该备案再次运行 certsvc issue 完成签章",
    Adoption.KNOWN_SLOT: "决定记录已丢失，请依原决定文件重新录入并由两人确认",
    Adoption.FOREIGN: "业务记录已丢失，请依原备案材料查明持证人并告知；各系列编号已跳到下一号段",
}


def fsck_object(report: FsckReport) -> dict[str, object]:
    """The JSON object of a check."""
    return {
        "sound": report.sound,
        "leaves": report.leaves,
        "published": report.published,
        "counts": {code.value: count for code, count in sorted(report.faults.counts.items())},
        "faults": [
            {"code": fault.code.value, "place": fault.place, "message": fault.message}
            for fault in report.faults.kept
        ],
    }


def fsck_text(report: FsckReport) -> str:
    """The text of a check."""
    read = f"数据库中的账本 {report.leaves:,} 条，公开 {report.published:,} 条"
    if report.sound:
        return f"{read}：全部一致。"
    more = sum(report.faults.counts.values()) - len(report.faults.kept)
    lines = [f"{read}：有不符之处，请勿签发，处理办法见 docs/operations.md。"]
    lines += [f"  [{fault.code.value}] {fault.message}" for fault in report.faults.kept]
    return "\n".join([*lines, f"  另有 {more} 处同类问题。"] if more else lines)


def rebuild_object(report: RebuildReport) -> dict[str, object]:
    """The JSON object of a rebuild."""
    return {
        "before": report.before,
        "now": report.now,
        "events": report.events,
        "open_events": report.open_events,
        "told": [_event_object(one) for one in report.told],
    }


def rebuild_text(report: RebuildReport) -> str:
    """The text of a rebuild."""
    if report.before == report.now:
        return f"数据库中的账本已有全部 {report.now:,} 条，未作改动。"
    lines = [f"账本由 {report.before:,} 条补至 {report.now:,} 条，其中事件 {report.events:,} 个。"]
    if report.open_events:
        lines.append(f"下列 {report.open_events:,} 个事件需要人工处理：")
        lines += [f"  {_event_text(one)}" for one in report.told]
        lines.append("请在处理之前立即备份：再次恢复更早的备份会丢失本次补回的结果。")
    if report.open_events > len(report.told):
        lines.append(f"  另有 {report.open_events - len(report.told):,} 个，请用 --json 或分批处理。")
    return "\n".join(lines)


def reconciliation_object(report: ReconciliationReport) -> dict[str, object]:
    """The JSON object of a reconciliation."""
    return {
        "sound": report.sound,
        "waiting": report.waiting,
        "overdue": [_open_object(one) for one in report.overdue],
        "unpublished": [_open_object(one) for one in report.unpublished],
        "unqueued": [_unqueued_object(one) for one in report.unqueued],
        "recovered": [_open_object(one) for one in report.recovered],
    }


def reconciliation_text(report: ReconciliationReport) -> str:
    """The text of a reconciliation."""
    lines = [f"待入账事件 {report.waiting:,} 个。"]
    for words, events in (
        ("逾期未入账", report.overdue),
        ("已入账但逾期未公开", report.unpublished),
        ("没有业务记录的事件（由公开账本补回，或有人直接写入数据库，请核查）", report.recovered),
    ):
        lines += [f"{words}（{len(events):,} 个）："] if events else []
        lines += [
            f"  {KINDS[one.kind]} {one.subject or '未知'}，{one.since:%Y-%m-%d %H:%M} UTC 起"
            for one in events
        ]
    if report.unqueued:
        lines.append(f"有业务记录而没有入账事件（{len(report.unqueued):,} 个）：")
        lines += [f"  {one.table} {one.subject}" for one in report.unqueued]
    lines.append("账账相符。" if report.sound else "有不符之处，处理办法见 docs/operations.md（对账）。")
    return "\n".join(lines)


def _open_object(one: OpenEvent) -> dict[str, object]:
    return {
        "subject": one.subject or None,
        "version": one.version or None,
        "kind": one.kind.name.lower(),
        "since": one.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "leaf_index": one.leaf_index,
    }


def _unqueued_object(one: UnqueuedRecord) -> dict[str, object]:
    return {"table": one.table, "subject": one.subject or None, "version": one.version}


def _event_text(one: AdoptedEvent) -> str:
    event, subject = one.event, one.subject or "未知"
    return (
        f"第 {event.leaf_index} 条 {KINDS[event.kind]} {subject} "
        f"（{event.effective_on.isoformat()} 起）：{_ADVICE[one.adoption]}。"
    )


def _event_object(one: AdoptedEvent) -> dict[str, object]:
    event = one.event
    return {
        "leaf_index": event.leaf_index,
        "kind": event.kind.name.lower(),
        "effective_on": event.effective_on.isoformat(),
        "slot": event.slot,
        "subject": one.subject or None,
        "version": one.version or None,
        "found": one.adoption.value,
    }
