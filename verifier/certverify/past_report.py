"""A past verdict in words, for a person at a terminal: what stood on the day asked about, every event, the verdict of today."""

from __future__ import annotations

from certverify.leaf import EventType
from certverify.past import Past, PastVerdict, TimelineEvent
from certverify.past_life import LOCAL, Standing
from certverify.report import Language, render
from certverify.status import Status

_KIND_ZH = {
    EventType.ISSUED: "签发",
    EventType.CORRECTED: "更正换发",
    EventType.REVOKED: "撤销",
    EventType.WRITTEN_OFF: "核销",
    EventType.VOIDED: "宣布无效",
    EventType.SUSPENDED: "标记为核查中",
    EventType.REINSTATED: "恢复",
}
_STATUS_ZH = {
    Status.VALID: "有效",
    Status.SUSPENDED: "核查中",
    Status.REVOKED: "已撤销",
    Status.WRITTEN_OFF: "已核销",
    Status.VOIDED: "无效",
}


def render_past(answer: PastVerdict, language: Language) -> str:
    """The report, ending with a newline: first the past, where it has been proven, then the verdict of today."""
    today = render(answer.verdict, language)
    if answer.past is None:
        told = (
            "履历：未能确认，请看下面的说明。\nHistory: not established, see below."
            if language is Language.ZH
            else "History: not established, see below."
        )
        return f"{told}\n\n{today}"
    lines = _zh(answer.past) if language is Language.ZH else _en(answer.past)
    return "\n".join(lines) + "\n\n" + today


def _zh(past: Past) -> list[str]:
    return [
        f"查询日期：{past.on.isoformat()}",
        f"  按当日已登记的情况：{_standing_zh(past.recorded_then)}",
        f"  按目前掌握的情况：{_standing_zh(past.known_now)}",
        "",
        "履历（起算日期｜事件｜入账时间，北京时间）：",
        *(line for event in past.events for line in _event_zh(event)),
        "",
        "以下为今天的核验结果。",
    ]


def _en(past: Past) -> list[str]:
    return [
        f"Day asked about: {past.on.isoformat()}",
        f"  As recorded then: {_standing_en(past.recorded_then)}",
        f"  As known now: {_standing_en(past.known_now)}",
        "",
        "History (counts from | event | logged, Beijing time):",
        *(line for event in past.events for line in _event_en(event)),
        "",
        "The verdict of today follows.",
    ]


def _standing_zh(standing: Standing | None) -> str:
    if standing is None:
        return "无法得知（晚于本文件所载账本的时间）"
    if standing.status is None:
        return "尚无记录"
    return f"{_STATUS_ZH[standing.status]}（第 {standing.version} 版）"


def _standing_en(standing: Standing | None) -> str:
    if standing is None:
        return "cannot be known (later than the log in this file)"
    if standing.status is None:
        return "not recorded"
    return f"{standing.status.name.lower()} (version {standing.version})"


def _event_zh(event: TimelineEvent) -> list[str]:
    hour = event.logged_at.astimezone(LOCAL).strftime("%Y-%m-%d %H 时")
    lines = [f"  {event.effective_on.isoformat()}｜{_KIND_ZH[event.kind]}（第 {event.version} 版）｜{hour}"]
    if event.words is not None:
        lines.append(f"      文号：{event.words.document_ref}　理由：{event.words.ground}")
    return lines


def _event_en(event: TimelineEvent) -> list[str]:
    hour = event.logged_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:00")
    kind = event.kind.name.lower()
    lines = [f"  {event.effective_on.isoformat()} | {kind} (version {event.version}) | {hour}"]
    if event.words is not None:
        lines.append(f"      Document: {event.words.document_ref}  Ground (in Chinese): {event.words.ground}")
    return lines
