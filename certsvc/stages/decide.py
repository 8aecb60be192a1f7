"""Decisions under four eyes: one person proposes, another one of the same authority confirms.

1. A proposal is checked against the certificate: who may decide, public words, dates, what may follow what.
2. The confirmation checks again, with the certificate held, and writes everything in one transaction: the decision, the
   status of every version, the credit record, the corrected version's draft, and the ledger events.
3. Sealing a corrected version, logging and publishing come afterwards and can be repeated at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from certsvc.domain.actor import Actor
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.credit import CreditRecord
from certsvc.domain.decision import (
    CertificateVersion,
    DecisionKind,
    DecisionStatus,
    Proposal,
    StoredDecision,
    effective_day,
    require_fit_way,
    require_possible,
    require_settled,
    require_timely,
)
from certsvc.domain.decision_authority import require_authority, require_second_person
from certsvc.domain.decision_changes import (
    corrected_award,
    named_changes,
    printed_texts,
    require_possible_references,
)
from certsvc.domain.decision_kinds import ending_behind
from certsvc.domain.decision_policy import DecisionPolicy
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE, require_public, require_words
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.ports import ActorStore, Clock
from certsvc.ports.decisions import DecisionStore, Enactment, Versions
from certsvc.stages.decide_effects import Effects

REFERENCE_WORD, GROUND_WORD = "决定文号", "决定理由"
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class PreparedDecision:
    """A proposal whose words, dates and authority are in order, who makes it, and the certificate as it stands."""

    proposal: Proposal
    maker: str
    versions: Versions


@dataclass(frozen=True, slots=True)
class Deciding:
    """What deciding needs. `document_kept` tells whether an authority (its region) has uploaded a document with a digest.

    `missing_glyphs` tells the characters that the certificate font lacks, `without_room` the texts of a certificate
    that are too long to be printed, `committee_name` the name of a registered committee by its code.
    """

    actors: ActorStore
    store: DecisionStore
    clock: Clock
    missing_glyphs: Callable[[Iterable[str]], frozenset[str]]
    without_room: Callable[[CertificateContent], tuple[str, ...]]
    random_bytes: Callable[[int], bytes]
    policy: DecisionPolicy
    document_kept: Callable[[str, str], bool]
    committee_name: Callable[[str], str | None]

    def propose(
        self,
        kind: DecisionKind,
        number: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        changes: Mapping[str, str] | None = None,
        document_sha256: str | None = None,
    ) -> str:
        """Propose a decision; its id. The same content proposed again keeps its id.

        `changes`: corrected fields by their names or by the words of the paper (姓名). `document_sha256`: the uploaded
        decision document. Raises UnknownReference (actor, certificate, document),
        NotPermitted (authority), RequestError (dates, words, changes, way, document missing, suspension off),
        ConflictError (status of the certificate, another open proposal of this kind).
        """
        prepared = self.prepare(
            kind, number, document_ref, decided_on, ground, actor, changes, document_sha256
        )

        def check(held: Versions) -> None:
            require_possible(kind, require_settled(held).status)

        new_id, maker = self._new_id("D"), prepared.maker
        return self.store.propose(prepared.proposal, new_id, maker, self.clock.now(), check)

    def prepare(
        self,
        kind: DecisionKind,
        number: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        changes: Mapping[str, str] | None = None,
        document_sha256: str | None = None,
    ) -> PreparedDecision:
        """The proposal as it would be stored, with the certificate as it stands; changes nothing. Raises as `propose`."""
        maker = self._actor(actor)
        number = number.strip().upper()
        reference = require_words(document_ref, REFERENCE_WORD, LONGEST_REFERENCE)
        grounds = require_words(ground, GROUND_WORD, LONGEST_GROUND)
        versions = self.store.versions(number)
        if not versions:
            raise UnknownReference(f"没有编号为 {number} 的证书。请核对证书编号。")
        newest = versions[-1]
        require_authority(kind, maker, newest.content.award, newest.status)
        effective_on = self._effective_day(kind, decided_on, newest)
        changed = named_changes(changes or {})
        proposal = Proposal(
            kind, number, reference, decided_on, grounds, effective_on, changed, document_sha256
        )
        self._require_fit(proposal, versions)
        if document_sha256 is not None and not self.document_kept(document_sha256, maker.region):
            raise UnknownReference("本部门没有上传过该决定文书。请先上传文件。")
        return PreparedDecision(proposal, maker.name, versions)

    def confirm(self, decision: str, actor: str) -> StoredDecision:
        """The second person confirms: everything the decision changes is committed. Again by the same person: nothing new.

        Raises UnknownReference, NotPermitted (same person, other authority, supervisor), ConflictError (status).
        """
        checker, stored = self._actor(actor), self.find(decision)
        require_second_person(stored.proposal.kind, self._maker(stored), checker)
        if stored.status is DecisionStatus.PROPOSED:
            self._require_policy(stored.proposal)
            self._require_same_lifted(stored.proposal)
        effects = Effects(self.clock.today(), self.random_bytes, self._new_id, self.policy.credit_starts)

        def enact(
            held: StoredDecision, versions: Versions, credit: CreditRecord | None, allot: Callable[[], int]
        ) -> Enactment:
            newest, kind = require_settled(versions), held.proposal.kind
            require_authority(kind, checker, newest.content.award, newest.status)
            require_possible(kind, newest.status)
            _require_public_words(held.proposal, versions)  # a correction since may have made a word a name
            return effects.of(held, versions, credit, allot, self.clock.now())

        return self.store.confirm(stored.id, checker.name, self.clock.now(), enact)

    def withdraw(self, decision: str, actor: str) -> StoredDecision:
        """Take a proposal back, by a person of the authority that made it. Again: nothing new.

        The province, which confirms voidings, turns down those that others proposed in the same way.
        """
        by, stored = self._actor(actor), self.find(decision)
        voiding, action = stored.proposal.kind is DecisionKind.VOID, Action.DECISION_WITHDRAW
        if by.region != self._maker(stored).region:
            if not voiding or by.region != PROVINCE:
                raise NotPermitted("决定只能由提出该决定的部门撤回；无效的提议，省厅也可以不予确认并退回。")
            action = Action.VOIDING_TURN_DOWN
        return self.store.withdraw(stored.id, by.name, self.clock.now(), action)

    def find(self, decision: str) -> StoredDecision:
        """A decision. Raises UnknownReference when there is none."""
        stored = self.store.find(decision)
        if stored is None:
            raise UnknownReference(f"没有编号为 {decision} 的决定。请核对决定编号。")
        return stored

    def _require_fit(self, proposal: Proposal, versions: Versions) -> None:
        award = versions[-1].content.award
        self._require_policy(proposal)
        require_fit_way(proposal.kind, award.way)
        if proposal.kind is DecisionKind.CORRECT:
            corrected = corrected_award(award, proposal.changes)
            today = self.clock.today()
            require_possible_references(corrected, proposal.changes, today, self.committee_name)
            self._require_printable(replace(versions[-1].content, award=corrected))
        elif proposal.changes:
            raise RequestError("只有更正决定可以写明要更正的内容。")
        _require_public_words(proposal, versions)
        require_timely(proposal, versions[0], self.clock.today())

    def _require_policy(self, proposal: Proposal) -> None:
        self.policy.require_in_use(proposal.kind)
        self.policy.require_document(proposal.kind, proposal.document_sha256)

    def _effective_day(self, kind: DecisionKind, decided_on: date, newest: CertificateVersion) -> date:
        """Raises RequestError for a reinstatement that is dated before what it lifts, an ending or a suspension."""
        lifted = self._lifted(newest) if kind is DecisionKind.REINSTATE else None
        if lifted is not None and decided_on < lifted.decided_on:
            raise RequestError(
                f"恢复决定的日期不能早于所恢复的{lifted.kind.label}决定（{lifted.decided_on.isoformat()}）。请核对决定文书上的日期。"
            )
        acquired_on = newest.content.award.acquired_on
        from_on = None if lifted is None or lifted.kind is DecisionKind.SUSPEND else lifted.effective_on
        return effective_day(kind, decided_on, acquired_on, self.policy.void_from, from_on)

    def _lifted(self, newest: CertificateVersion) -> Proposal | None:
        """What ended or suspended the title; None when nothing has."""
        suspended = newest.status is CertificateStatus.SUSPENDED
        kind = DecisionKind.SUSPEND if suspended else ending_behind(newest.status)
        decided = [one.proposal for one in self.store.confirmed(newest.content.number)]
        return next((one for one in reversed(decided) if one.kind is kind), None)

    def _require_same_lifted(self, proposal: Proposal) -> None:
        """Raises ConflictError when the title was ended by another decision since the lifting was proposed."""
        newest = self.store.versions(proposal.number)[-1]
        if proposal.kind is not DecisionKind.REINSTATE or newest.status not in proposal.kind.possible_from:
            return
        if self._effective_day(proposal.kind, proposal.decided_on, newest) != proposal.effective_on:
            raise ConflictError("提出恢复以后，该证书又有新的决定。请撤回本项决定，核对后重新提出。")

    def _require_printable(self, content: CertificateContent) -> None:
        """What cannot be printed would never be sealed."""
        missing = self.missing_glyphs(printed_texts(content.award))
        if missing:
            raise RequestError(f"证书字库缺字：{'、'.join(sorted(missing))}。请先补充字库，再提出更正。")
        too_long = self.without_room(content)
        if too_long:
            raise RequestError(f"更正后的文字过长，证书上排印不下：{'；'.join(too_long)}。请缩短后重试。")

    def _actor(self, name: str) -> Actor:
        actor = self.actors.find_actor(name)
        if actor is None:
            raise UnknownReference(f"没有登记名为 {name} 的人员。请先登记，或核对账号名。")
        if not actor.may_decide:
            raise NotPermitted("监督人员可以查看全部过程，但不能作出决定。")
        return actor

    def _maker(self, stored: StoredDecision) -> Actor:
        """Who proposed a decision, as registered then."""
        maker = self.actors.actor_when(stored.maker, stored.proposed_at)
        if maker is None:
            raise UnknownReference(f"没有登记名为 {stored.maker} 的人员。请核对账号名。")
        return maker

    def _new_id(self, prefix: str) -> str:
        return prefix + self.random_bytes(_ID_BYTES).hex()[1:].upper()


def _require_public_words(proposal: Proposal, versions: Versions) -> None:
    """Raises RequestError when reference or ground names the holder, by any name a version ever bore or shall bear."""
    award = versions[-1].content.award
    names = {version.content.award.name for version in versions}
    if proposal.kind is DecisionKind.CORRECT:
        names.add(corrected_award(award, proposal.changes).name)
    for what, text in ((REFERENCE_WORD, proposal.document_ref), (GROUND_WORD, proposal.ground)):
        require_public(text, what, names, award.document.number)
