"""Following what a corrected announcement changes to its end: proposals through the corridor, each with its own two persons.

Where a change stands is read from the certificates and decisions as they are now; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from certsvc.domain.announced_changes import Change, ChangeKind, ChangeState
from certsvc.domain.announced_list import AnnouncedList, Listed
from certsvc.domain.announced_matching import Pairing, differences, pair
from certsvc.domain.caller import Caller
from certsvc.domain.certificate import Award
from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, RequestError
from certsvc.ports import Clock
from certsvc.ports.announced import AnnouncedBatches, AnnouncedStore, BatchCertificate, StoredChange
from certsvc.stages.permits import Permits

_ENDED: Final = frozenset(
    {CertificateStatus.REVOKED, CertificateStatus.WRITTEN_OFF, CertificateStatus.VOIDED}
)
_GROUNDS: Final = {
    ChangeKind.WITHDRAWN: "公布文件已更正，更正后的名单不再包含该项评审结果",
    ChangeKind.CHANGED: "公布文件已更正，该证书所载事项不能以更正办理，按更正后的公布文件另行签发",
}
_CORRECTION_GROUND: Final = "公布文件已更正，证书内容随之更正"


class Proposing(Protocol):
    """What proposes decisions."""

    def propose(
        self,
        kind: DecisionKind,
        number: str,
        document_ref: str,
        decided_on: date,
        ground: str,
        actor: str,
        changes: Mapping[str, str] | None = None,
    ) -> str:
        """See `Deciding.propose`."""
        ...


@dataclass(frozen=True, slots=True)
class NeededDecision:
    """The decision that a change still asks for."""

    kind: DecisionKind
    number: str
    ground: str
    changes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Followed:
    """A change and where it stands. `reason`: a sentence for the clerk; `needs`: the decision still to be proposed;
    `refusal`: why it could not be proposed just now."""

    stored: StoredChange
    state: ChangeState
    reason: str
    number: str | None = None
    needs: NeededDecision | None = None
    refusal: str | None = None

    @property
    def waits_for_decision(self) -> bool:
        """True while a decision has to be proposed or confirmed."""
        return self.needs is not None or self.state is ChangeState.PROPOSED


@dataclass(frozen=True, slots=True)
class _Certificates:
    """The certificates of the batch, and whom of the two lists they belong to."""

    all: tuple[BatchCertificate, ...]
    old: Pairing
    new: Pairing

    def of_old(self, row: Listed | None) -> BatchCertificate | None:
        """The certificate of a person as the replaced list names them."""
        found = None if row is None else self.old.pairs.get(row.number)
        return None if found is None else self.all[found]

    def of_new(self, row: Listed | None) -> BatchCertificate | None:
        """The certificate of a person as the corrected list names them."""
        found = None if row is None else self.new.pairs.get(row.number)
        return None if found is None else self.all[found]

    def unclear(self, change: Change) -> bool:
        """True when more than one certificate may be the person's."""
        before, after = change.before, change.after
        return (before is not None and before.number in self.old.ambiguous_left) or (
            after is not None and after.number in self.new.ambiguous_left
        )


@dataclass(frozen=True, slots=True)
class Following:
    """What following needs. `decision` gives a decision by its id."""

    permits: Permits
    lists: AnnouncedStore
    batches: AnnouncedBatches
    deciding: Proposing
    decision: Callable[[str], StoredDecision | None]
    clock: Clock

    def followed(self, corrected: AnnouncedList) -> tuple[Followed, ...]:
        """Every change of a confirmed list with its state; empty for a list that replaces none."""
        changes = self.lists.changes(corrected.id)
        if not changes or corrected.replaces is None:
            return ()
        certificates = self._certificates(corrected)
        return tuple(self._followed(one, certificates) for one in changes)

    def unfinished(self, wanted: str) -> int:
        """How many changes of a list (by id) wait for a decision."""
        stored = self.lists.find(wanted)
        return 0 if stored is None else sum(one.waits_for_decision for one in self.followed(stored))

    def may_propose(self, corrected: AnnouncedList, changes: Iterable[Followed | Change], by: Caller) -> bool:
        """Whether a decision is asked for that the caller may propose."""
        if not any(isinstance(one, Followed) and one.needs is not None for one in changes):
            return False
        return refusal(Action.CORRECTION_PROPOSE, by, place=corrected.place or PROVINCE) is None

    def propose(self, corrected: AnnouncedList, by: str) -> tuple[Followed, ...]:
        """Propose, in the name of an official, every decision that the changes ask for; the changes as they stand then.

        May be broken off and repeated: what is proposed keeps its id. What cannot be proposed says why in `refusal`.
        Raises UnknownReference, NotPermitted (a person who may propose nothing at all).
        """
        subject = f"announced/{corrected.id}"
        caller = self.permits.official(by, Action.CORRECTION_PROPOSE, subject)
        self.permits.require_role(Action.CORRECTION_PROPOSE, caller, subject)
        if corrected.confirmed_by is None:
            raise ConflictError("该名单尚未由第二人确认，还不能提出决定。请先确认名单。")
        refusals: dict[int, str] = {}
        for one in self.followed(corrected):
            if one.needs is None:
                continue
            try:
                decided = self.deciding.propose(
                    one.needs.kind,
                    one.needs.number,
                    corrected.head.document_ref,
                    corrected.head.announced_on,
                    one.needs.ground,
                    by,
                    one.needs.changes,
                )
            except (RequestError, ConflictError) as refusal:
                refusals[one.stored.position] = str(refusal)
            else:
                self.lists.link(corrected.id, one.stored.position, decided, by, self.clock.now())
        return tuple(
            Followed(
                one.stored, one.state, one.reason, one.number, one.needs, refusals.get(one.stored.position)
            )
            for one in self.followed(corrected)
        )

    def _certificates(self, corrected: AnnouncedList) -> _Certificates:
        found = self.batches.certificates(self.lists.chain(corrected.head.document_ref))
        holders = [listed_award(place, one.award) for place, one in enumerate(found)]
        assert corrected.replaces is not None
        return _Certificates(
            found,
            pair(self.lists.rows(corrected.replaces), holders),
            pair(self.lists.rows(corrected.id), holders),
        )

    def _followed(self, stored: StoredChange, certificates: _Certificates) -> Followed:
        change = stored.change
        waiting = self._is_waiting(stored.decision)
        if certificates.unclear(change):
            return Followed(
                stored, ChangeState.OPEN, "不止一份证书可能属于该人员，请人工核对后分别提出决定。"
            )
        match change.kind:
            case ChangeKind.ADDED:
                return _added(stored, certificates.of_new(change.after))
            case ChangeKind.WITHDRAWN:
                return _withdrawn(stored, certificates.of_old(change.before), waiting=waiting)
            case ChangeKind.CHANGED if change.correctable:
                own = certificates.of_old(change.before) or certificates.of_new(change.after)
                return _corrected(stored, own, waiting=waiting)
            case ChangeKind.CHANGED:
                return _reissued(stored, certificates, waiting=waiting)

    def _is_waiting(self, decided: str | None) -> bool:
        stored = None if decided is None else self.decision(decided)
        return stored is not None and stored.status is DecisionStatus.PROPOSED


def listed_award(number: int, award: Award) -> Listed:
    """What a certificate says of its holder, as a list would."""
    return Listed(
        number=number,
        name=award.name,
        id_number=award.document.number,
        id_tail=None,
        unit=award.unit_name,
        series=award.series,
        specialty=award.specialty,
        level=award.level,
        title=award.title,
        validity_area=award.validity_area,
    )


def _added(stored: StoredChange, own: BatchCertificate | None) -> Followed:
    if own is not None and _says(own, stored.change.after, ()):
        if not own.published:
            return Followed(stored, ChangeState.OPEN, "正在签发。", own.number)
        return Followed(stored, ChangeState.DONE, "已补报并签发证书。", own.number)
    return Followed(stored, ChangeState.OPEN, "已公布，等待同一批次补充备案。")


def _withdrawn(stored: StoredChange, own: BatchCertificate | None, *, waiting: bool) -> Followed:
    if own is None:
        return Followed(stored, ChangeState.NOT_NEEDED, "没有证书；该人员已不在现行名单上，不能签发。")
    if own.status in _ENDED:
        return _over(stored, own)
    return _asks(
        stored,
        own,
        NeededDecision(DecisionKind.VOID, own.number, _GROUNDS[ChangeKind.WITHDRAWN]),
        waiting=waiting,
    )


def _corrected(stored: StoredChange, own: BatchCertificate | None, *, waiting: bool) -> Followed:
    change = stored.change
    if own is None:
        return Followed(stored, ChangeState.NOT_NEEDED, "尚无证书，备案按更正后的名单审查。")
    if own.status in _ENDED:
        return Followed(
            stored, ChangeState.NOT_NEEDED, f"证书已为“{own.status.label}”，无需更正。", own.number
        )
    if _says(own, change.after, change.fields):
        return Followed(stored, ChangeState.DONE, "证书内容已与更正后的名单一致。", own.number)
    needed = NeededDecision(DecisionKind.CORRECT, own.number, _CORRECTION_GROUND, change.corrections())
    return _asks(stored, own, needed, waiting=waiting)


def _reissued(stored: StoredChange, certificates: _Certificates, *, waiting: bool) -> Followed:
    change = stored.change
    new, old = certificates.of_new(change.after), certificates.of_old(change.before)
    if new is not None and new.status not in _ENDED and _says(new, change.after, ()):
        return Followed(stored, ChangeState.DONE, "已按更正后的名单签发证书。", new.number)
    if old is None:
        return Followed(stored, ChangeState.NOT_NEEDED, "尚无证书，备案按更正后的名单审查。")
    if old.status in _ENDED:
        return Followed(stored, ChangeState.OPEN, "原证书已失效，等待同一批次补充备案。", old.number)
    needed = NeededDecision(DecisionKind.VOID, old.number, _GROUNDS[ChangeKind.CHANGED])
    return _asks(stored, old, needed, waiting=waiting)


def _asks(stored: StoredChange, own: BatchCertificate, needed: NeededDecision, *, waiting: bool) -> Followed:
    word = needed.kind.label
    if waiting:
        return Followed(
            stored, ChangeState.PROPOSED, f"{word}决定 {stored.decision} 等待第二人确认。", own.number
        )
    return Followed(stored, ChangeState.OPEN, f"须提出{word}决定。", own.number, needed)


def _over(stored: StoredChange, own: BatchCertificate) -> Followed:
    if stored.decision is None:
        reason = f"证书此前已为“{own.status.label}”，无需另行决定。"
        return Followed(stored, ChangeState.NOT_NEEDED, reason, own.number)
    return Followed(stored, ChangeState.DONE, f"证书已为“{own.status.label}”。", own.number)


def _says(own: BatchCertificate, row: Listed | None, fields: Iterable[str]) -> bool:
    """True when the certificate says what the row says, in the fields given, or in all but the unit's spelling."""
    if row is None:
        return False
    differing = set(differences(row, listed_award(row.number, own.award)))
    wanted = set(fields)
    return not (differing & wanted if wanted else differing - {"unit"})
