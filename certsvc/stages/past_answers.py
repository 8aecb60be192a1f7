"""Past-date answers: how a certificate stood on a day, as recorded then and as known now, for who may ask on line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from certverify import Verdict
from certverify.status import Status

from certsvc.domain.certificate_past import CertificateEvent, PastEvent, Standing, standing_on
from certsvc.errors import RequestError, UnknownReference
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.verification import DecisionNotice, Register, RegisteredVersion
from certsvc.stages.verify import HolderClaim, Verification

_EVENTS: Final = {
    "revoke": PastEvent.REVOKED,
    "write_off": PastEvent.WRITTEN_OFF,
    "void": PastEvent.VOIDED,
    "correct": PastEvent.CORRECTED,
    "suspend": PastEvent.SUSPENDED,
    "reinstate": PastEvent.REINSTATED,
}


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """How a certificate stood on a day. `verdict`: the one of today, for its words about the certificate, masked.

    `recorded_then`: by what was recorded up to that day. `known_now`: by everything that is recorded.
    """

    on: date
    recorded_then: Standing
    known_now: Standing
    events: tuple[CertificateEvent, ...]
    verdict: Verdict


class PastAnswers:
    """Answers about certificates on past days, for everybody."""

    def __init__(self, verification: Verification, register: Register, clock: Clock) -> None:
        self._verification = verification
        self._register = register
        self._clock = clock

    def for_record(self, text: str, on: date, place: str | None = None) -> PastAnswer:
        """By the text of a QR symbol. Raises RequestError (a day to come), UnknownReference, UnavailableError."""
        self._require_past(on)
        return self._answer(self._verification.identify_qr(text), on, place)

    def for_holder(self, claim: HolderClaim, on: date, place: str | None = None) -> PastAnswer:
        """By number, name and last four characters; as `for_record`. Whatever does not agree has one and the same answer."""
        self._require_past(on)
        return self._answer(self._verification.identify_holder(claim), on, place)

    def _require_past(self, on: date) -> None:
        if on > self._clock.today():
            raise RequestError("查询日期不能晚于今天。请改为今天或以前的日期。")

    def _answer(self, found: RegisteredVersion | None, on: date, place: str | None) -> PastAnswer:
        if found is None:
            raise UnknownReference(
                "未查询到相符的证书，请核对校验码，或证书编号、姓名和证件号码后四位，也可以扫描证书上的二维码。"
                "历史数据（没有电子证书的原职称）只能查询目前的状态，请改用核验查询。"
            )
        verdict = self._verification.check_qr(record_text(found.record or b""), place)
        events = self._events(found.number, verdict)
        recorded_then, known_now = (standing_on(events, on, known) for known in (on, self._clock.today()))
        return PastAnswer(on, recorded_then, known_now, events, verdict)

    def _events(self, number: str, verdict: Verdict) -> tuple[CertificateEvent, ...]:
        first = self._register.versions(number)[0]
        shown = verdict.certificate
        if first.published_on is None or shown is None:
            return ()
        kind = PastEvent.RECORDED if first.status == Status.HISTORICAL else PastEvent.ISSUED
        issued = CertificateEvent(kind, date.fromisoformat(shown.acquired_on), first.published_on)
        return (issued, *(_event(one) for one in self._register.decisions(number)))


def _event(notice: DecisionNotice) -> CertificateEvent:
    return CertificateEvent(
        _EVENTS[notice.kind], notice.effective_on, notice.recorded_on, notice.reference, notice.ground
    )
