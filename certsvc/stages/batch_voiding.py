"""Voiding a whole batch under four eyes, and lifting that again: proposed, looked at beforehand, confirmed, carried out.

1. A proposal is checked against every certificate of the filing; a preview says what it would do and changes nothing.
2. The confirmation by the province commits one decision a certificate and the status of all versions at once.
3. The ledger events follow in chunks that can be taken up by anybody at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import date

from certsvc.domain.batch_voiding import (
    BatchCertificate,
    BatchDecision,
    BatchKind,
    BatchPreview,
    BatchProgress,
    BatchProposal,
    PlannedDecision,
    plan_restoring,
    plan_voiding,
    preview_of,
    require_timely_batch,
)
from certsvc.domain.certificate import Award
from certsvc.domain.decision import StoredDecision
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE, require_public, require_words
from certsvc.domain.filing import FilingStatus
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE, city_of
from certsvc.errors import ConflictError, RequestError, UnknownReference
from certsvc.ports import Clock, FilingStore
from certsvc.ports.batches import BatchStore
from certsvc.ports.decisions import Enactment, Versions
from certsvc.stages.decide import GROUND_WORD, REFERENCE_WORD
from certsvc.stages.decide_effects import Effects
from certsvc.stages.permits import Permits

CHUNK = 200
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class BatchVoiding:
    """What deciding over batches needs.

    `place_of` gives the division that a filing belongs to; `later_titles` the numbers of titles that rest on some
    certificates; `document_kept` whether an authority uploaded a document with a digest.
    """

    permits: Permits
    filings: FilingStore
    store: BatchStore
    clock: Clock
    policy: DecisionPolicy
    random_bytes: Callable[[int], bytes]
    place_of: Callable[[str], str | None]
    later_titles: Callable[[Iterable[str]], tuple[str, ...]]
    document_kept: Callable[[str, str], bool]

    def propose(self, proposal: BatchProposal, actor: str) -> str:
        """Propose a batch decision; its id. The same content, while it is open, keeps its id.

        Raises UnknownReference (actor, filing, batch decision, document), NotPermitted (authority), RequestError (dates,
        words, document missing), ConflictError (nothing to void or restore, another open proposal).
        """
        fit, region = self._fit(proposal, actor)
        if fit.document_sha256 is not None and not self.document_kept(fit.document_sha256, region):
            raise UnknownReference("本部门没有上传过该决定文书。请先上传文件。")
        self.policy.require_document(fit.kind.of_one, fit.document_sha256)
        members, undrafted = self.store.members(fit.filing), self.store.undrafted(fit.filing)
        self._plan(fit, members, undrafted, self.store.closed_by(fit.filing))
        new_id = "B" + self.random_bytes(_ID_BYTES).hex()[1:].upper()
        return self.store.propose(fit, new_id, actor, self.clock.now())

    def preview(self, proposal: BatchProposal, actor: str) -> BatchPreview:
        """What the proposal would do; changes nothing. Raises as `propose`."""
        fit, _ = self._fit(proposal, actor)
        members, undrafted = self.store.members(fit.filing), self.store.undrafted(fit.filing)
        planned = self._plan(fit, members, undrafted, self.store.closed_by(fit.filing))
        later = self.later_titles(one.number for one in planned) if fit.kind is BatchKind.VOID else ()
        return preview_of(fit, members, planned, len(undrafted), later, self.store.same_batch(fit.filing))

    def proposal(
        self,
        kind: BatchKind,
        filing: str | None,
        undoes: str | None,
        document_ref: str,
        decided_on: date,
        ground: str,
        document_sha256: str | None = None,
    ) -> BatchProposal:
        """The proposal to void a filing, or to lift the voiding `undoes`. Raises RequestError unless exactly it is named."""
        voids = kind is BatchKind.VOID
        if voids != (filing is not None) or voids == (undoes is not None):
            raise RequestError(
                "整批无效请填写 filing（备案号），整批恢复请填写 undoes（整批无效决定的编号）。"
            )
        if filing is not None:
            return BatchProposal(kind, filing, document_ref, decided_on, ground, document_sha256)
        return self.restoration(undoes or "", document_ref, decided_on, ground, document_sha256)

    def restoration(
        self, batch: str, document_ref: str, decided_on: date, ground: str, document_sha256: str | None = None
    ) -> BatchProposal:
        """The proposal that lifts a batch voiding. Raises UnknownReference, RequestError for what is none."""
        stored = self.find(batch)
        if stored.proposal.kind is not BatchKind.VOID:
            raise RequestError("只有整批无效决定可以恢复。请核对编号。")
        filing = stored.proposal.filing
        return BatchProposal(
            BatchKind.RESTORE, filing, document_ref, decided_on, ground, document_sha256, stored.id
        )

    def confirm(self, batch: str, actor: str) -> BatchDecision:
        """The second person confirms: from the commit on nobody is told "valid". Again by the same person: nothing new.

        The ledger events are still to be written (`carry_out`).
        """
        stored = self.find(batch)
        action = _action(stored.proposal.kind, "confirm")
        checker = self.permits.official(actor, action, _subject(batch))
        place = self.permits.place_of(stored.maker, stored.proposed_at)
        first_person = self.permits.first_person(stored.maker, stored.proposed_at)
        self.permits.require(action, checker, _subject(batch), place=place, first_person=first_person)
        return self.store.confirm(stored.id, checker.name, self.clock.now(), self._plan)

    def carry_out(self, batch: str, size: int = CHUNK) -> Generator[int, None, None]:
        """Write the ledger events of a confirmed batch decision, chunk by chunk; how many certificates each moved."""
        effects = Effects(self.clock.today(), self.random_bytes, lambda prefix: prefix)

        def enact(decision: StoredDecision, versions: Versions) -> Enactment:
            return effects.of(decision, versions, None, _no_slot, self.clock.now())

        while moved := self.store.write_events(batch, self.clock.now(), size, enact):
            yield moved

    def unfinished(self) -> tuple[str, ...]:
        """Confirmed batch decisions whose events are not all written."""
        return self.store.unfinished()

    def withdraw(self, batch: str, actor: str) -> BatchDecision:
        """Take a proposal back, by a person of the authority that made it. Again: nothing new.

        The province, which confirms voidings, turns down those that others proposed in the same way.
        """
        stored = self.find(batch)
        by = self.permits.official(actor, Action.DECISION_WITHDRAW, _subject(batch))
        place = self.permits.place_of(stored.maker, stored.proposed_at)
        others = stored.proposal.kind is BatchKind.VOID and by.region == PROVINCE != place
        action = Action.BATCH_VOIDING_TURN_DOWN if others else Action.DECISION_WITHDRAW
        self.permits.require(action, by, _subject(batch), place=place)
        return self.store.withdraw(stored.id, by.name, self.clock.now(), action)

    def find(self, batch: str) -> BatchDecision:
        """A batch decision. Raises UnknownReference when there is none."""
        stored = self.store.find(batch)
        if stored is None:
            raise UnknownReference(f"没有编号为 {batch[:32]} 的整批决定。请核对编号。")
        return stored

    def listed(self, filing: str | None = None) -> tuple[BatchDecision, ...]:
        """Batch decisions, newest proposal first, of one filing where asked."""
        return self.store.listed(filing)

    def progress(self, batch: str) -> BatchProgress:
        """How far a batch decision is."""
        return self.store.progress(batch)

    def require_open(self, filing: str) -> None:
        """Raises ConflictError for a filing whose batch was declared void: nothing is approved or issued any more."""
        if self.store.closed_by(filing) is not None:
            raise ConflictError("该批次已被认定无效，不能同意备案，也不再签发证书。")

    def _fit(self, proposal: BatchProposal, actor: str) -> tuple[BatchProposal, str]:
        """The proposal with its words in order, and the region of the actor, who may propose it."""
        action = _action(proposal.kind, "propose")
        subject = f"filing/{proposal.filing[:32]}"
        maker = self.permits.official(actor, action, subject)
        stored = self.filings.find(proposal.filing)
        if stored is None:
            raise UnknownReference(f"没有备案 {proposal.filing[:32]}。请核对备案号。")
        place = self.place_of(proposal.filing)
        city = None if place is None else city_of(place)
        self.permits.require(action, maker, subject, place=city)
        if stored.status is FilingStatus.REFUSED:
            raise ConflictError("该批次已不予受理，没有可以认定无效的结果。")
        reference = require_words(proposal.document_ref, REFERENCE_WORD, LONGEST_REFERENCE)
        ground = require_words(proposal.ground, GROUND_WORD, LONGEST_GROUND)
        fit = BatchProposal(
            proposal.kind,
            proposal.filing,
            reference,
            proposal.decided_on,
            ground,
            proposal.document_sha256,
            proposal.undoes,
        )
        return fit, maker.region

    def _plan(
        self,
        proposal: BatchProposal,
        members: tuple[BatchCertificate, ...],
        undrafted: tuple[Award, ...],
        closed_by: BatchDecision | None,
    ) -> tuple[PlannedDecision, ...]:
        """Checked again at the confirmation, with everything held."""
        require_timely_batch(proposal, members, self.clock.today())
        _require_public_words(proposal, members, undrafted)
        if proposal.kind is BatchKind.RESTORE:
            _require_void(proposal, closed_by)
            return plan_restoring(members, proposal.undoes or "", proposal.decided_on)
        if closed_by is not None:
            raise ConflictError(f"该批次此前已被认定无效（{closed_by.id}），无需再次办理。")
        return plan_voiding(members, proposal.decided_on, self.policy.void_from)


def _require_void(proposal: BatchProposal, closed_by: BatchDecision | None) -> None:
    """Raises unless the batch decision to be lifted is the one in force, and is carried out."""
    if closed_by is None or closed_by.id != proposal.undoes:
        raise ConflictError("该整批无效决定尚未确认，或已经恢复，没有需要恢复的内容。")
    if closed_by.finished_at is None:
        raise ConflictError("该整批无效决定仍在入账，请稍候片刻后重试。")
    if proposal.decided_on < closed_by.proposal.decided_on:
        raise RequestError("恢复决定的日期不能早于所恢复的整批无效决定。请核对决定文书上的日期。")


def _require_public_words(
    proposal: BatchProposal, members: Iterable[BatchCertificate], undrafted: Iterable[Award]
) -> None:
    """Raises RequestError when reference or ground names anybody of the batch, or holds an ID number."""
    awards = [version.content.award for one in members for version in one.versions]
    for award in (*awards, *undrafted):
        for what, text in ((REFERENCE_WORD, proposal.document_ref), (GROUND_WORD, proposal.ground)):
            require_public(text, what, {award.name}, award.document.number)


def _action(kind: BatchKind, step: str) -> Action:
    return Action(f"console:batch_{kind}:{step}")


def _subject(batch: str) -> str:
    return f"batch/{batch[:32]}"


def _no_slot() -> int:
    raise AssertionError("a batch decision takes no slot")
