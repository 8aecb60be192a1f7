"""Statements 历史数据说明: what older papers record of a title, as a signed page whose QR symbol leads to today's answer.

Each version of a record has one statement, dated the day it was first asked for: whoever asks again gets the same bytes. The
order is: it is written down; its record is signed, verified and kept; its document is written, signed and kept; the look is
noted; it is shown. What a process that dies leaves unfinished the next question finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from certverify import LedgerUnavailable
from certverify.status import Status

from certsvc.domain.caller import Caller
from certsvc.domain.history import HistoricalRecord, HistoricalTitle
from certsvc.errors import ConflictError, IntegrityError, UnavailableError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.history import RegisteredHistory
from certsvc.ports.statements import Statement, StatementStore
from certsvc.stages.historical_answers import HistoricalAnswers, precedence
from certsvc.stages.historical_records import newest_of
from certsvc.stages.public_words import making
from certsvc.stages.share_grants import Holder
from certsvc.stages.statement_press import printed_words, require_printable, require_signable
from certsvc.stages.verify import HolderClaim, plain_name

STATEMENT: Final = "历史数据说明"
AT_OFFICE: Final = "cli"
NO_RECORD: Final = "未查询到相符的历史数据，请核对查询编号或原证书编号、姓名和证件号码后四位。"
_NOT_THE_HOLDERS: Final = "没有与持证人相符的历史数据。请核对查询编号或原证书编号。"
_NOT_STATED: Final = "不能出具历史数据说明。"

PrintStatement = Callable[[Statement, RegisteredHistory], str]
"""Sign and keep whatever a statement lacks; the digest of its kept document."""


@dataclass(frozen=True, slots=True)
class GivenStatement:
    """A statement that is handed out: whose it is, and the exact bytes that are kept."""

    reference: str
    version: int
    document: bytes


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of an office.

    `versions`: every version of a record, published or not; `missing`: the characters that the fonts lack; `read`: the kept
    document of a version, None while there is none.
    """

    answers: HistoricalAnswers
    versions: Callable[[str], Sequence[HistoricalRecord]]
    store: StatementStore
    missing: Callable[[Iterable[str]], frozenset[str]]
    print_statement: PrintStatement
    read: Callable[[str, int], bytes | None]
    looks: PersonalLooks
    clock: Clock

    def for_claim(self, claim: HolderClaim) -> GivenStatement:
        """For whoever knows number, name and last four characters.

        Raises UnknownReference, one and the same after comparable work, for what does not agree or is not public;
        ConflictError for a record of which nothing can be stated now; UnavailableError.
        """
        found = self.answers.identify(claim)
        if found is None:
            raise UnknownReference(NO_RECORD)
        return self._give(found, "public", "api")

    def for_holder(self, holder: Holder, number: str, by: Caller, channel: str = "api") -> GivenStatement:
        """The holder's own, by check reference or old number. Raises UnknownReference when no record of it is the holder's."""
        return self._give(self._asked(number, holder), by.name, channel)

    def at_office(self, reference: str, by: Caller) -> GivenStatement:
        """The same by the record's reference; the operator has seen the identity document."""
        return self._give(self._asked(reference, None), by.name, AT_OFFICE)

    def _asked(self, number: str, holder: Holder | None) -> RegisteredHistory:
        found = self.answers.register.asked_for(number)
        own = [one for one in found if _is_own(one.title, holder)]
        if own:
            return max(own, key=precedence)
        reference = "".join(number.split()).upper()
        waiting = [one for one in self.versions(reference) if _is_own(one.title, holder)]
        if waiting:
            raise ConflictError(_why_not_public(newest_of(waiting)))
        if holder is None:
            raise UnknownReference(f"没有查询编号为 {reference} 的历史记录。请核对编号。")
        raise UnknownReference(_NOT_THE_HOLDERS)

    def _give(self, one: RegisteredHistory, viewer: str, channel: str) -> GivenStatement:
        self._require_standing(one)
        require_signable(one)
        require_printable(one.title, self.missing(printed_words(one.title)))
        begun = self.store.begin(one.reference, one.version, self.clock.now())
        if not begun.ready:
            with nullcontext() if channel == AT_OFFICE else making(STATEMENT):
                self.store.finish(begun, self.print_statement(begun, one))
        document = self.read(one.reference, one.version)
        if document is None:
            raise IntegrityError(f"历史数据说明 {one.reference} 的文件不在档案中，已停止处理。")
        self._require_standing(self._now(one))
        self.looks.append(PersonalLook(self.clock.now(), channel, viewer, one.reference, STATEMENT))
        return GivenStatement(one.reference, one.version, document)

    def _now(self, one: RegisteredHistory) -> RegisteredHistory:
        """The version as it stands by now: a revocation while its statement was signed keeps the statement back."""
        versions = self.answers.register.asked_for(one.reference)
        now = [two for two in versions if (two.reference, two.version) == (one.reference, one.version)]
        if not now:
            raise ConflictError(f"该历史数据刚刚有变动，{_NOT_STATED}请稍后重试。")
        return now[0]

    def _require_standing(self, one: RegisteredHistory) -> None:
        """Raises ConflictError unless the version is in force, undisputed and in the public log."""
        if one.status == Status.REVOKED:
            raise ConflictError(f"该历史数据已撤销{_reference_of(one)}，{_NOT_STATED}")
        if one.status == Status.SUPERSEDED:
            newest = max(two.version for two in self.answers.register.asked_for(one.reference))
            raise ConflictError(
                f"该历史数据的第{one.version}版已更正，由第{newest}版替换，{_NOT_STATED}请按更正后的内容办理。"
            )
        if one.disputed:
            raise ConflictError(f"该历史数据有异议，正在核实，暂{_NOT_STATED}请待处理完毕后再办理。")
        logged = self._logged(one.slot)
        if logged is Status.UNASSIGNED:
            raise ConflictError("该历史数据正在记入公开账本，尚不能出具历史数据说明。请稍后再试。")

    def _logged(self, slot: int) -> object:
        _trust, ledger = self.answers.published.open()
        if isinstance(ledger, LedgerUnavailable):
            raise UnavailableError("公开账本暂时无法读取，没有出具历史数据说明。请稍后重试，或联系管理员。")
        return ledger.status_of(slot)


def _is_own(title: HistoricalTitle, holder: Holder | None) -> bool:
    if holder is None:
        return True
    same_number = holder.id_number.strip().upper() in title.numbers
    return same_number and plain_name(holder.name) == plain_name(title.name)


def _why_not_public(newest: HistoricalRecord) -> str:
    quality = newest.title.quality
    if not quality.publishable:
        return (
            f"该记录的材料质量为{quality.value}级（{quality.label}），没有公布，{_NOT_STATED}"
            "请向登记该记录的部门补充档案材料。"
        )
    return f"该记录目前为“{newest.state.label}”，尚未公布，{_NOT_STATED}请待公布后再办理。"


def _reference_of(one: RegisteredHistory) -> str:
    return "" if one.ended is None else f"（{one.ended.reference}）"
