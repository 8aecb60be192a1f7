"""What administering accounts and delegations needs from the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from certsvc.domain.actor import Actor, Role
from certsvc.domain.caller import Caller
from certsvc.domain.delegation import Delegation


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """Which accounts are asked for; None: any."""

    role: Role | None = None
    region: str | None = None
    in_office: bool | None = None


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as it is listed: registered since, and ended (None: in office)."""

    actor: Actor
    registered_at: datetime
    ended_at: datetime | None


class PeopleStore(Protocol):
    """The register of actors, as it is administered."""

    def accounts(
        self, question: AccountQuestion, offset: int, limit: int
    ) -> tuple[int, Sequence[ListedAccount]]:
        """How many accounts the question finds, and one page of them by name."""
        ...

    def account(self, name: str) -> ListedAccount | None:
        """One account, in office or ended."""
        ...

    def register_actor(self, new: Actor, at: datetime, by: Caller) -> None:
        """Register an account, or one that ended once more. Raises ConflictError."""
        ...

    def replace_actor(self, new: Actor, at: datetime, by: Caller) -> Actor:
        """Register an account in office anew. Raises UnknownReference, ConflictError."""
        ...

    def end_actor(self, name: str, at: datetime, by: Caller) -> None:
        """End an account. Raises UnknownReference."""
        ...


class DelegationStore(Protocol):
    """Who acts for whom."""

    def propose(self, new: Delegation, by: Caller) -> None:
        """Keep a proposal, with its audit entry."""
        ...

    def find(self, wanted: str) -> Delegation | None:
        """A delegation."""
        ...

    def of(self, name: str, offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        """How many there are in which a name delegates or is the delegate, and some of them, newest first."""
        ...

    def listed(self, offset: int, limit: int) -> tuple[int, Sequence[Delegation]]:
        """How many there are, and some of them, newest first."""
        ...

    def accept(self, wanted: str, acting: Actor, by: Caller, at: datetime) -> Delegation:
        """Accept a proposal and keep the account under which the delegate acts; again: changes nothing."""
        ...

    def agree(self, wanted: str, by: Caller, at: datetime) -> Delegation:
        """The delegator agrees to what was proposed for them; again: changes nothing."""
        ...

    def end(self, wanted: str, by: Caller, at: datetime) -> Delegation:
        """End it early; again: changes nothing."""
        ...

    def in_force(self, delegate: str, on: date) -> Sequence[Delegation]:
        """What somebody may act under on a day."""
        ...
