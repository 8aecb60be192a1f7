"""The officials' side of requests 申请: assigning, asking back, accepting, declining, concluding.

Accepting changes nothing. A correction is decided by the ordinary decision of two persons, and the request names it when it
is concluded; a changed ID number takes a second person, and from then on both numbers count as one person's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.decision import DecisionKind, DecisionStatus, StoredDecision
from certsvc.domain.decision_document import MediaType
from certsvc.domain.decision_text import require_words
from certsvc.domain.delegation import FirstPerson, persons_behind, share_a_person
from certsvc.domain.holder_notice import NoticeKind
from certsvc.domain.holder_request import (
    LONGEST_ANSWER,
    LONGEST_BASIS,
    OVER,
    WAITING,
    HolderRequest,
    RequestKind,
    RequestState,
    WholeRequest,
    document_of,
    is_number,
    lines,
)
from certsvc.domain.permission import Action
from certsvc.domain.regions import PROVINCE
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.access import PersonalLook, PersonalLooks
from certsvc.ports.credit import LinkedDocuments
from certsvc.ports.holder_requests import RequestFilter, RequestMove, RequestStore
from certsvc.stages.permits import Permits

_BY_DECISION: Final = frozenset({RequestKind.NAME, RequestKind.CORRECTION})
_JUDGING: Final = frozenset({Action.REQUEST_ACCEPT, Action.REQUEST_DECLINE, Action.REQUEST_CONCLUDE})
_OWN_DECISION: Final = (
    "这项申诉针对的决定由您提出或确认，您应当回避。"
    "请由没有参与该决定的另一位省级或证书所属市（州）的经办、复核人员办理。"
)
OPEN: Final = frozenset(RequestState) - OVER


@dataclass(frozen=True, slots=True)
class RequestWork:
    """What the console calls. `decision`: a stored decision by its id, None for an unknown one; `decided`: the confirmed
    decisions over a certificate."""

    permits: Permits
    store: RequestStore
    decision: Callable[[str], StoredDecision | None]
    decided: Callable[[str], Sequence[StoredDecision]]
    looks: PersonalLooks
    clock: Clock

    def listed(
        self, by: Caller, states: frozenset[RequestState], offset: int, most: int
    ) -> tuple[int, tuple[HolderRequest, ...]]:
        """How many requests in the caller's reach, and some of them, the first due first. Raises NotPermitted."""
        self.permits.require(Action.REQUEST_READ, by, "request", place=by.region)
        place = None if by.region == PROVINCE else by.region
        return self.store.listed(RequestFilter(place, states), offset, most)

    def show(self, number: str, by: Caller) -> WholeRequest:
        """A request with everything; the look is written down first. Raises NotPermitted, UnknownReference."""
        self._held(number, by, Action.REQUEST_READ)
        self.looks.append(PersonalLook(self.clock.now(), "console", by.name, number, "查看持证人申请"))
        found = self.store.whole(number)
        if found is None:
            raise UnknownReference(_unknown(number))
        return found

    def file(self, number: str, place: int, by: Caller) -> tuple[MediaType, bytes]:
        """A file of a request; the look is written down first. Raises NotPermitted, UnknownReference."""
        self.show(number, by)
        found = self.store.file(number, place)
        if found is None:
            raise UnknownReference("没有这个文件。")
        return found

    def may(self, action: Action, request: HolderRequest, by: Caller) -> bool:
        """Whether a page offers a step to the caller."""
        first = self._first_person(action, request)
        refused = refusal(action, by, place=request.place, first_person=first)
        return refused is None and self.why_not_own(action, request, by) is None

    def why_not_own(self, action: Action, request: HolderRequest, by: Caller) -> str | None:
        """Why somebody may not judge an appeal: a decision over the certificate, from before the appeal, was their own. None
        for everybody else, and for steps that judge nothing."""
        if request.kind is not RequestKind.APPEAL or action not in _JUDGING:
            return None
        before = [
            one
            for one in self.decided(request.subject)
            if one.confirmed_at is not None and one.confirmed_at <= request.received_at
        ]
        own = persons_behind(by.name, by.person)
        names = {name for one in before for name in (one.maker, one.checker) if name is not None}
        if any(share_a_person(self.permits.first_person(name, None).persons, own) for name in sorted(names)):
            return _OWN_DECISION
        return None

    def assign(self, number: str, to: str, by: Caller) -> None:
        """Say who looks into it. Raises NotPermitted, UnknownReference, RequestError (to somebody who may not), ConflictError."""
        request = self._held(number, by, Action.REQUEST_ASSIGN)
        person = self.permits.official(to, Action.REQUEST_ASSIGN, f"request/{number}")
        if (own := self.why_not_own(Action.REQUEST_ACCEPT, request, person)) is not None:
            raise RequestError(f"不能分派给 {to}：{own}")
        if refusal(Action.REQUEST_ACCEPT, person, place=request.place) is not None:
            raise RequestError(f"{to} 不能办理这项申请：须是省级或证书所属市（州）的经办或复核人员。")
        move = RequestMove(WAITING, RequestState.ASSIGNED, "", Action.REQUEST_ASSIGN, assigned_to=person.name)
        self.store.move(number, move, by, self.clock.now())

    def ask_back(self, number: str, words: str, by: Caller) -> None:
        """Ask the holder for what is missing. Raises NotPermitted, UnknownReference, RequestError, ConflictError."""
        self._held(number, by, Action.REQUEST_ASK)
        told = lines(words, "需要补正的内容", LONGEST_ANSWER)
        move = RequestMove(WAITING, RequestState.ASKED, told, Action.REQUEST_ASK, NoticeKind.REQUEST_ASKED)
        self.store.move(number, move, by, self.clock.now())

    def accept(self, number: str, words: str, by: Caller) -> None:
        """Find the request well-founded, and say what follows; nothing changes by it. Raises as `ask_back`."""
        self._held(number, by, Action.REQUEST_ACCEPT)
        told = lines(words, "受理意见", LONGEST_ANSWER)
        move = RequestMove(WAITING, RequestState.ACCEPTED, told, Action.REQUEST_ACCEPT, accepted_by=by.name)
        self.store.move(number, move, by, self.clock.now())

    def decline(self, number: str, reason: str, basis: str, by: Caller) -> None:
        """Decline, with reason and legal basis. Raises as `ask_back`."""
        self._held(number, by, Action.REQUEST_DECLINE)
        told = lines(reason, "不予办理的理由", LONGEST_ANSWER)
        law = require_words(basis, "法律依据", LONGEST_BASIS)
        allowed = WAITING | {RequestState.ACCEPTED}
        move = RequestMove(
            allowed,
            RequestState.DECLINED,
            f"{told}\n依据：{law}",
            Action.REQUEST_DECLINE,
            NoticeKind.REQUEST_ANSWERED,
        )
        self.store.move(number, move, by, self.clock.now())

    def conclude(self, number: str, words: str, decision: str, by: Caller) -> None:
        """Answer an accepted request, by another person than who accepted it. A correction names its confirmed decision; a
        changed ID number is from now on linked with the old one. Raises as `ask_back`."""
        request = self._held(number, by, Action.REQUEST_CONCLUDE)
        told = lines(words, "答复", LONGEST_ANSWER)
        named = self._decision(request, "".join(decision.split()))
        linked = None
        if request.state is RequestState.ACCEPTED and request.kind is RequestKind.ID_NUMBER:
            linked = self._documents(request, by)
        move = RequestMove(
            {RequestState.ACCEPTED},
            RequestState.DONE,
            told,
            Action.REQUEST_CONCLUDE,
            NoticeKind.REQUEST_ANSWERED,
            decision=named,
            joins=linked,
        )
        self.store.move(number, move, by, self.clock.now())

    def propose_unlinking(self, number: str, words: str, by: Caller) -> None:
        """Say that a link of two ID numbers is wrong; nothing changes before another person says so too. Raises as `ask_back`."""
        request = self._held(number, by, Action.REQUEST_UNLINK)
        if request.kind is not RequestKind.ID_NUMBER:
            raise RequestError("这项申请没有关联证件号码，无可撤销。")
        told = lines(words, "撤销关联的理由", LONGEST_ANSWER)
        move = RequestMove(
            {RequestState.DONE}, RequestState.UNLINKING, told, Action.REQUEST_UNLINK, unlink_by=by.name
        )
        self.store.move(number, move, by, self.clock.now())

    def unlink(self, number: str, words: str, by: Caller) -> None:
        """Undo the link, by another person than who proposed it: each number counts for itself again. Raises as `ask_back`."""
        self._held(number, by, Action.REQUEST_UNLINK_CONFIRM)
        told = lines(words, "复核意见", LONGEST_ANSWER)
        move = RequestMove(
            {RequestState.UNLINKING},
            RequestState.UNLINKED,
            told,
            Action.REQUEST_UNLINK_CONFIRM,
            NoticeKind.REQUEST_ANSWERED,
            parts=paper_of(number),
        )
        self.store.move(number, move, by, self.clock.now())

    def keep_link(self, number: str, words: str, by: Caller) -> None:
        """Leave the link as it is, against the proposal. Raises as `ask_back`."""
        self._held(number, by, Action.REQUEST_UNLINK)
        told = lines(words, "维持关联的理由", LONGEST_ANSWER)
        move = RequestMove({RequestState.UNLINKING}, RequestState.DONE, told, Action.REQUEST_UNLINK)
        self.store.move(number, move, by, self.clock.now())

    def _decision(self, request: HolderRequest, written: str) -> str | None:
        if not written:
            if request.kind in _BY_DECISION:
                raise RequestError(
                    "请填写据此作出并已确认的更正决定的编号。尚未作出的，请先在证书页面提出更正，由另一人确认。"
                )
            return None
        found = self.decision(written)
        if found is None or found.proposal.number != request.subject:
            raise RequestError("没有针对这份证书的这项决定。请核对决定编号。")
        if found.status is not DecisionStatus.CONFIRMED:
            raise ConflictError("该决定尚未由另一位人员确认。请在确认后再答复申请。")
        if request.kind in _BY_DECISION and found.proposal.kind is not DecisionKind.CORRECT:
            raise RequestError("该决定不是更正决定。请核对决定编号。")
        return found.id

    def _documents(self, request: HolderRequest, by: Caller) -> LinkedDocuments:
        whole = self.store.whole(request.number)
        assert whole is not None
        documents = [document_of(one) for one in (whole.words.old_number, whole.words.id_number)]
        old, new = documents
        if old is None or new is None:
            raise RequestError("证件号码无法识别，不能关联。请补正后重新申请。")
        assert request.accepted_by is not None
        return LinkedDocuments(old, new, paper_of(request.number), (request.accepted_by, by.name))

    def _first_person(self, action: Action, request: HolderRequest) -> FirstPerson | None:
        name = _first_name(action, request)
        return None if name is None else self.permits.first_person(name, None)

    def _held(self, number: str, by: Caller, action: Action) -> HolderRequest:
        found = self.store.find(number) if is_number(number) else None
        if found is None:
            self.permits.require_role(action, by, "request")
            raise UnknownReference(_unknown(number))
        first = self._first_person(action, found)
        self.permits.require(action, by, f"request/{number}", place=found.place, first_person=first)
        if (own := self.why_not_own(action, found, by)) is not None:
            self.permits.note_refusal(action, by, f"request/{number}")
            raise NotPermitted(own)
        return found


def paper_of(number: str) -> str:
    """What a link of two ID numbers rests on."""
    return f"持证人申请 {number}"


def _first_name(action: Action, request: HolderRequest) -> str | None:
    match action:
        case Action.REQUEST_CONCLUDE:
            return request.accepted_by
        case Action.REQUEST_UNLINK_CONFIRM:
            return request.unlink_by
        case _:
            return None


def _unknown(number: str) -> str:
    return f"没有编号为 {number[:10]} 的申请。请核对受理编号。"
