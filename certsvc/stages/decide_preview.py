"""The dry run of a decision: everything that its confirmation would change, worked out by the same code, and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from certsvc.domain.actor import Actor
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.credit import CreditRecord
from certsvc.domain.decision import (
    CertificateVersion,
    DecisionKind,
    DecisionStatus,
    Proposal,
    StoredDecision,
    require_fit_way,
    require_possible,
    require_settled,
)
from certsvc.domain.decision_authority import require_authority, require_second_person
from certsvc.domain.decision_changes import FIELD_WORDS
from certsvc.domain.permission import proposing
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, NotPermitted, RequestError
from certsvc.ports.decisions import Versions
from certsvc.stages.decide import Deciding
from certsvc.stages.decide_effects import Effects
from certsvc.stages.permits import Permits

_ENDING = (DecisionKind.REVOKE, DecisionKind.WRITE_OFF, DecisionKind.VOID)
_NO_ID = "D"


@dataclass(frozen=True, slots=True)
class AffectedVersion:
    """One version: how it stands, and how it would stand."""

    version: int
    now: CertificateStatus
    then: CertificateStatus


@dataclass(frozen=True, slots=True)
class CorrectedField:
    """One field of a correction: its word, what stands there, what would."""

    word: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class DecisionPreview:
    """What would happen. `later`: numbers of titles that would be listed for a person's decision. `seen`: names this very
    state of the certificate; a confirmation of another state is refused.
    """

    proposal: Proposal
    versions: tuple[AffectedVersion, ...]
    new_version: int | None
    fields: tuple[CorrectedField, ...]
    opens: CreditRecord | None
    closes: CreditRecord | None
    later: tuple[str, ...]
    tells_credit: bool
    tells_titles: bool
    seen: str


@dataclass(frozen=True, slots=True)
class DecisionPreviews:
    """What a dry run needs. `later_titles` gives the numbers of titles that rest on some certificates; `titles_told`:
    whether the national title-query platform is told of changes.
    """

    deciding: Deciding
    permits: Permits
    later_titles: Callable[[Iterable[str]], tuple[str, ...]]
    titles_told: bool

    def of_proposal(
        self,
        kind: DecisionKind,
        number: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        changes: Mapping[str, str] | None = None,
        document_sha256: str | None = None,
    ) -> DecisionPreview:
        """What a proposal would do if it were confirmed today. Raises as `Deciding.propose`."""
        with self.permits.watching(proposing(kind), actor, f"certificate/{number[:32]}"):
            prepared = self.deciding.prepare(
                kind, number, document_ref, decided_on, ground, actor, changes, document_sha256
            )
        return self._preview(prepared.proposal, prepared.maker, prepared.versions)

    def of_stored(self, stored: StoredDecision) -> DecisionPreview:
        """What a waiting decision would do now. Raises ConflictError when the certificate has changed so that it may not."""
        proposal = stored.proposal
        return self._preview(proposal, stored.maker, self.deciding.store.versions(proposal.number))

    def possible_kinds(self, newest: CertificateVersion, by: str) -> tuple[DecisionKind, ...]:
        """The kinds that somebody may propose over a certificate that stands like this; none for who only reads."""
        actor = self.deciding.actors.find_actor(by)
        if actor is None or not actor.may_decide:
            return ()
        return tuple(kind for kind in DecisionKind if self._is_possible(kind, newest, actor))

    def _is_possible(self, kind: DecisionKind, newest: CertificateVersion, actor: Actor) -> bool:
        award = newest.content.award
        try:
            require_possible(kind, newest.status)
            require_fit_way(kind, award.way)
            require_authority(kind, actor, award, newest.status)
            self.deciding.policy.require_in_use(kind)
        except (ConflictError, NotPermitted, RequestError):
            return False
        return True

    def why_not_confirm(self, stored: StoredDecision, by: str) -> str | None:
        """Why somebody may not confirm a decision, as a sentence for them; None when they may."""
        actor = self.deciding.actors.find_actor(by)
        maker = self.deciding.actors.actor_when(stored.maker, stored.proposed_at)
        if actor is None or maker is None or not actor.may_decide:
            return "监督人员可以查看全部过程，但不能作出决定。"
        try:
            require_second_person(stored.proposal.kind, maker, actor)
        except NotPermitted as refused:
            return str(refused)
        return None

    def may_withdraw(self, stored: StoredDecision, by: str) -> bool:
        """Whether somebody may take a proposal back: its authority, or the province for a voiding."""
        actor = self.deciding.actors.find_actor(by)
        maker = self.deciding.actors.actor_when(stored.maker, stored.proposed_at)
        if actor is None or maker is None or not actor.may_decide:
            return False
        turns_down = stored.proposal.kind is DecisionKind.VOID and actor.region == PROVINCE
        return actor.region == maker.region or turns_down

    def require_seen(self, stored: StoredDecision, seen: str) -> None:
        """Raises ConflictError when a waiting decision is not what the person has seen: the certificate changed since."""
        if stored.status is not DecisionStatus.PROPOSED:
            return  # the confirmation itself says what became of it
        if state_of(stored.proposal, self.deciding.store.versions(stored.proposal.number)) != seen:
            raise ConflictError(
                "您打开页面以后，该证书的情况有变。请重新打开本项决定，核对影响范围后再确认。"
            )

    def _preview(self, proposal: Proposal, maker: str, versions: Versions) -> DecisionPreview:
        require_possible(proposal.kind, require_settled(versions).status)
        now = self.deciding.clock.now()
        stored = StoredDecision(_NO_ID, proposal, DecisionStatus.PROPOSED, maker, now, None, None)
        effects = Effects(
            self.deciding.clock.today(), bytes, lambda prefix: prefix, self.deciding.policy.credit_starts
        )
        credit = self.deciding.store.open_credit(proposal.number)
        enacted = effects.of(stored, versions, credit, lambda: 0, now)
        affected = tuple(
            AffectedVersion(one.content.version, one.status, enacted.statuses[one.content.version])
            for one in versions
            if one.content.version in enacted.statuses
        )
        ends = proposal.kind in _ENDING
        return DecisionPreview(
            proposal,
            affected,
            None if enacted.draft is None else enacted.draft.content.version,
            _fields(proposal, versions),
            enacted.opens,
            enacted.closes,
            self.later_titles([proposal.number]) if ends else (),
            enacted.opens is not None or enacted.closes is not None,
            self.titles_told,
            state_of(proposal, versions),
        )


def state_of(proposal: Proposal, versions: Versions) -> str:
    """A short name of what is proposed over a certificate in this very state: other states have other names."""
    stands = [(one.content.version, int(one.status), one.sealed) for one in versions]
    told = (proposal.kind, proposal.number, proposal.document_ref, sorted(proposal.changes.items()), stands)
    return sha256(repr(told).encode()).hexdigest()[:32]


def _fields(proposal: Proposal, versions: Versions) -> tuple[CorrectedField, ...]:
    award = versions[-1].content.award
    return tuple(
        CorrectedField(FIELD_WORDS.get(name, name), str(getattr(award, name, None) or "（空）"), text)
        for name, text in proposal.changes.items()
    )
