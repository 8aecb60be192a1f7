"""The check of a signed verdict in words, for a person at a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from certverify.report import Language, render
from certverify.signed_verdict import AboutRecord, Believed, ProvenStatus, SignedVerdictCheck
from certverify.signed_verdict_decoding import AskedBy, AskedQuestion
from certverify.verdict import Outcome

_BEIJING = timezone(timedelta(hours=8))
_OUTCOME_ZH = {
    Outcome.PASSED: "通过核验",
    Outcome.FAILED: "未通过核验",
    Outcome.UNDETERMINED: "无法判定",
}
_OUTCOME_EN = {
    Outcome.PASSED: "PASSED",
    Outcome.FAILED: "NOT PASSED",
    Outcome.UNDETERMINED: "CANNOT TELL",
}
_BY_ZH = {AskedBy.QR: "证书二维码", AskedBy.CODE: "校验码", AskedBy.HOLDER: "证书编号、姓名和证件号码后四位"}
_BY_EN = {AskedBy.QR: "QR code", AskedBy.CODE: "manual code", AskedBy.HOLDER: "number, name and last four"}
_ABOUT_ZH = {
    AboutRecord.YES: "是",
    AboutRecord.NO: "否",
    AboutRecord.UNKNOWN: "未能确认",
}


def render_signed_verdict(check: SignedVerdictCheck, language: Language) -> str:
    """Who signed and when, what the log proves, and then the verdict as it was told; ends with a newline."""
    lines = _zh(check) if language is Language.ZH else _en(check)
    told = check.statement
    if told is None:
        return "\n".join(lines) + "\n"
    head = (
        "当时的核验结论 The verdict as it was told"
        if language is Language.ZH
        else "The verdict as it was told"
    )
    return "\n".join([*lines, "", f"—— {head} ——"]) + "\n" + render(told.verdict, language)


def _headline_zh(check: SignedVerdictCheck) -> str:
    """Whether the file is to be believed, and only then what it said: the two are never one sentence for both."""
    told = check.statement
    if check.believed is Believed.NO:
        return "文件不可信，请勿采信"
    if check.believed is Believed.UNKNOWN or told is None:
        return "无法判定文件是否可信"
    then = f"文件可信，当时的结论是{_OUTCOME_ZH[told.verdict.outcome]}"
    if check.about is AboutRecord.NO:
        return f"{then}；但说的不是所出示的证书"
    return then if check.outcome is told.verdict.outcome else f"{then}；但未能确认针对所出示的证书，见说明"


def _headline_en(check: SignedVerdictCheck) -> str:
    told = check.statement
    if check.believed is Believed.NO:
        return "not to be believed"
    if check.believed is Believed.UNKNOWN or told is None:
        return "cannot tell whether the file is to be believed"
    then = f"genuine, and the verdict then was {_OUTCOME_EN[told.verdict.outcome]}"
    if check.about is AboutRecord.NO:
        return f"{then}; but it is about another certificate than the one shown"
    if check.outcome is told.verdict.outcome:
        return then
    return f"{then}; but whether it is about the certificate shown is not established, see the findings"


def _zh(check: SignedVerdictCheck) -> list[str]:
    lines = [
        f"已签名的核验结论：{_headline_zh(check)}",
        f"Signed verdict: {_headline_en(check)}",
        "",
    ]
    told, proven = check.statement, check.proven
    if told is not None:
        lines.append(f"签署：{_local(told.issued_at)}（北京时间），密钥 {check.kid}")
        lines.append(f"核验方式：{_BY_ZH[told.question.by]}{_place_zh(told.question)}")
    if proven is not None:
        lines.append(f"日志证据：{_proof_zh(proven)}")
    if check.about is not AboutRecord.NOT_ASKED:
        lines.append(f"针对所出示的证书记录：{_ABOUT_ZH[check.about]}")
    found = [f"  - {one.zh}〔{one.code.value}〕" for one in check.findings]
    return [*lines, *(["说明：", *found] if found else [])]


def _en(check: SignedVerdictCheck) -> list[str]:
    lines = [f"Signed verdict: {_headline_en(check)}", ""]
    told, proven = check.statement, check.proven
    if told is not None:
        lines.append(f"Signed: {_local(told.issued_at)} Beijing time (UTC+08:00), by key {check.kid}")
        place = "" if told.question.place is None else f", for use in {told.question.place}"
        lines.append(f"Asked by: {_BY_EN[told.question.by]}{place}")
    if proven is not None:
        at = "" if proven.cosigned_at is None else f" at {_local(proven.cosigned_at)} Beijing time"
        lines.append(
            f"Proven by the log: {proven.origin} with {proven.size} leaves{at} had "
            f"slot {proven.slot} as {proven.word.value}"
        )
    if check.about is not AboutRecord.NOT_ASKED:
        lines.append(f"About the record shown: {check.about.value}")
    found = [f"  - {one.en} [{one.code.value}]" for one in check.findings]
    return [*lines, *(["Findings:", *found] if found else [])]


def _place_zh(question: AskedQuestion) -> str:
    return "" if question.place is None else f"，使用地 {question.place}"


def _proof_zh(proven: ProvenStatus) -> str:
    at = "" if proven.cosigned_at is None else f"，{_local(proven.cosigned_at)}（北京时间）"
    return f"{proven.origin} 第 {proven.size} 条{at}，状态位 {proven.slot} 为“{proven.word.zh}”"


def _local(instant: datetime) -> str:
    return instant.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
