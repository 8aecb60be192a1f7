"""Verification reports 核验报告: a verdict as a signed page that an employer can file, dated, with the way to today's answer.

Only what the authority signed is reported on: for anything else there is no certificate that a report could be about.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from certverify import Verdict
from certverify.base43 import decode_base43
from certverify.verdict import Authentic, Certificate, Outcome, StatusWord

from certsvc.domain.report_face import ReportFace, report_page
from certsvc.domain.share_grant import new_code
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import record_text
from certsvc.ports import Clock, DocumentWriter
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.stages.face import FaceStyle, area_marks, chinese_date
from certsvc.stages.proof import NOT_FOUND
from certsvc.stages.verify import HolderClaim, Verification

REPORT: Final = "核验报告"
_SHANGHAI: Final = timezone(timedelta(hours=8))
_NUMBER_LETTERS: Final = 15
_UNSIGNED = "出示的内容未能确认是发证机关签发的，不能出具核验报告。请先核验，并按核验结果的提示办理。"
_SENTENCES: Final = {
    Outcome.PASSED: "截至状态时间，该证书真实、有效。",
    Outcome.FAILED: "请勿作为任职资格依据，原因见核验说明。",
    Outcome.UNDETERMINED: "现有依据不足，尚不能判定，请按核验说明办理后再次核验。",
}


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """A finished report: its number, the verdict that it states, and the signed PDF."""

    number: str
    verdict: Verdict
    document: bytes


@dataclass(frozen=True, slots=True)
class VerificationReports:
    """Makes reports. The look is noted before the report is handed out; nothing else is kept of it."""

    verification: Verification
    writer: Callable[[], DocumentWriter]
    looks: PersonalLooks
    clock: Clock
    style: FaceStyle
    issuer: str
    random_bytes: Callable[[int], bytes]

    def make(self, question: str | HolderClaim, place: str | None = None) -> VerificationReport:
        """The report on a QR text, or on what the holder's number, name and last four characters name.

        Raises UnknownReference when nothing agrees with the claim, ConflictError when the authority did not sign what is
        shown, UnavailableError when register, tree or signer do not answer.
        """
        qr_text, asked = self._asked(question)
        verdict = self.verification.check_qr(qr_text, place)
        if verdict.authentic is not Authentic.YES or verdict.certificate is None:
            raise ConflictError(_UNSIGNED)
        now, number = self.clock.now(), "B" + new_code(self.random_bytes)[:_NUMBER_LETTERS]
        face = _face(verdict, verdict.certificate, number, asked, now, self.issuer, _code_of(qr_text))
        area = verdict.validity_area
        page = report_page(
            face,
            outcome=verdict.outcome.value,
            findings=[one.zh for one in verdict.findings],
            marks=area_marks(area.code if area else None),
            qr_text=qr_text,
            verdict_json=json.dumps(verdict.as_json(), ensure_ascii=False, indent=1).encode(),
            test_seal=self.style.test_seal,
        )
        document = self.writer().write(page, now)
        self.looks.append(PersonalLook(now, "api", "public", verdict.certificate.number, REPORT))
        return VerificationReport(number, verdict, document)

    def _asked(self, question: str | HolderClaim) -> tuple[str, str]:
        """The QR text under the one published address, and how was asked."""
        if isinstance(question, str):
            return self.style.qr_prefix + question.rpartition("#")[2], "出示证书二维码"
        found = self.verification.identify_holder(question)
        if found is None or found.record is None:
            raise UnknownReference(NOT_FOUND)
        return record_text(found.record, self.style.qr_prefix), "证书编号、姓名和证件号码后四位"


def _face(
    verdict: Verdict,
    certificate: Certificate,
    number: str,
    asked: str,
    now: datetime,
    issuer: str,
    code: str,
) -> ReportFace:
    decision, area = verdict.decision, verdict.validity_area
    as_of = "未能确认" if verdict.as_of is None else f"{_minute(verdict.as_of)}（日志检查点时间）"
    return ReportFace(
        verdict=verdict.outcome.zh,
        sentence=_sentence(verdict),
        holder=verdict.holder or "",
        number=certificate.number,
        version=f"第{certificate.version}版",
        series=certificate.series,
        title=certificate.title,
        level=certificate.level,
        way=certificate.way,
        acquired=chinese_date(date.fromisoformat(certificate.acquired_on)),
        validity_area=f"仅在{area.name}范围内有效" if area else "未限定区域",
        status=verdict.status.zh,
        as_of=as_of,
        asked=asked,
        report_number=number,
        checked_at=_minute(now),
        issuer=issuer,
        decision=""
        if decision is None
        else f"{decision.reference}（{chinese_date(date.fromisoformat(decision.date))}）：{decision.ground}",
        manual_code=code,
    )


def _sentence(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.PASSED and verdict.validity_area is not None:
        return f"截至状态时间，该证书真实、有效，仅在{verdict.validity_area.name}范围内有效。"
    if verdict.outcome is Outcome.FAILED and verdict.status not in (StatusWord.VALID, StatusWord.UNKNOWN):
        return f"该证书当前状态为“{verdict.status.zh}”，{_SENTENCES[Outcome.FAILED]}"
    return _SENTENCES[verdict.outcome]


def _code_of(qr_text: str) -> str:
    """The manual code of the record; its text was decoded already, with its terminator."""
    return manual_code(decode_base43(qr_text.rpartition("#")[2][:-1]))


def _minute(instant: datetime) -> str:
    local = instant.astimezone(_SHANGHAI)
    return f"{chinese_date(local.date())}{local.hour}时{local.minute:02}分"
