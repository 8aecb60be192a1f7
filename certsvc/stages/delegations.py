"""Delegation 委托代办: proposed by who delegates or a security administrator, agreed to by both persons, over by itself.

See `domain.delegation` for what four eyes mean then, and docs/decisions/0023 for why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from certsvc.domain.actor import Actor
from certsvc.domain.caller import Caller, CallerRole, official
from certsvc.domain.delegation import (
    Delegation,
    DelegationState,
    acting_actor,
    acting_name,
    delegation_fault,
    is_acting,
    signed_in_as,
)
from certsvc.domain.permission import Action
from certsvc.errors import ConflictError, NotPermitted, RequestError, UnknownReference
from certsvc.ports import ActorStore, Clock
from certsvc.ports.people import DelegationStore
from certsvc.stages.permits import Permits

LONGEST_REASON = 500
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Delegations:
    """What delegating needs."""

    permits: Permits
    actors: ActorStore
    store: DelegationStore
    clock: Clock
    random: Callable[[int], bytes]

    def propose(
        self, delegate: str, delegator: str, from_on: date, until_on: date, reason: str, by: Caller
    ) -> Delegation:
        """Propose that `delegate` acts for `delegator`; it counts once both agreed; who proposes for themselves has.

        Raises NotPermitted, UnknownReference, RequestError for what cannot be delegated.
        """
        subject = f"delegation/{delegator[:64]}"
        self.permits.require_ever((Action.DELEGATION_PROPOSE,), by, subject)
        if by.role is not CallerRole.SECURITY and by.name != delegator:
            self.permits.note_refusal(Action.DELEGATION_PROPOSE, by, subject)
            raise NotPermitted("只能委托本人的事项；他人的委托请由其本人或安全管理员提出。")
        both = self._in_office(delegate), self._in_office(delegator)
        fault = delegation_fault(*both, from_on, until_on, self.clock.today())
        if fault is None and not 0 < len(reason.strip()) <= LONGEST_REASON:
            fault = f"请写明委托的原因（{LONGEST_REASON} 字以内）。"
        if fault is not None:
            raise RequestError(fault)
        new_id = "E" + self.random(_ID_BYTES).hex()[1:].upper()
        now = self.clock.now()
        agreed_at = now if by.name == delegator else None
        new = Delegation(
            new_id, delegate, delegator, from_on, until_on, reason.strip(), by.name, now, agreed_at=agreed_at
        )
        self.store.propose(new, by)
        return new

    def accept(self, wanted: str, by: Caller) -> Delegation:
        """Either of the two agrees. Raises NotPermitted for anybody else, UnknownReference, ConflictError."""
        found = self._found(wanted)
        self.permits.require_ever((Action.DELEGATION_ACCEPT,), by, _subject(wanted))
        agrees = by.name == found.delegator != found.proposed_by
        if by.name != found.delegate and not agrees:
            self.permits.note_refusal(Action.DELEGATION_ACCEPT, by, _subject(wanted))
            raise NotPermitted("委托须由受托人本人接受，由委托人本人同意。")
        delegate, delegator = self._in_office(found.delegate), self._in_office(found.delegator)
        today = self.clock.today()
        if found.state(today) is DelegationState.OVER:
            raise ConflictError("该委托已到期，不能接受。")
        fault = delegation_fault(delegate, delegator, found.from_on, found.until_on, today)
        if fault is not None:
            raise ConflictError(fault)
        if agrees:
            return self.store.agree(wanted, by, self.clock.now())
        return self.store.accept(wanted, acting_actor(delegate, delegator), by, self.clock.now())

    def end(self, wanted: str, by: Caller) -> Delegation:
        """End it early, or turn it down: either of the two, or a security administrator. Raises as `accept`."""
        found = self._found(wanted)
        self._require_concerned(Action.DELEGATION_END, found, by)
        return self.store.end(wanted, by, self.clock.now())

    def find(self, wanted: str, by: Caller) -> Delegation:
        """One delegation, for those whom it concerns. Raises NotPermitted, UnknownReference."""
        found = self._found(wanted)
        self._require_concerned(Action.DELEGATION_READ, found, by)
        return found

    def listed(self, by: Caller, offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        """A security administrator's list of all; everybody else's own. Raises NotPermitted."""
        self.permits.require_ever((Action.DELEGATION_READ,), by, "delegations")
        if by.role is CallerRole.SECURITY:
            return self.store.listed(offset, limit)
        return self.store.of(signed_in_as(by.name), offset, limit)

    def open_to(self, by: Caller) -> tuple[str, ...]:
        """For whom somebody may act today."""
        found = self.store.in_force(signed_in_as(by.name), self.clock.today())
        names = [one.delegator for one in found if self.actors.find_actor(one.acting_name) is not None]
        return tuple(dict.fromkeys(names))

    def acting_for(self, by: Caller, delegator: str) -> Caller:
        """The caller who acts for somebody from now on. Raises NotPermitted when no delegation is in force."""
        actor = self.actors.find_actor(acting_name(signed_in_as(by.name), delegator))
        if actor is None:
            raise NotPermitted(
                f"没有生效中的委托可以代 {delegator[:64]} 办理：委托已结束、未接受或从未提出。"
            )
        return official(actor)

    def _require_concerned(self, action: Action, found: Delegation, by: Caller) -> None:
        self.permits.require_ever((action,), by, _subject(found.id))
        if by.role is not CallerRole.SECURITY and by.name not in (found.delegate, found.delegator):
            self.permits.note_refusal(action, by, _subject(found.id))
            raise NotPermitted("只有委托人、受托人和安全管理员可以查看和结束委托。")

    def _found(self, wanted: str) -> Delegation:
        found = self.store.find(wanted)
        if found is None:
            raise UnknownReference(f"没有编号为 {wanted[:16]} 的委托。请核对编号。")
        return found

    def _in_office(self, name: str) -> Actor:
        actor = None if is_acting(name) else self.actors.find_actor(name)
        if actor is None:
            raise UnknownReference(f"没有登记名为 {name[:64]} 的在用账号。请核对账号名。")
        return actor


def _subject(wanted: str) -> str:
    return f"delegation/{wanted[:16]}"
