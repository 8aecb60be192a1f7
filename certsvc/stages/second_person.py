"""Whether somebody may take the second of two steps, told to them before they try."""

from __future__ import annotations

from datetime import datetime

from certsvc.domain.caller import Caller
from certsvc.domain.competence import refusal
from certsvc.domain.permission import Action
from certsvc.stages.permits import Permits


def why_not_second(
    permits: Permits, action: Action, caller: Caller, maker: str, proposed_at: datetime
) -> str | None:
    """Why the caller may not take the second step of what the maker proposed, as a sentence; None when they may."""
    first_person = permits.first_person(maker, proposed_at)
    return refusal(action, caller, place=permits.place_of(maker, proposed_at), first_person=first_person)


def may_take_back(
    permits: Permits, action: Action, caller: Caller, maker: str, proposed_at: datetime
) -> bool:
    """Whether the caller may do this to what the maker proposed: withdraw it, or turn it down."""
    return refusal(action, caller, place=permits.place_of(maker, proposed_at)) is None
