"""The made-up people of the demo: officials of every role, and the holders of the sample certificates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from certsvc.bootstrap import TEST_ACTORS, Office
from certsvc.domain.actor import Actor, Role
from certsvc.domain.regions import PROVINCE, REGIONS
from certsvc.entrypoints.demo_provider import DemoPerson
from certsvc.entrypoints.demo_provider.people import demo_holder

CHANGCHUN: Final = Actor("changchun", Role.MAKER, "220100")
_COMMITTEE: Final = "JL-GC-GL"
_UNIT: Final = "11220000000000019E"
DEMO_ACTORS: Final = (
    CHANGCHUN,
    Actor("changchun-checker", Role.CHECKER, "220100"),
    Actor("city-checker", Role.CHECKER, "222400"),
    Actor("county-checker", Role.CHECKER, "222404"),
    Actor("committee", Role.COMMITTEE, PROVINCE, frozenset({_COMMITTEE})),
    Actor("unit", Role.UNIT, PROVINCE, unit=_UNIT),
    Actor("supervisor", Role.SUPERVISOR, PROVINCE),
    Actor("city-supervisor", Role.SUPERVISOR, "222400"),
    Actor("security", Role.SECURITY, PROVINCE),
    Actor("system", Role.SYSTEM, PROVINCE),
    Actor("audit", Role.AUDIT, PROVINCE),
)
"""Beside those of every test office."""
_HOLDERS_OF_A_FILING: Final = 4


def demo_officials() -> tuple[DemoPerson, ...]:
    """Everybody who may sign in to the console, with role and region in words."""
    return tuple(
        DemoPerson(one.name, one.name, f"{one.role.zh} · {REGIONS[one.region].name}")
        for one in (*TEST_ACTORS, *DEMO_ACTORS)
    )


def demo_holders(office: Office, filings: Iterable[str]) -> tuple[DemoPerson, ...]:
    """The first holders of every filing."""
    return tuple({one.sub: one for filing in filings for one in _holders_of(office, filing)}.values())


def _holders_of(office: Office, filing: str) -> Iterator[DemoPerson]:
    for certificate in office.certificates.published(filing=filing)[:_HOLDERS_OF_A_FILING]:
        content = certificate.draft.content
        award = content.award
        yield demo_holder(
            award.name, award.document.number, f"{award.specialty} · 证书 {content.number}（虚构人员）"
        )
