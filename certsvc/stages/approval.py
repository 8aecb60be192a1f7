"""Four eyes over a filing: one registered person approves it, another one issues its certificates.

Both serve the provincial department (吉人社函〔2022〕181号 三.6: results are filed with the province); that they are
not the same person is refused by the database itself as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from certsvc.domain.caller import Caller
from certsvc.domain.filing import FilingReport, FilingStatus
from certsvc.domain.findings import Severity
from certsvc.domain.permission import Action
from certsvc.domain.receipts import ReceiptStep
from certsvc.domain.registry import FilingLevel
from certsvc.domain.rules.receipts import check_receipts
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.ports import Clock, FilingStore
from certsvc.stages.permits import Permits
from certsvc.stages.receipts import Receipts, missing_words

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Approval:
    """What the two decisions need. `receipts_required`: without it lower levels may rest on the header's claims.

    `answer_changed` examines an open filing under the facts of now and says whether its answer is another one.
    `require_open` raises ConflictError for a filing whose batch was declared void. `due_on`: until when the first level
    may receive a filing's batch, None: unknown.
    """

    permits: Permits
    filings: FilingStore
    clock: Clock
    receipts: Receipts
    receipts_required: bool
    answer_changed: Callable[[str], bool]
    require_open: Callable[[str], None]
    due_on: Callable[[str], date | None]

    def approve(
        self,
        filing: str,
        actor: str,
        confirmed: Collection[str] | None = None,
        late_reason: str | None = None,
    ) -> FilingReport:
        """The maker confirms what the gate admitted, and with it that the province has received the batch.

        `confirmed`: the rules whose warnings the maker confirms by name; every warning has to be among them, and each is
        written down. None: the maker was not asked warning by warning. `late_reason`: why the province receives the
        batch after its day; it stays with the receipt, and whoever confirms by name has to give it.

        Approving again by the same person changes nothing. Raises ConflictError naming every level of the filing
        chain that no receiving authority recorded; where receipts are not required, a warning names them. Raises
        RequestError for a reason that is missing, overlong, or given where nothing is late.
        """
        maker = self.permits.official(actor, Action.FILING_APPROVE, _subject(filing))
        self.permits.require(Action.FILING_APPROVE, maker, _subject(filing))
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        if stored.status is FilingStatus.REFUSED:
            raise ConflictError("该批次的批次信息有误，整批不予受理。请按审查意见更正后重新报送。")
        self.require_open(filing)
        missing = self.receipts.missing(filing)
        lower = tuple(step for step in missing if step.level is not FilingLevel.PROVINCE)
        if stored.maker is None:
            if self.answer_changed(filing):
                raise ConflictError("报送以来情况有变，已重新审查。请先查看新的审查意见，再决定是否同意。")
            if lower and self.receipts_required:
                raise ConflictError(f"备案回执不全：{missing_words(lower)}。登记齐全后才能同意备案。")
            own = next((step for step in missing if step.level is FilingLevel.PROVINCE), None)
            reason = self._reason(filing, own, late_reason, asked=confirmed is not None)
            if confirmed is not None:
                self._confirm(filing, maker, confirmed)
            if own is not None:
                self.receipts.receive_at_province(filing, own, maker, reason)
            self.filings.approve(filing, maker.name, self.clock.now())
        elif stored.maker != maker.name:
            raise ConflictError("该备案已由另一位人员同意，无需再次同意。")
        report = self.filings.report(filing)
        return replace(report, findings=(*report.findings, *check_receipts(lower)))

    def _reason(self, filing: str, own: ReceiptStep | None, given: str | None, *, asked: bool) -> str | None:
        reason = (given or "").strip()
        if not reason and not asked:
            return None
        due_on = self.due_on(filing) if own is not None and own.step == 1 else None
        if due_on is None or self.clock.today() <= due_on:
            if reason:
                raise RequestError("本次同意备案不登记逾期的省级回执，不需要填写逾期原因。")
            return None
        if not reason:
            raise RequestError("省级备案已超过期限，请填写逾期原因后再同意备案。")
        return reason

    def _confirm(self, filing: str, maker: Caller, confirmed: Collection[str]) -> None:
        warned = {
            one.code: one.message
            for one in self.filings.report(filing).findings
            if one.severity is Severity.WARNING
        }
        open_ones = sorted(set(warned) - set(confirmed))
        if open_ones:
            told = "；".join(warned[code] for code in open_ones[:_SHOWN])
            raise ConflictError(f"还有 {len(open_ones)} 项提醒没有逐项确认：{told}")
        for code in sorted(warned):
            self.permits.trail.note(maker, f"{Action.FILING_APPROVE}.confirmed", f"{_subject(filing)}/{code}")

    def begin_issue(self, filing: str, actor: str) -> FilingReport:
        """The checker takes over the issue. Raises NotPermitted for the person who approved."""
        checker = self.permits.official(actor, Action.FILING_ISSUE, _subject(filing))
        self.permits.require(Action.FILING_ISSUE, checker, _subject(filing))
        stored = self.filings.find(filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {filing}。请核对备案号。")
        if stored.maker is None:
            raise ConflictError("该备案尚未同意，不能签发。请先由另一位省级人员审查并同意备案，再由您签发。")
        first_person = self.permits.first_person(stored.maker, stored.approved_at)
        self.permits.require(Action.FILING_ISSUE, checker, _subject(filing), first_person=first_person)
        self.require_open(filing)
        self.filings.begin_issue(filing, checker.name, self.clock.now())
        return self.filings.report(filing)


def _subject(filing: str) -> str:
    return f"filing/{filing[:32]}"
