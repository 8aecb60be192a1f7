"""Whether a step is offered to somebody: what the permission table would say, asked without a note in the audit trail."""

from __future__ import annotations

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.delegation import FirstPerson
from certsvc.domain.permission import Action


def may(
    action: Action, caller: Caller, place: str | None = None, first_person: FirstPerson | None = None
) -> bool:
    """True where the caller could do this to an object of that place; without one, to one of their own region."""
    return refusal(action, caller, place=place or caller.region, first_person=first_person) is None
