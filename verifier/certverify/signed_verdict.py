"""Signed verdicts: what the authority answered to one question, kept as a file (docs/formats/signed-verdict.md).

    told = check_signed_verdict(raw_file, trust, now)

The signature says who answered and when; the evidence says, without the authority's word, how the public log had the slot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256
from typing import Any

from certverify import ed25519
from certverify.api_key import ApiKey
from certverify.checkpoint import SignedCheckpoint
from certverify.codes import Code, Effect
from certverify.errors import NewerFormatError, SignatureError, SignedVerdictError
from certverify.examination import CLOCK_TOLERANCE, Examination, Question
from certverify.meanings import MEANINGS
from certverify.proof_steps import StopError, last_seal, opened_checkpoint, sealed_status
from certverify.record import HistoricalRecord, Record, record_bytes
from certverify.signed_verdict_decoding import MAX_SIGNED_VERDICT_BYTES as MAX_SIGNED_VERDICT_BYTES
from certverify.signed_verdict_decoding import (
    AskedQuestion,
    Envelope,
    Statement,
    decode_envelope,
    decode_statement,
)
from certverify.status import Status
from certverify.trust import Environment, Trust
from certverify.verdict import Authentic, Finding, Outcome, StatusWord, finding, leaves_open

CHECK_SCHEMA = "certsvc-signed-verdict-check/1"
_LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
_STATUS_WORDS = {
    Status.VALID: StatusWord.VALID,
    Status.SUSPENDED: StatusWord.SUSPENDED,
    Status.REVOKED: StatusWord.REVOKED,
    Status.WRITTEN_OFF: StatusWord.WRITTEN_OFF,
    Status.VOIDED: StatusWord.VOIDED,
    Status.SUPERSEDED: StatusWord.SUPERSEDED,
    Status.HISTORICAL: StatusWord.HISTORICAL,
}
_CAN_STILL_END = frozenset({Status.VALID, Status.SUSPENDED, Status.HISTORICAL})
_ENDED_FIRST_IN_REGISTER = frozenset(_STATUS_WORDS.values()) - {StatusWord.VALID, StatusWord.HISTORICAL}


class AboutRecord(StrEnum):
    """Whether the signed verdict is about the record that was shown with it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


class Believed(StrEnum):
    """Whether the file itself is to be believed, whatever the verdict in it says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProvenStatus:
    """What the evidence proves by itself: the log of `origin`, with `size` leaves at `cosigned_at`, held `status` in `slot`."""

    origin: str
    size: int
    cosigned_at: datetime | None
    slot: int
    status: Status

    @property
    def word(self) -> StatusWord:
        """The status in the words of a verdict."""
        return _STATUS_WORDS.get(self.status, StatusWord.UNKNOWN)


@dataclass(slots=True)
class SignedVerdictCheck:
    """What a signed verdict is worth. `statement` is given only when a key of the trust list signed it in its time.

    `believed` is about the file; what was shown beside it is not part of that.
    """

    codes: list[Code] = field(default_factory=list)
    kid: str | None = None
    statement: Statement | None = None
    proven: ProvenStatus | None = None
    about: AboutRecord = AboutRecord.NOT_ASKED
    believed: Believed = Believed.UNKNOWN

    @property
    def outcome(self) -> Outcome:
        """What the file says, when it may be relied on: then the outcome of the verdict in it."""
        effects = _effects(self.codes)
        if Effect.FAILED in effects:
            return Outcome.FAILED
        if Effect.UNDETERMINED in effects or self.statement is None:
            return Outcome.UNDETERMINED
        return self.statement.verdict.outcome

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the file itself, in both languages; what was found then stands in its verdict."""
        return tuple(map(finding, self.codes))

    def as_json(self) -> dict[str, Any]:
        """The object of docs/formats/signed-verdict.md, "What a check answers"."""
        told, proven = self.statement, self.proven
        return {
            "schema": CHECK_SCHEMA,
            "verdict": self.outcome.value,
            "believed": self.believed.value,
            "findings": [{"code": one.code.value, "zh": one.zh, "en": one.en} for one in self.findings],
            "not_established": [code.value for code in self.codes if leaves_open(code)],
            "signed": told and {"kid": self.kid, "issued_at": _instant(told.issued_at)},
            "question": told and _question_json(told.question),
            "told": told and told.verdict.as_json(),
            "proven": proven and _proven_json(proven),
            "about_record": self.about.value,
        }


def check_signed_verdict(
    raw_file: bytes, trust: Trust, now: datetime, qr_text: str | None = None
) -> SignedVerdictCheck:
    """What the file is worth, by the steps of docs/formats/signed-verdict.md; `qr_text`: the record it should be about.

    The verdict in it is that of its day: how the certificate stands now, only a new question tells.
    """
    check = SignedVerdictCheck()
    if trust.trust_list.environment is Environment.TEST:
        check.codes.append(Code.TEST_ENVIRONMENT)
    try:
        statement = _believed(check, raw_file, trust, now)
        check.statement = statement
        check.proven = _proven(check, statement, trust)
    except StopError as stop:
        check.codes.append(stop.code)
    check.believed = _believed_by(check)
    if qr_text is not None:
        _judge_record(check, qr_text, trust, now)
    return check


def _effects(codes: Iterable[Code]) -> set[Effect]:
    """What codes do to the answer here. That the witnesses of today's policy are missing is a note: the policy changes, the
    file does not, and its verdict rests on the signature and the log's own word as one without evidence does.
    """
    return {MEANINGS[code].effect for code in codes if code is not Code.QUORUM_MISSING}


def _believed_by(check: SignedVerdictCheck) -> Believed:
    effects = _effects(check.codes)
    if Effect.FAILED in effects:
        return Believed.NO
    return Believed.UNKNOWN if Effect.UNDETERMINED in effects or check.statement is None else Believed.YES


def _believed(check: SignedVerdictCheck, raw_file: bytes, trust: Trust, now: datetime) -> Statement:
    """What a key of the trust list has signed in its time; stops before anything that is not signed is read."""
    try:
        envelope = decode_envelope(raw_file)  # 1
        if sha256(envelope.payload).digest() != envelope.payload_sha256:  # 2
            raise StopError(Code.SIGNED_VERDICT_ALTERED)
        key = _key(envelope, trust)  # 3
        ed25519.verify(key.public_key, envelope.signature, envelope.signed_bytes)  # 4
        statement = decode_statement(envelope.payload)  # 5
    except NewerFormatError as error:
        raise StopError(Code.SIGNED_VERDICT_VERSION_UNKNOWN) from error
    except SignedVerdictError as error:
        raise StopError(Code.SIGNED_VERDICT_UNREADABLE) from error
    except SignatureError as error:
        raise StopError(Code.SIGNED_VERDICT_FORGED) from error
    if not key.speaks_on(statement.issued_at.astimezone(_LOCAL).date()):  # 6
        raise StopError(Code.SIGNED_VERDICT_KEY_NOT_IN_FORCE)
    if statement.issued_at - now > CLOCK_TOLERANCE:
        raise StopError(Code.SIGNED_VERDICT_FROM_FUTURE)
    check.kid = key.kid
    return statement


def _key(envelope: Envelope, trust: Trust) -> ApiKey:
    key = trust.trust_list.api_keys.get(envelope.kid)
    if key is None:
        raise StopError(Code.SIGNED_VERDICT_KEY_UNKNOWN)
    return key


def _proven(check: SignedVerdictCheck, statement: Statement, trust: Trust) -> ProvenStatus | None:
    """What the evidence proves, held against what the verdict says."""
    evidence, verdict = statement.evidence, statement.verdict
    if evidence is None:
        check.codes.append(Code.SIGNED_VERDICT_NO_EVIDENCE)
        return None
    signed = opened_checkpoint(evidence.raw_checkpoint, trust)  # 7
    if not signed.quorum_met:
        check.codes.append(Code.QUORUM_MISSING)
    if trust.policy.quorum is None:
        check.codes.append(Code.NO_WITNESSES)
    seal = last_seal(evidence.seal, signed.checkpoint)  # 8
    status = sealed_status(evidence.status, seal, evidence.slot)
    cosigned_at = _cosigned_at(signed)
    _judge_times(statement, cosigned_at)
    if verdict.authentic is not Authentic.YES:
        raise StopError(Code.SIGNED_VERDICT_CONTRADICTS)
    if _STATUS_WORDS.get(status) is not verdict.status:  # 9
        if status not in _CAN_STILL_END or verdict.status not in _ENDED_FIRST_IN_REGISTER:
            raise StopError(Code.SIGNED_VERDICT_CONTRADICTS)
        check.codes.append(Code.SIGNED_VERDICT_AHEAD)
    return ProvenStatus(signed.checkpoint.origin, signed.checkpoint.size, cosigned_at, evidence.slot, status)


def _judge_times(statement: Statement, cosigned_at: datetime | None) -> None:
    """The verdict claims no younger knowledge than its checkpoint gives, and that is no younger than the verdict."""
    as_of = statement.verdict.as_of
    if as_of is not None and (cosigned_at is None or as_of > cosigned_at):
        raise StopError(Code.SIGNED_VERDICT_CONTRADICTS)
    if cosigned_at is not None and cosigned_at - statement.issued_at > CLOCK_TOLERANCE:
        raise StopError(Code.SIGNED_VERDICT_CONTRADICTS)


def _judge_record(check: SignedVerdictCheck, qr_text: str, trust: Trust, now: datetime) -> None:
    """Whether the verdict is about the record that is shown beside it."""
    exam = Examination(trust, Question(now))
    record = exam.examine_record(qr_text)
    check.about = AboutRecord.UNKNOWN
    if record is None:
        check.codes += exam.codes
        return
    statement = check.statement
    if statement is None:
        return
    if statement.question.record_sha256 is None:
        check.codes.append(Code.SIGNED_VERDICT_NAMES_NO_RECORD)
    elif statement.question.record_sha256 != sha256(record_bytes(qr_text)).digest():
        check.about = AboutRecord.NO
        check.codes.append(Code.SIGNED_VERDICT_OTHER_RECORD)
    elif not _is_of(statement, record):
        check.codes.append(Code.SIGNED_VERDICT_CONTRADICTS)
    else:
        check.about = AboutRecord.YES


def _is_of(statement: Statement, record: Record | HistoricalRecord) -> bool:
    """Whether slot and number of the verdict are those of the record whose digest it names."""
    evidence, verdict = statement.evidence, statement.verdict
    if evidence is not None and evidence.slot != record.slot:
        return False
    if isinstance(record, HistoricalRecord):
        shown = verdict.historical
        return shown is None or (shown.reference, shown.version) == (record.reference, record.version)
    named = verdict.certificate
    return named is None or (named.number, named.version) == (record.number, record.version)


def _cosigned_at(signed: SignedCheckpoint) -> datetime | None:
    seconds = signed.cosigned_at
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _question_json(question: AskedQuestion) -> dict[str, Any]:
    record = question.record_sha256
    return {
        "by": question.by.value,
        "place": question.place,
        "record": None if record is None else record.hex(),
    }


def _proven_json(proven: ProvenStatus) -> dict[str, Any]:
    return {
        "origin": proven.origin,
        "size": proven.size,
        "cosigned_at": None if proven.cosigned_at is None else _instant(proven.cosigned_at),
        "slot": proven.slot,
        "status": proven.word.value,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
