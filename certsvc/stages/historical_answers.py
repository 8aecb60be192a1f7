"""Answers about historical records 历史数据 to those who know number, name and last four characters.

A record is found by its check reference or by the number of the old certificate: what the authority confirmed stands in
the register, and the published log must hold its slot. Who shows the signed record of a statement knows all three.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta

from certverify import Code, LedgerUnavailable, StatusSource, Verdict
from certverify.examination import Examination, Question
from certverify.names import mask_name
from certverify.record import HistoricalRecord as SignedHistorical
from certverify.status import Status
from certverify.verdict import Authentic, Decision, Historical

from certsvc.domain.certificate_number import parse_certificate_number
from certsvc.domain.history import UNWRITTEN, HistoricalTitle
from certsvc.ports import Clock
from certsvc.ports.history import HistoryRegister, RegisteredHistory
from certsvc.ports.verification import PublishedState
from certsvc.stages.verify import MAX_AGE_ON_LINE, HolderClaim, judge_ledger, plain_name


@dataclass(frozen=True, slots=True)
class _Sought:
    """The version that a claim leads to, examined; without `agrees` it only stands in for what was not found."""

    exam: Examination
    chosen: RegisteredHistory
    found: tuple[RegisteredHistory, ...]
    agrees: bool


@dataclass(frozen=True, slots=True)
class HistoricalAnswers:
    """What answering needs."""

    published: PublishedState
    register: HistoryRegister
    clock: Clock
    max_age: timedelta = MAX_AGE_ON_LINE

    def check(self, claim: HolderClaim) -> Verdict | None:
        """The verdict on the record that agrees with the claim in all three parts; None, after the same work, for none.

        A number of the form of certificates names no record. Raises UnavailableError.
        """
        sought = self._seek(claim)
        if sought is None:
            return None
        verdict = _answer(sought.exam, sought.chosen, sought.found)
        return verdict if sought.agrees else None

    def identify(self, claim: HolderClaim) -> RegisteredHistory | None:
        """The version that agrees with the claim in all three parts, in force or not; None, after the same work, for none.

        Raises UnavailableError.
        """
        sought = self._seek(claim)
        return sought.chosen if sought is not None and sought.agrees else None

    def _seek(self, claim: HolderClaim) -> _Sought | None:
        if parse_certificate_number("".join(claim.number.split()).upper()) is not None:
            return None
        trust, ledger = self.published.open()
        found, stand_in = self.register.asked_for(claim.number), self.register.any_record()
        agreeing = [one for one in found or stand_in if _agrees(one.title, claim)]
        chosen = max(agreeing or found or stand_in, key=precedence, default=None)
        if chosen is None:
            return None
        exam = Examination(trust, Question(self.clock.now(), None, self.max_age))
        exam.authentic = Authentic.YES
        logged = _judge(exam, chosen, ledger)
        return _Sought(exam, chosen, found, agrees=bool(logged and found and agreeing))

    def conclude(
        self, exam: Examination, record: SignedHistorical, ledger: StatusSource | LedgerUnavailable
    ) -> Verdict:
        """The verdict on a signed record: what the register has committed wins over the log. Raises UnavailableError.

        A record that the register does not have counts as not logged, whatever stands in the slot that it names.
        """
        found = self.register.asked_for(record.reference)
        own = next((one for one in found if (one.version, one.slot) == (record.version, record.slot)), None)
        if own is None:
            judge_ledger(exam, ledger)
            exam.judge_status(Status.UNASSIGNED)
            return exam.verdict()
        if not _judge(exam, own, ledger):
            exam.judge_status(Status.UNASSIGNED)
        return _answer(exam, own, found)


def _judge(exam: Examination, chosen: RegisteredHistory, ledger: StatusSource | LedgerUnavailable) -> bool:
    """Note how the record stands; False, and no status noted, while the published log does not have it."""
    judge_ledger(exam, ledger)
    if not isinstance(ledger, LedgerUnavailable):
        logged = ledger.status_of(chosen.slot)
        if logged is Status.UNASSIGNED:
            return False
        if isinstance(logged, Code):
            exam.codes.append(logged)
        elif chosen.status == Status.HISTORICAL:
            exam.judge_status(logged)
    if chosen.status != Status.HISTORICAL:
        exam.judge_status(Status(chosen.status))
    elif chosen.disputed:
        exam.codes.append(Code.HISTORICAL_DISPUTED)
    return True


def _answer(exam: Examination, chosen: RegisteredHistory, found: tuple[RegisteredHistory, ...]) -> Verdict:
    newest = max((one.version for one in found if one.reference == chosen.reference), default=chosen.version)
    superseded = chosen.status == Status.SUPERSEDED and newest > chosen.version
    return replace(
        exam.verdict(),
        holder=mask_name(chosen.title.name),
        historical=told(chosen),
        decision=_decision(chosen) if chosen.status == Status.REVOKED else None,
        replaced_by=newest if superseded else None,
    )


def told(one: RegisteredHistory) -> Historical:
    """What everybody who knows the holder may be told of a record, in the words of the old papers."""
    title = one.title
    return Historical(
        reference=one.reference,
        version=one.version,
        label=title.label,
        original_number=title.old_number,
        title=title.as_written("原职称名称") or UNWRITTEN,
        series=title.as_written("原职称系列"),
        level=title.as_written("原职称级别"),
        acquired=title.acquired.text,
        precision=title.acquired.precision.value,
        quality=title.quality.value,
        issuing_body=title.as_written("原发证单位") or UNWRITTEN,
        committee=title.as_written("原评审委员会"),
        document=title.as_written("公布文号"),
    )


def precedence(one: RegisteredHistory) -> tuple[bool, int]:
    """A record in force comes before another one, a newer version before an older one."""
    return one.status == Status.HISTORICAL, one.version


def _decision(one: RegisteredHistory) -> Decision | None:
    ended = one.ended
    if ended is None:
        return None
    decided_on, effective_on = ended.decided_on.isoformat(), ended.effective_on.isoformat()
    return Decision(ended.reference, decided_on, ended.ground, effective_on)


def _agrees(title: HistoricalTitle, claim: HolderClaim) -> bool:
    """Whether name and last four characters, of today's number or of the one on the paper, are the record's."""
    same_name = hmac.compare_digest(plain_name(title.name), plain_name(claim.name))
    claimed = unicodedata.normalize("NFC", claim.id_last4).strip().upper().encode()
    first, last = title.numbers[0], title.numbers[-1]
    same_first = hmac.compare_digest(first[-4:].encode(), claimed)
    same_last = hmac.compare_digest(last[-4:].encode(), claimed)
    return same_name and (same_first or same_last)
