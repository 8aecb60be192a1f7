"""Reports of suspected fakes 举报疑似假证: taken in from anybody by name, looked into by officials, forgotten in time.

A report opens a case and does nothing else: no certificate, status or verdict changes by it, whatever its outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certverify import Verdict
from certverify.errors import ManualCodeError
from certverify.manual_code import decode_manual_code
from certverify.verdict import Authentic

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision_authority import city_responsible
from certsvc.domain.delegation import persons_behind, share_a_person
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.domain.suspicion import (
    SAME_REPORT,
    CaseClosing,
    CaseKind,
    CaseOutcome,
    CaseStatus,
    SuspicionCase,
    SuspicionReport,
    case_code,
    is_case_number,
    new_number,
    opens_case,
    plain_symbols,
    written_code,
)
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnavailableError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.share_grants import PublishedVersions
from certsvc.ports.suspicions import SuspicionStore
from certsvc.stages.permits import Permits

UNKNOWN_CASE: Final = "没有查到这件举报：请核对举报编号和查询码。"
_FORGOTTEN: Final = "该举报的个人信息保存期满，已经删除。"
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case as its reporter learns of it: number, and the code (as people read it) that answers how far it is."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """How far a case is, for its reporter; `closing` is None while it is open, and once the words are forgotten."""

    case: SuspicionCase
    closing: CaseClosing | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case as an official sees it."""

    case: SuspicionCase
    report: SuspicionReport | None
    closing: CaseClosing | None


@dataclass(frozen=True, slots=True)
class SuspicionReporting:
    """The reporter's side. `verdict_on_qr`, `verdict_on_code`: verification on line, to learn which authority is competent."""

    store: SuspicionStore
    certificates: PublishedVersions
    verdict_on_qr: Callable[[str], Verdict]
    verdict_on_code: Callable[[str], Verdict]
    key_of: Callable[[str], bytes]
    clock: Clock
    random_bytes: Callable[[int], bytes]

    def report(self, report: SuspicionReport) -> OpenedCase:
        """Open a case; the same report again within a day is the same case, with the same code."""
        return self._open(report, None, None)

    def enter(self, complaint: SuspicionReport, city: str | None, by: Caller) -> OpenedCase:
        """Open a case for a complaint that an official enters; `city` counts where no known certificate says another."""
        return self._open(complaint, city, by)

    def city_of(self, report: SuspicionReport) -> str | None:
        """The city responsible for the certificate that a report is about; None where the register knows none."""
        return self._certificate(report)[1]

    def code_of(self, number: str) -> str:
        """The code of a case, as people read it."""
        return written_code(case_code(self.key_of, number))

    def _open(self, report: SuspicionReport, city: str | None, by: Caller | None) -> OpenedCase:
        now = self.clock.now()
        certificate, known_city = self._certificate(report)
        case = SuspicionCase(
            new_number(self.random_bytes),
            CaseStatus.OPEN,
            now,
            certificate,
            known_city or city,
            kind=CaseKind.SUSPICION if by is None else CaseKind.COMPLAINT,
            entered_by=None if by is None else by.name,
        )
        number = self.store.open(case, report, now - SAME_REPORT, by)
        return OpenedCase(number, self.code_of(number))

    def state(self, number: str, code: str) -> CaseState:
        """How far a case is. Raises UnknownReference, one and the same, for every number and code that open none."""
        number = plain_symbols(number)
        opens = opens_case(self.key_of, number, plain_symbols(code))
        case = self.store.find(number) if is_case_number(number) else None
        if case is None or not opens:
            raise UnknownReference(UNKNOWN_CASE)
        return CaseState(case, self.store.closing_of(number))

    def _certificate(self, report: SuspicionReport) -> tuple[str | None, str | None]:
        """The certificate that the register knows, and the city responsible for it."""
        number = self._number_presented(report)
        versions = () if number is None else self.certificates.published(number=number)
        if not versions:
            return None, None
        content = versions[-1].draft.content
        return content.number, city_responsible(content.award)

    def _number_presented(self, report: SuspicionReport) -> str | None:
        if report.number is not None:
            return plain_symbols(report.number)[:16]
        try:
            verdict = self._verdict(report)
        except (UnavailableError, ManualCodeError):
            return None  # the province looks into it
        if verdict is None or verdict.authentic is not Authentic.YES or verdict.certificate is None:
            return None
        return verdict.certificate.number

    def _verdict(self, report: SuspicionReport) -> Verdict | None:
        if report.qr is not None:
            return self.verdict_on_qr(report.qr)
        if report.manual_code is not None:
            return self.verdict_on_code(decode_manual_code(report.manual_code))
        return None


@dataclass(frozen=True, slots=True)
class SuspicionCases:
    """The officials' side: the province, and the city responsible for the certificate that a case is about."""

    permits: Permits
    store: SuspicionStore
    looks: PersonalLooks
    clock: Clock

    def listed(self, caller: Caller, status: CaseStatus | None = None) -> tuple[SuspicionCase, ...]:
        """The cases that the caller may look into, the oldest first; nothing personal stands in them. Raises NotPermitted."""
        self.permits.require(Action.SUSPICION_READ, caller, "suspicion", place=caller.region)
        return self.store.listed(status, None if caller.region == PROVINCE else caller.region)

    def show(self, number: str, caller: Caller, channel: str) -> ShownCase:
        """Everything of a case; the look is written down first. Raises UnknownReference, NotPermitted."""
        case = self._case(number, Action.SUSPICION_READ, caller)
        self.looks.append(PersonalLook(self.clock.now(), channel, caller.name, case.number, "查看举报"))
        return ShownCase(case, self.store.report_of(case.number), self.store.closing_of(case.number))

    def attachment(self, number: str, caller: Caller, channel: str) -> tuple[str, bytes]:
        """Suffix and bytes of the attached file; the look is written down first. Raises UnknownReference without one."""
        report = self.show(number, caller, channel).report
        if report is None:
            raise UnknownReference(_FORGOTTEN)
        if report.attachment is None:
            raise UnknownReference("举报人没有附文件。")
        return report.attachment.media_type.suffix, report.attachment.content

    def assign(self, number: str, to: str, caller: Caller) -> SuspicionCase:
        """Say who looks into it. Raises UnknownReference, NotPermitted, RequestError (to somebody who may not), ConflictError."""
        case = self._case(number, Action.SUSPICION_ASSIGN, caller)
        person = self.permits.official(to, Action.SUSPICION_ASSIGN, _subject(number))
        if refusal(Action.SUSPICION_CLOSE, person, place=case.city) is not None:
            raise RequestError(f"{to} 不能办理这件举报：须是省级或证书所属市（州）的经办或复核人员。")
        return self.store.assign(case.number, person.name, caller, self.clock.now())

    def close(self, number: str, closing: CaseClosing, caller: Caller) -> SuspicionCase:
        """End a case; the same again changes nothing. 诬告, which liability hangs on (38号 四（五）), takes two persons: one who
        wrote the opinion, and another who ends the case by it. Raises UnknownReference, NotPermitted, ConflictError."""
        case = self._case(number, Action.SUSPICION_CLOSE, caller)
        if closing.outcome is CaseOutcome.SLANDER and case.status is not CaseStatus.CLOSED:
            self._require_second(case, caller)
        return self.store.close(case.number, closing, caller, self.clock.now())

    def _require_second(self, case: SuspicionCase, caller: Caller) -> None:
        opinion = self.store.opinion_of(case.number)
        if case.assigned_to is None or opinion is None:
            raise ConflictError("认定诬告前，须先分派办理人，并由办理人写明核查意见。请补齐后再办结。")
        first = self.permits.first_person(opinion.by, None)
        if share_a_person(first.persons, persons_behind(caller.name, caller.person)):
            self.permits.note_refusal(Action.SUSPICION_CLOSE, caller, _subject(case.number))
            raise NotPermitted(
                f"认定诬告须由两人办理：核查意见由 {opinion.by} 写明，请由另一位人员复核并办结。"
            )

    def official(self, name: str, action: Action, number: str = "") -> Caller:
        """The registered person of a name. Raises UnknownReference, written down, for anybody else."""
        return self.permits.official(name, action, _subject(number))

    def _case(self, number: str, action: Action, caller: Caller) -> SuspicionCase:
        """The case, for who may do this. Whoever may not do it at all learns nothing of what cases there are."""
        plain = plain_symbols(number)
        case = self.store.find(plain) if is_case_number(plain) else None
        if case is None:
            self.permits.require_role(action, caller, _subject(number))
            raise UnknownReference(f"没有编号为 {plain[:16]} 的举报。请核对举报编号。")
        self.permits.require(action, caller, _subject(plain), place=case.city)
        return case


@dataclass(frozen=True, slots=True)
class SuspicionRetention:
    """Forgets what is personal in cases `kept` after they were closed; number, days and outcome stay."""

    store: SuspicionStore
    clock: Clock
    kept: timedelta

    def work(self, stopping: Callable[[], bool]) -> None:
        """Delete what was kept long enough, chunk by chunk."""
        now: datetime = self.clock.now()
        while not stopping() and self.store.forget_closed_before(now - self.kept, now, _CHUNK) == _CHUNK:
            pass


def _subject(number: str) -> str:
    return f"suspicion/{plain_symbols(number)[:16]}" if number else "suspicion"
