"""Callers: on whose behalf something is asked, as the audit trail names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from certsvc.domain.actor import LONGEST_NAME as LONGEST_NAME
from certsvc.domain.actor import Actor
from certsvc.domain.regions import PROVINCE


class CallerRole(StrEnum):
    """The roles of registered actors, and the callers that are no registered person."""

    MAKER = "maker"
    CHECKER = "checker"
    SUPERVISOR = "supervisor"
    COMMITTEE = "committee"
    UNIT = "unit"
    SECURITY = "security"
    SYSTEM = "system"
    AUDIT = "audit"
    HOLDER = "holder"
    SERVICE = "service"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Purpose(StrEnum):
    """What a service client may be registered for."""

    FILING = "filing"
    ELIGIBILITY = "eligibility"
    HOLDER_PORTAL = "holder-portal"
    E_LICENCE = "e-licence"


@dataclass(frozen=True, slots=True)
class Caller:
    """A registered official, a holder, a registered service client, the operator at the machine itself, or nobody known.

    `region` is six digits, empty for holders and for nobody; `purposes` is empty but for service clients;
    `committees` and `unit` are the reach of a committee office and of a unit, `person` the staff number of an official
    (`domain.actor.Actor`).
    """

    name: str
    role: CallerRole
    region: str
    purposes: frozenset[Purpose] = frozenset()
    committees: frozenset[str] = frozenset()
    unit: str | None = None
    person: str | None = None


OPERATOR = Caller("operator", CallerRole.OPERATOR, PROVINCE)
"""Whoever may run the command line where the keys are; actions that name an actor are that actor's."""


def official(actor: Actor) -> Caller:
    """A registered person as a caller."""
    role = CallerRole(actor.role.value)
    return Caller(
        actor.name, role, actor.region, committees=actor.committees, unit=actor.unit, person=actor.person
    )


def holder_caller(person_key: bytes) -> Caller:
    """A holder as a caller: the pseudonym of the keyed digest of an ID number, never the name."""
    return Caller("P" + person_key.hex()[:15], CallerRole.HOLDER, "")


def nobody(claimed: str) -> Caller:
    """A caller who is not registered under the name claimed (cut to the length of names)."""
    return Caller(claimed[:LONGEST_NAME], CallerRole.NOBODY, "")


@dataclass(frozen=True, slots=True)
class ServiceClient:
    """A registered program: the public key (PEM) that its tokens are checked with, and what it is registered for."""

    name: str
    public_key: bytes
    purposes: frozenset[Purpose]

    @property
    def caller(self) -> Caller:
        """The program as a caller; programs are registered by the province."""
        return Caller(self.name, CallerRole.SERVICE, PROVINCE, self.purposes)
