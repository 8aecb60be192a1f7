"""Asking the table of permissions; whoever is refused is written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from certsvc.domain.caller import Caller, nobody, official
from certsvc.domain.competence import refusal, role_refusal
from certsvc.domain.delegation import FirstPerson
from certsvc.domain.permission import Action
from certsvc.errors import NotPermitted, UnknownReference
from certsvc.ports import ActorStore
from certsvc.ports.access import AuditTrail


@dataclass(frozen=True, slots=True)
class Permits:
    """What asking needs."""

    actors: ActorStore
    trail: AuditTrail

    def official(self, name: str, action: Action, subject: str) -> Caller:
        """The registered person of a name. Raises UnknownReference, written down, for anybody else."""
        actor = self.actors.find_actor(name)
        if actor is None:
            self.trail.note(nobody(name), _refused(action), subject)
            raise UnknownReference(f"没有登记名为 {name} 的人员。请先登记，或核对账号名。")
        return official(actor)

    def place_of(self, name: str, at: datetime) -> str | None:
        """The region whose authority somebody served when they did something, in office now or not; None: nobody."""
        actor = self.actors.actor_when(name, at)
        return None if actor is None else actor.region

    def first_person(self, name: str, at: datetime | None) -> FirstPerson:
        """Who did the first of two steps, as registered then (None: whoever the account was ever registered for)."""
        return FirstPerson(name, self.actors.persons_when(name, at))

    def require(
        self,
        action: Action,
        caller: Caller,
        subject: str,
        *,
        place: str | None = None,
        committee: str | None = None,
        unit: str | None = None,
        first_person: FirstPerson | None = None,
    ) -> None:
        """Pass when the caller may do this to the object. Raises NotPermitted, written down, when not.

        `place`, `committee`, `unit`: whose matter it is (region, code of the committee, unified social credit code).
        """
        why = refusal(action, caller, place=place, committee=committee, unit=unit, first_person=first_person)
        if why is not None:
            self.trail.note(caller, _refused(action), subject)
            raise NotPermitted(why)

    def require_role(self, action: Action, caller: Caller, subject: str) -> None:
        """The same for what judges place and persons itself: pass when the caller's role may do this at all."""
        own = next(iter(sorted(caller.committees)), None)
        self.require(action, caller, subject, place=caller.region, committee=own, unit=caller.unit)

    def require_ever(self, actions: Sequence[Action], caller: Caller, subject: str) -> None:
        """Pass when the caller's role may do one of these somewhere. Raises NotPermitted, written down, when it never may."""
        refusals = [role_refusal(action, caller) for action in actions]
        if None not in refusals:
            self.trail.note(caller, _refused(actions[0]), subject)
            raise NotPermitted(str(refusals[0]))

    def note_refusal(self, action: Action, caller: Caller, subject: str) -> None:
        """Write down a refusal that a use case judged itself."""
        self.trail.note(caller, _refused(action), subject)

    @contextmanager
    def watching(self, action: Action, name: str, subject: str) -> Iterator[None]:
        """Write down who is refused by what runs inside: NotPermitted goes on, with its entry."""
        try:
            yield
        except NotPermitted:
            actor = self.actors.find_actor(name)
            self.trail.note(nobody(name) if actor is None else official(actor), _refused(action), subject)
            raise


def _refused(action: Action) -> str:
    return f"{action}.refused"
