"""The judgements that every check shares: the record, the age of the knowledge, the status, the place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from certverify.codes import Code
from certverify.errors import KeyUnknownError, RecordAlteredError, RecordUnreadableError, SignatureError
from certverify.ledger import Freshness
from certverify.manual_code import code_of_record
from certverify.record import (
    CopyTerms,
    HistoricalRecord,
    Record,
    SignedRecord,
    decode_record,
    formats_of_layout,
    record_bytes,
)
from certverify.record_items import CERTIFICATE
from certverify.status import Status
from certverify.trust import Environment, RecordKey, Trust
from certverify.verdict import (
    ABOUT_COPIES,
    Area,
    Authentic,
    Believed,
    Compared,
    Finding,
    StatusWord,
    ValidHere,
    Verdict,
    annotation_of,
    area_of,
    copy_finding,
    describe,
    describe_historical,
    finding,
    leaves_open,
    masked_holder,
)

if TYPE_CHECKING:
    from certverify.pdf_sandbox import Inspector
    from certverify.pdf_upload import KeptOriginals

DEFAULT_MAX_AGE = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(minutes=5)
_LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
# The first two digits of GB/T 2260 outside this province: the tables name the regions of this one alone.
_OTHER_PROVINCES = frozenset(
    str(digits)
    for tens in (
        range(11, 16),
        (21, 23),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for digits in tens
)

_STATUS: dict[Status, tuple[StatusWord, Code | None]] = {
    Status.UNASSIGNED: (StatusWord.UNKNOWN, Code.NOT_IN_LOG),
    Status.VALID: (StatusWord.VALID, None),
    Status.SUSPENDED: (StatusWord.SUSPENDED, Code.SUSPENDED),
    Status.REVOKED: (StatusWord.REVOKED, Code.REVOKED),
    Status.WRITTEN_OFF: (StatusWord.WRITTEN_OFF, Code.WRITTEN_OFF),
    Status.VOIDED: (StatusWord.VOIDED, Code.VOIDED),
    Status.SUPERSEDED: (StatusWord.SUPERSEDED, Code.SUPERSEDED),
    Status.HISTORICAL: (StatusWord.HISTORICAL, Code.HISTORICAL),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked besides the certificate itself. `now` is aware; `place` a six-digit region code or None."""

    now: datetime
    place: str | None = None
    max_age: timedelta = DEFAULT_MAX_AGE


@dataclass(slots=True)
class Examination:
    """One check under way: collects what was found, gives the verdict at the end."""

    trust: Trust
    question: Question
    codes: list[Code] = field(default_factory=list)
    record: Record | None = None
    copy: CopyTerms | None = None
    historical: HistoricalRecord | None = None
    key: RecordKey | None = None
    authentic: Authentic = Authentic.UNKNOWN
    status: StatusWord = StatusWord.UNKNOWN
    freshness: Freshness | None = None
    valid_here: ValidHere = ValidHere.NOT_ASKED
    record_text: str | None = None
    """The text whose record was believed."""
    comparison: tuple[Compared, ...] | None = None
    sealed_sha256: str | None = None
    """Of the sealed bytes of a file that was found genuine, in hex, where the authority keeps such files."""

    def examine_record(self, text: str) -> Record | HistoricalRecord | None:
        """The record in `text` when the authority signed it; otherwise None, and the reason is noted."""
        signed = self._open(text)
        return None if signed is None else self._believe(signed, text)

    def examine_certificate(self, text: str) -> Record | None:
        """The record of a bundle, which is a certificate's own: any other one makes the bundle unreadable."""
        signed = self._open(text)
        if signed is not None and signed.format_version != CERTIFICATE:
            self.codes.append(Code.BUNDLE_UNREADABLE)
        elif signed is not None:
            self._believe(signed, text)
        return self.record

    def _open(self, text: str) -> SignedRecord | None:
        """The record in `text` when a key of the trust list speaks for it and its signature verifies."""
        try:
            signed = decode_record(text)
            self.key = signed.verify(self.trust.trust_list, self._today)
        except RecordUnreadableError:
            self.codes.append(Code.RECORD_UNREADABLE)
        except RecordAlteredError:
            self.reject(Code.RECORD_ALTERED)
        except KeyUnknownError:
            self.codes.append(Code.RECORD_KEY_UNKNOWN)
        except SignatureError:
            self.reject(Code.RECORD_FORGED)
        else:
            if signed.record is not None or signed.historical is not None:
                return signed
            self.codes.append(Code.RECORD_VERSION_UNKNOWN)
        return None

    def _believe(self, signed: SignedRecord, text: str) -> Record | HistoricalRecord | None:
        self.authentic, self.record_text = Authentic.YES, text
        self.record, self.copy, self.historical = signed.record, signed.copy, signed.historical
        self._judge_address(text)
        return self._believed

    @property
    def _today(self) -> date:
        return self.question.now.astimezone(_LOCAL).date()

    def _judge_address(self, text: str) -> None:
        """A genuine record can be printed behind the address of a site that only collects personal data."""
        address, mark, _ = text.rpartition("#")
        if address and address + mark not in self.trust.trust_list.qr_prefixes:
            self.codes.append(Code.FOREIGN_ADDRESS)

    def examine_document(
        self, raw_pdf: bytes, inspector: Inspector | None = None, kept: KeptOriginals | None = None
    ) -> Record | HistoricalRecord | None:
        """The record that a certificate file shows, when the authority signed it; what the file is worth is noted.

        Without an `inspector` the bytes are compared and nothing else (docs/formats/document.md); with one, SandboxBusyError
        is raised when a file that is no original finds no place. `kept`: who has the originals, on line.
        """
        from certverify.pdf_upload import examine_upload

        return examine_upload(self, raw_pdf, inspector, kept)

    def examine_printed(self, text: str, layout: str) -> Record | HistoricalRecord | None:
        """The record of a sealed document; one of another kind than the layout's was never sealed there by the authority."""
        signed = self._open(text)
        if signed is None:
            return None
        if signed.format_version not in formats_of_layout(layout):
            self.reject(Code.DOCUMENT_ALTERED)
            return None
        if layout.startswith("report/"):
            self.codes.append(Code.DOCUMENT_IS_REPORT)
        return self._believe(signed, text)

    @property
    def manual_code(self) -> str | None:
        """The 15 symbols that belong to the record that was believed; None before."""
        text = self.record_text
        return None if text is None else code_of_record(record_bytes(text))

    def reject(self, code: Code) -> None:
        """Note that what was presented is not the authority's work."""
        self.authentic = Authentic.NO
        self.codes.append(code)

    def judge_freshness(self, freshness: Freshness) -> None:
        """Quorum and age of the checkpoint: when its state was the newest, by the log and by the witnesses asked for."""
        self.freshness = freshness
        if not freshness.quorum_met:
            self.codes.append(Code.QUORUM_MISSING)
        if not freshness.witnessed:
            self.codes.append(Code.NO_WITNESSES)
        if freshness.as_of is None:
            self.codes.append(Code.CHECKPOINT_AGE_UNKNOWN)
        elif freshness.as_of - self.question.now > CLOCK_TOLERANCE:
            self.codes.append(Code.CHECKPOINT_FROM_FUTURE)
        elif self.question.now - freshness.as_of > self.question.max_age:
            self.codes.append(Code.CHECKPOINT_STALE)

    def judge_status(self, status: Status) -> None:
        """What the log says about the slot. The slot of a historical record never holds `valid`: then it is another's."""
        if self.historical is not None and status is Status.VALID:
            status = Status.UNASSIGNED
        self.status, code = _STATUS[status]
        if code is not None:
            self.codes.append(code)

    def judge_copy(self, standing: Code = Code.ANNOTATED_COPY) -> None:
        """Whether the copy that was shown may still be used; `standing`: what a register says of one that has not ended."""
        if self.copy is not None:
            self.codes.append(Code.COPY_ENDED if self.copy.ended(self._today) else standing)

    def judge_place(self, record: Record | HistoricalRecord) -> None:
        """Whether the title counts in the place asked about (吉人社函〔2023〕211号 一（三）); older titles are not asked."""
        if isinstance(record, HistoricalRecord):
            return
        area, place = record.validity_area, self.question.place
        if area is not None:
            self.codes.append(Code.AREA_LIMITED)
        if place is None:
            return
        self.valid_here, code = _valid_here(area, place, self.trust)
        if code is not None:
            self.codes.append(code)

    def verdict(self) -> Verdict:
        """The verdict over everything noted so far."""
        if self.trust.trust_list.environment is Environment.TEST:
            self.codes.append(Code.TEST_ENVIRONMENT)
        record, historical, tables = self.record, self.historical, self.trust.tables
        area = None if record is None else area_of(record, tables)
        as_of = None if self.freshness is None else self.freshness.as_of
        return Verdict(
            authentic=self.authentic,
            status=self.status,
            validity_area=area,
            valid_here=self.valid_here,
            as_of=as_of,
            checkpoint_age=None if as_of is None else _seconds_since(as_of, self.question.now),
            not_established=tuple(filter(leaves_open, self.codes)),
            findings=tuple(self._findings(area)),
            certificate=None if record is None else describe(record, tables),
            holder=None if self._believed is None else masked_holder(self._believed),
            historical=None if historical is None else describe_historical(historical),
            annotation=None if self.copy is None else annotation_of(self.copy, self._today),
            comparison=self.comparison,
            believed=self._in_full,
        )

    def _findings(self, area: Area | None) -> Iterator[Finding]:
        for code in self.codes:
            if self.copy is not None and code in ABOUT_COPIES:
                yield copy_finding(code, self.copy, self.status)
            else:
                yield finding(code, area=area, limit=self.question.max_age)

    @property
    def _in_full(self) -> Believed | None:
        record = self._believed
        if record is None:
            return None
        number = record.number if isinstance(record, Record) else record.reference
        return Believed(number, record.name, self.record_text)

    @property
    def _believed(self) -> Record | HistoricalRecord | None:
        return self.record or self.historical


def _valid_here(area: str | None, place: str, trust: Trust) -> tuple[ValidHere, Code | None]:
    names = trust.tables.regions
    is_code = len(place) == 6 and place.isascii() and place.isdigit()
    if area is None and is_code and place in names:
        return ValidHere.YES, None
    if area is None or not is_code or not (place in names or place == area or _lies_elsewhere(place, area)):
        return ValidHere.UNDETERMINED, Code.PLACE_UNKNOWN
    if is_coarse(place, names.get(place, "")):
        return ValidHere.UNDETERMINED, Code.PLACE_TOO_COARSE
    if place == area:
        return ValidHere.YES, None
    return ValidHere.NO, Code.NOT_VALID_HERE


def _lies_elsewhere(place: str, area: str) -> bool:
    """Whether a code that the tables do not name belongs to another province than the area."""
    return place[:2] in _OTHER_PROVINCES and place[:2] != area[:2]


def is_coarse(place: str, name: str) -> bool:
    """Whether a six-digit code names more than one county: a province, a city with counties, or its 市辖区 as a whole."""
    return place.endswith("00") or name == "市辖区"


def _seconds_since(as_of: datetime, now: datetime) -> int:
    return max(0, int((now - as_of).total_seconds()))
