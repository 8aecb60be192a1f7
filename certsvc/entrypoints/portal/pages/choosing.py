"""Which of the own certificates a page is about, chosen by its number in the address."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.bootstrap import Office
from certsvc.domain.titles import TITLES
from certsvc.entrypoints.portal.access import SignedHolder

CHANNEL = "portal"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the holder's certificates: number, title and level in words."""

    number: str
    title: str
    level: str


def own_choices(office: Office, signed: SignedHolder) -> tuple[Choice, ...]:
    """The certificates that the holder may choose from, by number: those under the name of the session and a number of theirs."""
    newest = office.own_certificates.newest(signed.holder, signed.caller, CHANNEL)
    contents = (
        one.draft.content for one in newest if office.ownership.holds(signed.holder, one.draft.content)
    )
    return tuple(Choice(one.number, TITLES[one.award.title], one.award.level.label) for one in contents)


def chosen_of(choices: tuple[Choice, ...], number: str) -> Choice | None:
    """The one that is asked for, else the first; None where there is none."""
    return next((one for one in choices if one.number == number), choices[0] if choices else None)
