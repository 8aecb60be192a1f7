"""Verification on line: the outsider's check, with what the register has committed already.

A committed revocation answers at once, before it is in the log; "valid" needs a log that was cosigned within the last
hour. Holders' names are masked in every answer, also in those to a QR record that carries the name.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from certverify import Code, LedgerUnavailable, StatusSource, Verdict
from certverify.errors import RecordUnreadableError
from certverify.examination import Examination, Question
from certverify.manual_code import code_of_record
from certverify.names import SEPARATORS
from certverify.pdf_comparison import said_by, with_register
from certverify.pdf_sandbox import PdfSandbox, visiting
from certverify.record import CopyTerms, HistoricalRecord, Record, decode_record_bytes
from certverify.status import Status
from certverify.verdict import Decision, StatusWord

from certsvc.domain.report_table import shanghai_day
from certsvc.errors import IntegrityError, UnavailableError
from certsvc.formats.record import record_text
from certsvc.ports import Clock
from certsvc.ports.annotated_copies import CopyBoard
from certsvc.ports.kept_reports import ReportBoard
from certsvc.ports.verification import (
    DecisionNotice,
    KeptDocument,
    KeptDocuments,
    KindOfDocument,
    PublishedState,
    Register,
    RegisteredVersion,
)

MAX_AGE_ON_LINE = timedelta(hours=1)
_WITHDRAWN = frozenset(
    {Status.SUSPENDED, Status.REVOKED, Status.WRITTEN_OFF, Status.VOIDED, Status.SUPERSEDED}
)
_KIND_BEHIND = {
    StatusWord.SUSPENDED: "suspend",
    StatusWord.REVOKED: "revoke",
    StatusWord.WRITTEN_OFF: "write_off",
    StatusWord.VOIDED: "void",
}
_ONLY_VERSION = 1  # of an annotated copy
_NOT_COMPARED = frozenset(SEPARATORS + "‧・．∙●⸱⋅･'’")


@dataclass(frozen=True, slots=True)
class HolderClaim:
    """What somebody who holds no QR record knows: number, holder's name, last four characters of the ID number."""

    number: str
    name: str
    id_last4: str


class OlderTitles(Protocol):
    """Answers for titles that have no certificate."""

    def check(self, claim: HolderClaim) -> Verdict | None:
        """The verdict on what agrees with the claim, None when nothing does."""
        ...

    def conclude(
        self, exam: Examination, record: HistoricalRecord, ledger: StatusSource | LedgerUnavailable
    ) -> Verdict:
        """The verdict on a signed historical record whose signature was verified."""
        ...


class NoOlderTitles:
    """For an office without historical records: nothing agrees with a claim, and a signed record is none of its own."""

    def check(self, _claim: HolderClaim) -> Verdict | None:
        """None."""
        return None

    def conclude(
        self, exam: Examination, _record: HistoricalRecord, ledger: StatusSource | LedgerUnavailable
    ) -> Verdict:
        """Not logged."""
        judge_ledger(exam, ledger)
        exam.judge_status(Status.UNASSIGNED)
        return exam.verdict()


@dataclass(frozen=True, slots=True)
class _Found:
    """A registered version; `matched` is False for one that only stands in for what was not found."""

    registered: RegisteredVersion
    matched: bool


class Verification:
    """Answers about certificates for everybody."""

    def __init__(
        self,
        published: PublishedState,
        register: Register,
        clock: Clock,
        max_age: timedelta = MAX_AGE_ON_LINE,
        older_titles: OlderTitles | None = None,
        copies: CopyBoard | None = None,
        sandbox: PdfSandbox | None = None,
        documents: KeptDocuments | None = None,
        reports: ReportBoard | None = None,
    ) -> None:
        """Without `copies` a register of annotated copies is not asked: they stand as their records say. Without a
        `sandbox` files are compared byte for byte, and what is no original is not looked into. Without `documents` a
        sealed file is not held against the one that is registered.
        """
        self._documents = documents
        self._reports = reports
        self._sandbox = sandbox
        self._copies = copies
        self._older_titles: OlderTitles = older_titles or NoOlderTitles()
        self._published = published
        self._register = register
        self._clock = clock
        self._max_age = max_age

    def check_qr(self, text: str, place: str | None = None) -> Verdict:
        """The verdict on the text of a QR symbol. Raises UnavailableError when register or tree do not answer."""
        exam, ledger = self._begin(place)
        return self._conclude(exam, exam.examine_record(text), ledger)

    def check_document(
        self, raw_pdf: bytes, place: str | None = None, admit: Callable[[], None] | None = None
    ) -> Verdict:
        """The verdict on a certificate file. No PDF is parsed in this process. Raises UnavailableError, SandboxBusyError.

        `admit` is called before a file is looked into, which is far dearer than an original; what it raises goes on.
        """
        exam, ledger = self._begin(place)
        with visiting(self._sandbox, admit) as inspector:
            record = exam.examine_document(raw_pdf, inspector, self._kept_original)
        if record is not None:
            self._judge_file(exam, record)
        if Code.DOCUMENT_IS_REPORT in exam.codes:
            self._judge_report(exam, raw_pdf)
        return self._conclude(exam, record, ledger)

    def check_holder(self, claim: HolderClaim, place: str | None = None) -> Verdict:
        """The verdict on the newest published version that agrees with the claim in all three parts.

        Whatever does not agree (unknown number, another name, another ID, not published yet) gives one and the same
        answer, after the same work: then a certificate that stands in is examined, and the result thrown away.
        """
        exam, ledger = self._begin(place)
        nothing, _ = self._begin(None)
        older = self._older_titles.check(claim)
        if older is not None:
            return older
        found = self._find(claim)
        if found is not None:
            text = record_text(found.registered.record or b"")
            verdict = self._conclude(exam, exam.examine_record(text), ledger)
            if found.matched:
                return verdict
        nothing.codes.append(Code.CERTIFICATE_NOT_FOUND)
        return nothing.verdict()

    def identify_qr(self, text: str) -> RegisteredVersion | None:
        """The registered version whose own signed record this is; None when it is not one of ours, or that of a copy."""
        exam, _ = self._begin(None)
        exam.examine_record(text)
        record = exam.record
        return (
            None
            if record is None or exam.copy is not None
            else _own_version(self._register.versions(record.number), record)
        )

    def identify_holder(self, claim: HolderClaim) -> RegisteredVersion | None:
        """The newest published version that agrees with the claim; None, after the same work, for everything else."""
        found = self._find(claim)
        return found.registered if found is not None and found.matched else None

    def _begin(self, place: str | None) -> tuple[Examination, StatusSource | LedgerUnavailable]:
        trust, ledger = self._published.open()
        return Examination(trust, Question(self._clock.now(), place, self._max_age)), ledger

    def _conclude(
        self,
        exam: Examination,
        record: Record | HistoricalRecord | None,
        ledger: StatusSource | LedgerUnavailable,
    ) -> Verdict:
        if record is None:
            return exam.verdict()
        if isinstance(record, HistoricalRecord):
            return self._older_titles.conclude(exam, record, ledger)
        versions = self._register.versions(record.number)
        decisions = self._register.decisions(record.number)
        judge_ledger(exam, ledger)
        own = _own_version(versions, record)
        _judge_status(exam, record, own, ledger)
        exam.judge_copy(self._standing(exam.copy, record))
        exam.judge_place(record)
        newest = max((one.version for one in versions), default=record.version)
        _compare_with_register(exam, record, own, newest)
        superseded = exam.status is StatusWord.SUPERSEDED and newest > record.version
        return replace(
            exam.verdict(),
            decision=_decision_behind(exam.status, record.version, decisions),
            replaced_by=newest if superseded else None,
        )

    def _judge_file(self, exam: Examination, record: Record | HistoricalRecord) -> None:
        """Whether a sealed file is the one that was registered: whoever stole a document key seals what he likes."""
        if self._documents is None or exam.sealed_sha256 is None:
            return
        registered = self._documents.sha256(_document_of(record, exam.copy))
        if registered is not None and registered != exam.sealed_sha256:
            exam.reject(Code.DOCUMENT_UNREGISTERED)
            exam.comparison = None

    def _judge_report(self, exam: Examination, raw_pdf: bytes) -> None:
        """Whether the last day of a genuine report is over; one that is kept no more says nothing about itself."""
        ends_on = None if self._reports is None else self._reports.end_of(sha256(raw_pdf).hexdigest())
        if ends_on is not None and shanghai_day(self._clock.now()) > ends_on:
            exam.codes.append(Code.REPORT_ENDED)

    def _kept_original(self, record: Record | HistoricalRecord, copy: CopyTerms | None) -> bytes | None:
        """certverify.pdf_upload.KeptOriginals; an archive that is away knows nothing."""
        try:
            return None if self._documents is None else self._documents.read(_document_of(record, copy))
        except UnavailableError:
            return None

    def _standing(self, copy: CopyTerms | None, record: Record) -> Code:
        """What the register says of a copy that has not ended by its own date; one it does not have stays open."""
        if copy is None or self._copies is None:
            return Code.ANNOTATED_COPY
        known = self._copies.find(copy.id)
        if known is None or (known.number, known.version) != (record.number, record.version):
            return Code.COPY_UNKNOWN
        return Code.ANNOTATED_COPY if known.withdrawn_at is None else Code.COPY_WITHDRAWN

    def _find(self, claim: HolderClaim) -> _Found | None:
        number = _plain_number(claim.number)
        versions = self._register.versions(number)
        decoy = self._register.versions(self._register.some_number(besides=number) or "")
        published = [one for one in versions if one.published]
        stand_ins = published or [one for one in decoy if one.published]
        agreeing = [one for one in stand_ins if _agrees(_record_of(one), claim)]
        if published and agreeing:
            return _Found(agreeing[-1], matched=True)
        return _Found(stand_ins[-1], matched=False) if stand_ins else None


def judge_ledger(exam: Examination, ledger: StatusSource | LedgerUnavailable) -> None:
    """Note how fresh the published log is, or why it does not answer."""
    if isinstance(ledger, LedgerUnavailable):
        exam.codes.append(ledger.code)
    else:
        exam.judge_freshness(ledger.freshness)


def _judge_status(
    exam: Examination,
    record: Record,
    own: RegisteredVersion | None,
    ledger: StatusSource | LedgerUnavailable,
) -> None:
    """A record that the register does not have counts as not logged, whatever stands in the slot that it names."""
    if own is None:
        exam.judge_status(Status.UNASSIGNED)
    elif own.status in _WITHDRAWN:
        exam.judge_status(Status(own.status))
    elif not isinstance(ledger, LedgerUnavailable):
        answer = ledger.status_of(record.slot)
        if isinstance(answer, Status):
            exam.judge_status(answer)
        else:
            exam.codes.append(answer)


def _compare_with_register(
    exam: Examination, record: Record, own: RegisteredVersion | None, newest: int
) -> None:
    """What is registered of this very version beside what was signed and, of a file, printed."""
    if own is None or own.record is None:
        return
    registered = _record_of(own)
    if registered != record:
        exam.codes.append(Code.REGISTER_DIFFERS)
    if exam.comparison is not None:
        said = said_by(record, exam.trust.tables, exam.manual_code)
        code = exam.manual_code if exam.copy is not None else code_of_record(own.record)
        held = said_by(registered, exam.trust.tables, code) | {"version": f"第{newest}版"}
        exam.comparison = with_register(exam.comparison, said, held)


def _document_of(record: Record | HistoricalRecord, copy: CopyTerms | None) -> KeptDocument:
    if isinstance(record, HistoricalRecord):
        return KeptDocument(KindOfDocument.STATEMENT, record.reference, record.version)
    if copy is not None:
        return KeptDocument(KindOfDocument.ANNOTATED_COPY, copy.id, _ONLY_VERSION)
    return KeptDocument(KindOfDocument.CERTIFICATE, record.number, record.version)


def _own_version(versions: Sequence[RegisteredVersion], record: Record) -> RegisteredVersion | None:
    return next(
        (one for one in versions if (one.version, one.slot) == (record.version, record.slot)),
        None,
    )


def _decision_behind(
    status: StatusWord, version: int, decisions: Sequence[DecisionNotice]
) -> Decision | None:
    """The decision that led to a status: the newest of its kind, or the correction that replaced this very version."""
    if status is StatusWord.SUPERSEDED:
        behind = [one for one in decisions if one.kind == "correct"][version - 1 : version]
    else:
        behind = [one for one in decisions if one.kind == _KIND_BEHIND.get(status)][-1:]
    return next(
        (
            Decision(one.reference, one.decided_on.isoformat(), one.ground, one.effective_on.isoformat())
            for one in behind
        ),
        None,
    )


def _record_of(version: RegisteredVersion) -> Record:
    try:
        record = decode_record_bytes(version.record or b"").record
    except RecordUnreadableError as error:
        raise IntegrityError("登记的证书记录无法解读，已停止处理。") from error
    if record is None:
        raise IntegrityError("登记的证书记录格式版本未知，已停止处理。")
    return record


def _agrees(record: Record, claim: HolderClaim) -> bool:
    """Whether name and last four characters are the record's; both are always compared, each in constant time."""
    same_name = hmac.compare_digest(plain_name(record.name), plain_name(claim.name))
    claimed = unicodedata.normalize("NFC", claim.id_last4).strip().upper().encode()
    return hmac.compare_digest(record.last4.upper().encode(), claimed) and same_name


def plain_name(name: str) -> bytes:
    """A name for comparing: NFC, without spaces and without the dots and hyphens between its parts."""
    kept = (c for c in unicodedata.normalize("NFC", name) if not c.isspace() and c not in _NOT_COMPARED)
    return "".join(kept).encode()


def _plain_number(number: str) -> str:
    return "".join(number.split()).upper()
