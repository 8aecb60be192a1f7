"""Administering accounts: who is registered as what. Asked by a security administrator, or at the machine itself.

One administrator's act is enough; nobody administers their own account (docs/decisions/0023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certsvc.domain.actor import Actor
from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.permission import Action
from certsvc.domain.separation import actor_fault
from certsvc.errors import NotPermitted, RequestError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.people import AccountQuestion, ListedAccount, PeopleStore
from certsvc.stages.permits import Permits


@dataclass(frozen=True, slots=True)
class People:
    """The register of actors, for those who administer it."""

    permits: Permits
    store: PeopleStore
    clock: Clock

    def listed(
        self, question: AccountQuestion, offset: int, limit: int, by: Caller
    ) -> tuple[int, Sequence[ListedAccount]]:
        """How many accounts the question finds, and one page of them. Raises NotPermitted."""
        self.permits.require(Action.ACTOR_READ, by, "actors")
        return self.store.accounts(question, offset, limit)

    def find(self, name: str, by: Caller) -> ListedAccount:
        """One account, in office or ended. Raises NotPermitted, UnknownReference."""
        self.permits.require(Action.ACTOR_READ, by, _subject(name))
        found = self.store.account(name)
        if found is None:
            raise UnknownReference(f"没有登记名为 {name[:64]} 的人员。请核对账号名。")
        return found

    def add(self, new: Actor, by: Caller) -> None:
        """Register an account, or one that ended once more.

        Raises NotPermitted, RequestError for fields that do not go together, ConflictError for a person who may not
        hold the role.
        """
        self.permits.require(Action.ACTOR_ADD, by, _subject(new.name))
        _require_sound(new, by)
        self.store.register_actor(new, self.clock.now(), by)

    def change(self, new: Actor, by: Caller) -> Actor:
        """Register an account in office anew; its sessions end. Raises as `add`, and NotPermitted for one's own."""
        self.permits.require(Action.ACTOR_CHANGE, by, _subject(new.name))
        self._require_other(Action.ACTOR_CHANGE, new.name, by)
        _require_sound(new, by)
        return self.store.replace_actor(new, self.clock.now(), by)

    def end(self, name: str, by: Caller) -> None:
        """End an account; its sessions end. Raises NotPermitted, for one's own too, UnknownReference."""
        self.permits.require(Action.ACTOR_END, by, _subject(name))
        self._require_other(Action.ACTOR_END, name, by)
        self.store.end_actor(name, self.clock.now(), by)

    def _require_other(self, action: Action, name: str, by: Caller) -> None:
        if by.role is not CallerRole.OPERATOR and name == by.name:
            self.permits.note_refusal(action, by, _subject(name))
            raise NotPermitted("不能调整或停用本人的账号。请由另一位安全管理员，或在服务器上办理。")


def _require_sound(new: Actor, by: Caller) -> None:
    fault = actor_fault(new)
    if fault is not None:
        raise RequestError(fault)
    if by.role is not CallerRole.OPERATOR and new.person is None:
        raise RequestError("请填写工号：一人只能有一个在用账号，须能核对是谁。")


def _subject(name: str) -> str:
    return f"actor/{name[:64]}"
