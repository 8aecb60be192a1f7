"""Verification reports 核验报告: a verdict as a signed page that an employer can file, dated, with the way to today's answer.

Only what the authority signed is reported on: for anything else there is no certificate that a report could be about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from certverify import Verdict
from certverify.base43 import decode_base43
from certverify.verdict import Authentic, Certificate, Outcome, StatusWord

from certsvc.domain.report_face import ReportFace, report_page
from certsvc.domain.report_table import SHANGHAI, shanghai_day
from certsvc.domain.share_grant import new_code
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.formats.manual_code import manual_code
from certsvc.formats.record import record_text
from certsvc.formats.report_code import new_report_code, written_report_code
from certsvc.ports import Clock, DocumentWriter
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.kept_reports import KeptReport, ReportStore
from certsvc.stages.face import FaceStyle, area_marks, chinese_date
from certsvc.stages.proof import NOT_FOUND
from certsvc.stages.public_words import making
from certsvc.stages.verify import HolderClaim, Verification

REPORT: Final = "核验报告"
BY_SYMBOL: Final = "出示证书二维码"
BY_CODE: Final = "输入校验码"
BY_CLAIM: Final = "证书编号、姓名和证件号码后四位"
LONGEST_DAYS: Final = 180
_NUMBER_LETTERS: Final = 15
_UNSIGNED = "出示的内容未能确认是发证机关签发的，不能出具核验报告。请先核验，并按核验结果的提示办理。"
_HISTORICAL: Final = "这是历史数据，没有电子证书，不出具证书核验报告。需要书面材料的，请申请历史数据说明。"
_NOT_PRINTABLE: Final = "〓"
_LONGEST_REFERENCE, _LONGEST_GROUND = 40, 80  # what has room; the embedded verdict has the whole
_GOES_ON: Final = "……（全文见所附 verdict.json）"
_SENTENCES: Final = {
    Outcome.PASSED: "截至状态时间，该证书真实、有效。",
    Outcome.FAILED: "请勿作为任职资格依据，原因见核验说明。",
    Outcome.UNDETERMINED: "现有依据不足，尚不能判定，请按核验说明办理后再次核验。",
}


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """A finished report: its number, its code (18 symbols), the verdict that it states, and the signed PDF."""

    number: str
    code: str
    verdict: Verdict
    document: bytes


@dataclass(frozen=True, slots=True)
class VerificationReports:
    """Makes reports. Each is written down before it is signed: what it says, when, until when, and the digest of its document.

    The document is not kept: whoever asked for it has it, its digest tells it from any other, and anybody may ask for
    reports, so that they would fill the archive with copies of what the row says already.
    """

    verification: Verification
    writer: Callable[[], DocumentWriter]
    store: ReportStore
    looks: PersonalLooks
    clock: Clock
    style: FaceStyle
    issuer: str
    days: int
    random_bytes: Callable[[int], bytes]
    missing: Callable[[Iterable[str]], frozenset[str]]

    def make(
        self,
        question: str | HolderClaim,
        place: str | None = None,
        *,
        asked: str = BY_SYMBOL,
        days: int | None = None,
    ) -> VerificationReport:
        """The report on a QR text, or on what the holder's number, name and last four characters name.

        `asked`: how somebody came by the QR text. `days`: until it ends, 1 to 180; None: as the office has set.

        Raises UnknownReference when nothing agrees with the claim, ConflictError
        when the authority did not sign what is shown or it is a historical record, UnavailableError when register, tree or
        signer do not answer.
        """
        if isinstance(question, HolderClaim):
            qr_text, asked = self._text_of(question), BY_CLAIM
        else:
            qr_text = self.style.qr_prefix + question.rpartition("#")[2]
        verdict = self.verification.check_qr(qr_text, place)
        if verdict.historical is not None:
            raise ConflictError(_HISTORICAL)
        if verdict.authentic is not Authentic.YES or verdict.certificate is None:
            raise ConflictError(_UNSIGNED)
        now, number = self.clock.now(), "R" + new_code(self.random_bytes)[:_NUMBER_LETTERS]
        code = new_report_code(self.random_bytes)
        kept = KeptReport(
            number=number,
            certificate=verdict.certificate.number,
            version=verdict.certificate.version,
            made_at=now,
            ends_on=shanghai_day(now) + timedelta(days=_whole_days(self.days if days is None else days)),
            verdict=verdict.as_json(),
            qr_text=qr_text.rpartition("#")[2],
            place=place,
        )
        decision = self._printable(_decision(verdict))
        face = _face(verdict, verdict.certificate, kept, code, asked, self.issuer, decision)
        area = verdict.validity_area
        page = report_page(
            face,
            outcome=verdict.outcome.value,
            findings=[self._printable(one.zh) for one in verdict.findings],
            marks=area_marks(area.code if area else None),
            qr_text=qr_text,
            verdict_json=json.dumps(verdict.as_json(), ensure_ascii=False, indent=1).encode(),
            test_seal=self.style.test_seal,
        )
        self.store.begin(kept, code)
        with making(REPORT):
            document = self.writer().write(page, now)
        self.store.finish(number, sha256(document).hexdigest())
        self.looks.append(
            PersonalLook(now, "api", "public", verdict.certificate.number, f"{REPORT} {number}")
        )
        return VerificationReport(number, code, verdict, document)

    def _text_of(self, claim: HolderClaim) -> str:
        """The QR text, under the one published address, of the certificate that agrees with a claim."""
        found = self.verification.identify_holder(claim)
        if found is None or found.record is None:
            if self.verification.check_holder(claim).historical is not None:
                raise ConflictError(_HISTORICAL)
            raise UnknownReference(NOT_FOUND)
        return record_text(found.record, self.style.qr_prefix)

    def _printable(self, text: str) -> str:
        """The text with the mark 〓 for every character that the fonts lack; the embedded verdict has it whole."""
        lacking = self.missing([text])
        return "".join(_NOT_PRINTABLE if char in lacking else char for char in text)


def _face(
    verdict: Verdict,
    certificate: Certificate,
    kept: KeptReport,
    code: str,
    asked: str,
    issuer: str,
    decision: str,
) -> ReportFace:
    area = verdict.validity_area
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
        report_number=kept.number,
        report_code=written_report_code(code),
        checked_at=_minute(kept.made_at),
        ends_on=f"至{chinese_date(kept.ends_on)}",
        issuer=issuer,
        decision=decision,
        manual_code=_code_of(kept.qr_text),
    )


def _whole_days(days: int) -> int:
    if not 1 <= days <= LONGEST_DAYS:
        raise RequestError(f"核验报告的有效期须为 1 至 {LONGEST_DAYS} 天。")
    return days


def _decision(verdict: Verdict) -> str:
    """The decision behind the status, as far as it has room; empty for none."""
    told = verdict.decision
    if told is None:
        return ""
    reference, ground = told.reference, told.ground
    if len(reference) > _LONGEST_REFERENCE:
        reference = reference[:_LONGEST_REFERENCE] + "……"
    if len(ground) > _LONGEST_GROUND:
        ground = ground[:_LONGEST_GROUND] + _GOES_ON
    return f"{reference}（{chinese_date(date.fromisoformat(told.date))}）：{ground}"


def _sentence(verdict: Verdict) -> str:
    """What the verdict means; of an annotated copy also for whom, for what and until when it is."""
    copy = verdict.annotation
    if copy is None:
        return _meaning(verdict)
    ends_on = chinese_date(date.fromisoformat(copy.ends_on))
    return f"出示的是加注件，仅供{copy.recipient}用于{copy.purpose}，至{ends_on}。{_meaning(verdict)}"


def _meaning(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.PASSED and verdict.validity_area is not None:
        return f"截至状态时间，该证书真实、有效，仅在{verdict.validity_area.name}范围内有效。"
    if verdict.outcome is Outcome.FAILED and verdict.status not in (StatusWord.VALID, StatusWord.UNKNOWN):
        return f"该证书当前状态为“{verdict.status.zh}”，{_SENTENCES[Outcome.FAILED]}"
    return _SENTENCES[verdict.outcome]


def _code_of(qr_text: str) -> str:
    """The manual code of the record; its text was decoded already, with its terminator."""
    return manual_code(decode_base43(qr_text.rpartition("#")[2][:-1]))


def _minute(instant: datetime) -> str:
    local = instant.astimezone(SHANGHAI)
    return f"{chinese_date(local.date())}{local.hour}时{local.minute:02}分"
