"""Every route of both faces, asked by a caller of every kind: refused, or let through to the use case, and nothing between.

The routes are enumerated from the applications: a new one that does not say what it needs fails here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Role
from certsvc.domain.caller import CallerRole, Purpose
from certsvc.domain.competence import role_refusal
from certsvc.entrypoints.http.permitted import Needs, Open
from tests.access.faces_in_process import (
    AskedRoute,
    Asking,
    FacesInProcess,
    callers,
    faces_in_process,
    is_session_role,
)
from tests.access.test_delegations import START
from tests.support.office import OfficeUnderTest

NAMES = (*(f"the-{role}" for role in Role), "holder", *(f"program-{one}" for one in Purpose), "nobody")
REFUSED = {401, 403}
TO_SIGN_IN = 303
MADE_UP = {
    "filing": "F000000000000000",
    "decision": "R000000000000000",
    "number": "2220230620000017",
    "name": "nobody-of-that-name",
    "wanted": "H000000000000000",
}


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FacesInProcess]:
    house = OfficeUnderTest(tmp_path_factory.mktemp("matrix"), FixedClock(START), holder_per_minute=100_000)
    yield faces_in_process(house.office)
    house.close()


@pytest.fixture(scope="module")
def everybody(faces: FacesInProcess) -> dict[str, Asking]:
    return {one.name: one for one in callers(faces)}


def test_every_route_says_what_it_needs(faces: FacesInProcess) -> None:
    silent = sorted(f"{one.face} {one.method} {one.template}" for one in faces.routes() if one.mark is None)
    assert not silent, (
        "put @needs(...) or @open_to_all(...) right under the route decorator (docs/permissions.md)"
    )


def test_the_table_names_every_caller(everybody: dict[str, Asking]) -> None:
    assert set(everybody) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_caller_is_refused_or_let_through(
    faces: FacesInProcess, everybody: dict[str, Asking], name: str
) -> None:
    who = everybody[name]
    routes = [one for one in faces.routes() if isinstance(one.mark, Needs)]
    answers = faces.answers([(one.face, one.method, one.path(MADE_UP), who) for one in routes])
    wrong = []
    for one, answer in zip(routes, answers, strict=True):
        expected, turned_away = lets_through(one, who), answer.status_code in REFUSED or to_sign_in(answer)
        if expected is turned_away or answer.status_code == 500:
            wrong.append(
                f"{one.face} {one.method} {one.template}: {answer.status_code}, let through: {expected}"
            )
    assert not wrong, "\n".join(wrong)


def lets_through(route: AskedRoute, who: Asking) -> bool:
    """What the table says."""
    assert isinstance(route.mark, Needs)
    if not reaches(route, who):
        return False
    return any(role_refusal(action, who.caller) is None for action in route.mark.actions)


def reaches(route: AskedRoute, who: Asking) -> bool:
    """Whether the caller is known at the face at all: holders in the portal, officials in the console, programs by tokens."""
    if who.caller.role is CallerRole.HOLDER:
        return route.face == "portal"
    if who.caller.role is CallerRole.SERVICE:
        return route.takes_tokens
    return route.face == "console" and is_session_role(who.caller)


def to_sign_in(answer: object) -> bool:
    """Pages send whoever is not signed in to the sign-in instead."""
    status, headers = answer.status_code, answer.headers  # type: ignore[attr-defined]
    return status == TO_SIGN_IN and "/sign-in" in headers.get("location", "")


def test_who_is_refused_early_is_written_down(faces: FacesInProcess, everybody: dict[str, Asking]) -> None:
    who = everybody["the-security"]
    (answer,) = faces.answers([("console", "POST", "/api/v1/filings/F000000000000000/approval", who)])
    assert answer.status_code == 403
    written = faces.office.trail.entries("filing/F000000000000000")
    assert ("the-security", "console:filing:approve.refused") in [(one.actor, one.action) for one in written]


def test_what_is_open_to_all_answers_all_alike(faces: FacesInProcess, everybody: dict[str, Asking]) -> None:
    routes = [
        one
        for one in faces.routes()
        if isinstance(one.mark, Open) and not one.mark.signed_in and one.method == "GET"
    ]
    for one in routes:
        asked = [(one.face, one.method, one.path(MADE_UP), who) for who in everybody.values()]
        statuses = {answer.status_code for answer in faces.answers(asked)}
        assert len(statuses - {303}) <= 1, f"{one.template}: {statuses}"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_open_to_the_signed_in_refuses_others(
    faces: FacesInProcess, everybody: dict[str, Asking], name: str
) -> None:
    who = everybody[name]
    routes = [
        one
        for one in faces.routes()
        if isinstance(one.mark, Open) and one.mark.signed_in and one.method == "GET"
    ]
    for one, answer in zip(
        routes, faces.answers([(one.face, "GET", one.path(MADE_UP), who) for one in routes]), strict=True
    ):
        known = reaches(one, who)
        assert (answer.status_code in REFUSED or to_sign_in(answer)) is not known, (
            f"{one.template} {answer.status_code}"
        )
