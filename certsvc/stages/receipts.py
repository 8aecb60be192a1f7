"""Receipts of the filing chain: the authority that receives a batch records it, level by level.

A receipt is recorded once and never changed; what the batch's header claims of a level must agree with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from certsvc.domain.actor import Actor
from certsvc.domain.caller import Caller
from certsvc.domain.filing import FilingStatus
from certsvc.domain.permission import Action
from certsvc.domain.receipts import FilingReceipt, ReceiptStep, missing_steps, receipt_path
from certsvc.domain.regions import REGIONS
from certsvc.domain.registry import FilingLevel, Registry
from certsvc.domain.submission import RawWorkbook
from certsvc.errors import ConflictError, IntegrityError, NotPermitted, RequestError, UnknownReference
from certsvc.ports import ActorStore, Clock, FilingStore
from certsvc.ports.operations import ReceiptStore
from certsvc.stages.filing_cells import CellReader
from certsvc.stages.filing_header import read_header
from certsvc.stages.permits import Permits

MOST_TEXT = 500
MOST_REF = 128
MOST_REASON = 300
APPROVED: Final = "同意备案"


@dataclass(frozen=True, slots=True)
class Receipts:
    """What recording needs. `read_file` reads a filed file's cells, `registry_of` decodes the JSON of a registry."""

    actors: ActorStore
    permits: Permits
    filings: FilingStore
    receipts: ReceiptStore
    clock: Clock
    read_file: Callable[[bytes, str], RawWorkbook]
    registry_of: Callable[[bytes], Registry]

    def record(
        self, filing: str, level: FilingLevel, receipt_ref: str, received_on: date, opinion: str, actor: str
    ) -> FilingReceipt:
        """Record that the actor's authority received a batch at a level; the same again changes nothing.

        Raises UnknownReference, NotPermitted (another region, a supervisor), ConflictError (out of order, another
        receipt, the header claims otherwise), RequestError (a date to come, an empty or overlong text).
        """
        with self.permits.watching(Action.RECEIPT_RECORD, actor, f"filing/{filing[:32]}"):
            return self._record(filing, level, receipt_ref, received_on, opinion, actor)

    def _record(
        self, filing: str, level: FilingLevel, receipt_ref: str, received_on: date, opinion: str, actor: str
    ) -> FilingReceipt:
        by = self._writer(actor)
        path = self.path(filing)
        step = next((one for one in path if one.level is level), None)
        if step is None:
            levels = " → ".join(one.level.value for one in path)
            raise ConflictError(f"该批次的备案层级为 {levels}，没有{level.value}一级。请核对备案层级。")
        _require_office(step, by)
        _require_text(receipt_ref, "回执号", MOST_REF)
        _require_text(opinion, "意见", MOST_TEXT)
        if received_on > self.clock.today():
            raise RequestError(f"受理日期 {received_on} 晚于今天，请在受理之后登记，或核对日期。")
        _require_claims(step, receipt_ref, received_on)
        receipt = FilingReceipt(
            filing, step.step, level, receipt_ref, received_on, by.name, by.region, opinion, self.clock.now()
        )
        known = next((one for one in self.receipts.recorded(filing) if one.level is level), None)
        if known is None:
            _require_order(path, step, self.receipts.recorded(filing), received_on)
            known = self.receipts.record(receipt)
        return _require_same(known, receipt)

    def path(self, filing: str) -> tuple[ReceiptStep, ...]:
        """The levels that must receive the batch. Raises UnknownReference, ConflictError for a refused filing."""
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        if stored.status is FilingStatus.REFUSED:
            raise ConflictError("该批次的批次信息有误，整批不予受理。请按审查意见更正后重新报送。")
        registry = self.registry_of(self.filings.registry(stored.registry_digest))
        header = read_header(self.read_file(*self.filings.filed_file(filing)).header, CellReader())
        committee = None if header.committee_code is None else registry.committee(header.committee_code)
        if committee is None:
            raise IntegrityError(f"备案 {filing} 的评委会不在其审查所依据的登记簿中，已停止处理。")
        return receipt_path(committee, header, registry)

    def missing(self, filing: str) -> tuple[ReceiptStep, ...]:
        """The levels of a batch that no receiving authority recorded, in order."""
        return missing_steps(self.path(filing), self.receipts.recorded(filing))

    def receive_at_province(
        self, filing: str, step: ReceiptStep, actor: Caller, late_reason: str | None = None
    ) -> None:
        """Record the province's own receipt as the header claims it: who approves a batch has received it.

        `late_reason` stays with the opinion (`late_opinion`). Raises RequestError for one that is overlong.
        """
        if step.claimed_on is None:
            raise ConflictError(
                "批次信息没有省级备案日期。请先登记省级的备案回执（收到日期、回执号），再同意备案。"
            )
        ref = step.claimed_ref or filing
        opinion = APPROVED if late_reason is None else late_opinion(APPROVED, late_reason)
        self.receipts.record(
            FilingReceipt(
                filing,
                step.step,
                step.level,
                ref,
                step.claimed_on,
                actor.name,
                actor.region,
                opinion,
                self.clock.now(),
            )
        )

    def _writer(self, name: str) -> Actor:
        actor = self.actors.find_actor(name)
        if actor is None:
            raise UnknownReference(f"没有登记名为 {name} 的人员。请先登记，或核对账号名。")
        if not actor.may_decide:
            raise NotPermitted("监督人员可以查看全部过程，但不能登记回执。")
        return actor


def late_opinion(opinion: str, reason: str) -> str:
    """An opinion that holds why the batch is received late. Raises RequestError for a reason that is overlong or no line."""
    _require_text(reason, "逾期原因", MOST_REASON)
    return f"{opinion}（逾期原因：{reason}）"


def office_name(step: ReceiptStep) -> str:
    """How the receiving authority is told to a person."""
    region = None if step.office is None else REGIONS.get(step.office)
    return "登记簿未写明的受理部门" if region is None else f"{region.name}人力资源和社会保障部门"


def _require_office(step: ReceiptStep, actor: Actor) -> None:
    if step.office is None:
        raise ConflictError(f"登记簿没有写明{step.level.value}备案由哪个部门受理。请先补充登记簿。")
    if actor.region != step.office:
        raise NotPermitted(f"{step.level.value}备案由{office_name(step)}受理，回执只能由该部门的人员登记。")


def _require_text(value: str, what: str, most: int) -> None:
    if not value.strip() or len(value) > most or not value.isprintable():
        raise RequestError(f"{what}不能为空，不能超过 {most} 个字，也不能含换行等控制字符。请核对后重试。")


def _require_claims(step: ReceiptStep, receipt_ref: str, received_on: date) -> None:
    told = []
    if step.claimed_on is not None and step.claimed_on != received_on:
        told.append(f"备案日期填报为 {step.claimed_on}，登记为 {received_on}")
    if step.claimed_ref is not None and step.claimed_ref != receipt_ref:
        told.append(f"回执号填报为 {step.claimed_ref}，登记为 {receipt_ref}")
    if told:
        raise ConflictError(
            f"{step.level.value}备案与批次信息所填不一致：{'；'.join(told)}。"
            "请核对；若批次信息有误，请更正后重新报送。"
        )


def _require_order(
    path: tuple[ReceiptStep, ...], step: ReceiptStep, recorded: tuple[FilingReceipt, ...], received_on: date
) -> None:
    below = missing_steps((one for one in path if one.step < step.step), recorded)
    if below:
        raise ConflictError(f"须逐级备案：{missing_words(below)}。请先由下级受理部门登记。")
    if any(one.step > step.step for one in recorded):
        raise ConflictError("上一级已登记回执，不能再补登下一级。")
    if any(one.received_on > received_on for one in recorded):
        raise ConflictError("受理日期早于下一级的受理日期，备案须逐级进行。请核对日期。")


def missing_words(missing: tuple[ReceiptStep, ...]) -> str:
    """What a person is told of levels without a receipt."""
    return "、".join(f"{one.level.value}（{office_name(one)}）尚未登记回执" for one in missing)


def _require_same(known: FilingReceipt, wanted: FilingReceipt) -> FilingReceipt:
    same = (known.receipt_ref, known.received_on, known.office, known.opinion) == (
        wanted.receipt_ref,
        wanted.received_on,
        wanted.office,
        wanted.opinion,
    )
    if not same:
        raise ConflictError(f"{wanted.level.value}备案的回执已登记，内容不同；已登记的回执不能更改。")
    return known
