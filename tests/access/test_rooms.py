"""Sections of the console are offered to exactly those who may enter them: every room is entered by every role, everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.entrypoints.console.pages.rooms import WINGS, groups_for
from tests.access.faces_in_process import FacesInProcess, faces_in_process, people
from tests.access.test_delegations import START
from tests.support.office import OfficeUnderTest

PLACES = ("222400", "222404")
EVERYBODY = (
    *people(),
    *(
        Actor(f"{role}-{place}", role, place)
        for role in (Role.MAKER, Role.CHECKER, Role.SUPERVISOR)
        for place in PLACES
    ),
    Actor("city-office", Role.COMMITTEE, "222400", committees=frozenset({"SDX-222404-NY"})),
)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FacesInProcess]:
    house = OfficeUnderTest(tmp_path_factory.mktemp("rooms"), FixedClock(START))
    for one in EVERYBODY:
        house.office.actors.register_actor(one, START)
    yield faces_in_process(house.office)
    house.close()


@pytest.mark.parametrize("actor", EVERYBODY, ids=lambda one: f"{one.role}-{one.region}")
def test_whoever_is_offered_a_section_enters_it_and_nobody_else_does(
    faces: FacesInProcess, actor: Actor
) -> None:
    who = faces.official(actor)
    offered = {link.address for group in groups_for(who.caller) for link in group.links}
    rooms = [room.address for wing in WINGS for room in wing.rooms]
    answers = faces.answers([("console", "GET", address, who) for address in rooms])
    entered = {address for address, one in zip(rooms, answers, strict=True) if one.status_code == 200}
    broken = {
        address: one.text
        for address, one in zip(rooms, answers, strict=True)
        if one.status_code not in (200, 403)
    }
    assert not list(broken)
    assert offered - entered == set(), "offered, and refused behind the door"
    assert entered - offered == set(), "may be entered, and is not offered"
