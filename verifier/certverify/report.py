"""A verdict in words, for a person at a terminal: Chinese with an English line, or English alone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum

from certverify.verdict import Authentic, Compared, Finding, Outcome, StatusWord, ValidHere, Verdict

_BEIJING = timezone(timedelta(hours=8))


class Language(StrEnum):
    """The languages of the report."""

    ZH = "zh"
    EN = "en"


_OUTCOME_EN = {
    Outcome.PASSED: "PASSED",
    Outcome.FAILED: "NOT PASSED",
    Outcome.UNDETERMINED: "CANNOT TELL",
}
_AUTHENTIC_ZH = {
    Authentic.YES: "电子签名有效，由发证机关签发",
    Authentic.NO: "否",
    Authentic.UNKNOWN: "未能确认",
}
_BY_DECISION = frozenset(
    {StatusWord.SUSPENDED, StatusWord.REVOKED, StatusWord.WRITTEN_OFF, StatusWord.VOIDED}
)
_HERE_ZH = {ValidHere.YES: "有效", ValidHere.NO: "无效", ValidHere.UNDETERMINED: "无法判定"}


def render(verdict: Verdict, language: Language) -> str:
    """The report, one fact a line, ending with a newline."""
    lines = _render_zh(verdict) if language is Language.ZH else _render_en(verdict)
    return "\n".join(lines) + "\n"


def _render_zh(verdict: Verdict) -> list[str]:
    outcome = verdict.outcome
    lines = [f"核验结果：{outcome.zh}", f"Result: {_OUTCOME_EN[outcome]}", ""]
    lines += [f"签发真实性：{_AUTHENTIC_ZH[verdict.authentic]}"]
    if verdict.certificate is not None:
        shown = verdict.certificate
        lines += [
            f"证书编号：{shown.number}（第 {shown.version} 版）",
            f"持证人：{verdict.holder}",
            f"职称：{shown.series}　{shown.title}（{shown.level}）",
            f"取得方式：{shown.way}　取得时间：{shown.acquired_on}",
        ]
    lines += _historical_zh(verdict) + _annotation_zh(verdict)
    lines.append(f"证书状态：{verdict.status.zh}{_as_of_zh(verdict)}")
    if verdict.valid_here is not ValidHere.NOT_ASKED:
        lines.append(f"在使用地：{_HERE_ZH[verdict.valid_here]}")
    lines += _decision_zh(verdict)
    lines += _compared_zh(verdict)
    established, open_points = _sorted(verdict)
    lines += _findings("说明：", [f"{f.zh}〔{f.code.value}〕" for f in established])
    lines += _findings("未能确认的事项：", [f.zh for f in open_points])
    return lines


def _render_en(verdict: Verdict) -> list[str]:
    lines = [f"Result: {_OUTCOME_EN[verdict.outcome]}", "", f"Issued as presented: {verdict.authentic.value}"]
    if verdict.certificate is not None:
        shown = verdict.certificate
        lines += [
            f"Certificate: {shown.number}, version {shown.version}",
            f"Holder: {verdict.holder}",
            f"Series (in Chinese): {shown.series}",
            f"Title (in Chinese): {shown.title}",
            f"Level (in Chinese): {shown.level}",
            f"Way (in Chinese): {shown.way}",
            f"Acquired on: {shown.acquired_on}",
        ]
    lines += _historical_en(verdict) + _annotation_en(verdict)
    as_of = "" if verdict.as_of is None else f", as of {_local(verdict.as_of)} Beijing time (UTC+08:00)"
    lines.append(f"Status: {verdict.status.value}{as_of}")
    if verdict.valid_here is not ValidHere.NOT_ASKED:
        lines.append(f"Valid in the place asked about: {verdict.valid_here.value}")
    lines += _decision_en(verdict)
    lines += _compared_en(verdict)
    established, open_points = _sorted(verdict)
    lines += _findings("Findings:", [f"{f.en} [{f.code.value}]" for f in established])
    lines += _findings("Not established:", [f.en for f in open_points])
    return lines


def _historical_zh(verdict: Verdict) -> list[str]:
    shown = verdict.historical
    if shown is None:
        return []
    words = "　".join(word for word in (shown.series, shown.title, shown.level) if word)
    return [
        f"{shown.label}　查询编号：{shown.reference}（第 {shown.version} 版）",
        f"持证人：{verdict.holder}",
        f"原记载职称：{words}　取得时间：{shown.acquired}　材料质量：{shown.quality}",
    ]


def _historical_en(verdict: Verdict) -> list[str]:
    shown = verdict.historical
    if shown is None:
        return []
    return [
        f"Historical record: {shown.reference}, version {shown.version}",
        f"Holder: {verdict.holder}",
        f"Title as recorded (in Chinese): {shown.title}",
        *([f"Series as recorded (in Chinese): {shown.series}"] if shown.series else []),
        *([f"Level as recorded (in Chinese): {shown.level}"] if shown.level else []),
        f"Acquired: {shown.acquired}",
        f"Evidence: {shown.quality}",
    ]


def _annotation_zh(verdict: Verdict) -> list[str]:
    shown = verdict.annotation
    if shown is None:
        return []
    return [
        f"加注件：{shown.id}　接收单位：{shown.recipient}　用途：{shown.purpose}　到期日：{shown.ends_on}"
    ]


def _annotation_en(verdict: Verdict) -> list[str]:
    shown = verdict.annotation
    if shown is None:
        return []
    return [
        f"Annotated copy: {shown.id}, to be used until {shown.ends_on}",
        f"Recipient: {shown.recipient}",
        f"Purpose: {shown.purpose}",
    ]


def _compared_zh(verdict: Verdict) -> list[str]:
    """The fields of an uploaded file that do not agree, or do in its text layer alone; one line when all agree."""
    rows = verdict.comparison or ()
    column = "文件所印" if verdict.authentic is Authentic.YES else "文件文字层"
    lines = [
        f"{row.label}：{_mark(row, '不一致', '未能对照', '文字层相同，画面未核对')}"
        f"　{column}：{row.printed or '读不出'}　签名记录：{row.signed}"
        for row in rows
        if row.agrees is not True
    ]
    agreeing = sum(row.agrees is True for row in rows)
    return _findings(f"逐项对照：{agreeing} 项一致", lines) or (
        [f"逐项对照：{agreeing} 项全部一致"] if rows else []
    )


def _compared_en(verdict: Verdict) -> list[str]:
    """The same in English; the values are Chinese."""
    rows = verdict.comparison or ()
    column = "printed" if verdict.authentic is Authentic.YES else "text layer"
    lines = [
        f"{row.field}: {_mark(row, 'differs', 'not compared', 'same in the text layer, the page was not looked at')}; "
        f"{column}: {row.printed or 'not readable'}; signed: {row.signed}"
        for row in rows
        if row.agrees is not True
    ]
    agreeing = sum(row.agrees is True for row in rows)
    return _findings(f"Fields compared: {agreeing} agree", lines) or (
        [f"Fields compared: all {agreeing} agree"] if rows else []
    )


def _mark(row: Compared, differs: str, unread: str, unseen: str) -> str:
    if row.agrees is False:
        return differs
    return unread if row.printed is None else unseen


def _decision_zh(verdict: Verdict) -> list[str]:
    """Who stands before an ended title learns the decision, or where to learn it: files without network do not hold it."""
    decision = verdict.decision
    if decision is not None:
        return [
            f"决定：{decision.reference}　决定日期：{decision.date}　自 {decision.effective_on} 起算",
            f"理由：{decision.ground}",
        ]
    told = "决定文号、日期和理由：离线数据不含，请在线核验或向发证机关查询"
    return [told] if verdict.status in _BY_DECISION else []


def _decision_en(verdict: Verdict) -> list[str]:
    decision = verdict.decision
    if decision is not None:
        return [
            f"Decision: {decision.reference}, of {decision.date}, counting from {decision.effective_on}",
            f"Ground (in Chinese): {decision.ground}",
        ]
    told = "Decision, date and ground: not in files without network; verify on line or ask the authority"
    return [told] if verdict.status in _BY_DECISION else []


def _sorted(verdict: Verdict) -> tuple[list[Finding], list[Finding]]:
    """The findings that say what is so, and those that say what could not be established."""
    established = [item for item in verdict.findings if item.code not in verdict.not_established]
    return established, [item for item in verdict.findings if item.code in verdict.not_established]


def _findings(title: str, texts: list[str]) -> list[str]:
    return [title, *(f"  - {line}" for line in texts)] if texts else []


def _as_of_zh(verdict: Verdict) -> str:
    return "" if verdict.as_of is None else f"（截至北京时间 {_local(verdict.as_of)}）"


def _local(instant: datetime) -> str:
    return instant.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
