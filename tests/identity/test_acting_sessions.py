"""Sessions of somebody who acts for another: their own, listed and ended by themselves, and the choice ends with them."""

from __future__ import annotations

import httpx
import pytest

from certsvc.domain.caller import Caller, official
from certsvc.errors import NotSignedIn
from certsvc.stages.sessions import Opening
from tests.access.desk import Desk

PAGE = {"Accept": "text/html"}


@pytest.fixture(autouse=True, scope="module")
def _delegated(desk: Desk) -> None:
    """`second` acts for `maker`."""
    office, today = desk.office.office, desk.clock.today()
    delegations = office.people.delegations
    made = delegations.propose("second", "maker", today, today, "出差", own(desk, "maker"))
    delegations.accept(made.id, own(desk, "second"))


def own(desk: Desk, name: str) -> Caller:
    found = desk.office.office.actors.find_actor(name)
    assert found is not None
    return official(found)


def act_for(browser: httpx.Client, delegator: str) -> None:
    answer = browser.post("/console/delegations/acting", data={"delegator": delegator}, headers=PAGE)
    assert answer.status_code == 303, answer.text


def actor(browser: httpx.Client) -> str:
    name: str = browser.get("/console/me").json()["actor"]
    return name


def test_who_acts_for_another_sees_and_ends_every_session_of_their_own(desk: Desk) -> None:
    with desk.sign_in("second") as browser, desk.sign_in("second") as other, desk.sign_in("maker") as maker:
        act_for(browser, "maker")
        assert actor(browser) == "second 代 maker"
        page = browser.get("/console/sessions", headers=PAGE).text
        assert "本次登录" in page
        token = dict(browser.cookies)
        browser.post("/console/sessions", data={"session": "all"}, headers=PAGE)
        assert other.get("/console/me").status_code == 401
        with desk.visitor() as thief:
            thief.cookies.update(token)
            assert thief.get("/console/me").status_code == 401
        assert maker.get("/console/me").status_code == 200  # the delegator's sessions are the delegator's


def test_the_choice_is_of_one_session_and_ends_with_it(desk: Desk) -> None:
    with desk.sign_in("second") as browser, desk.sign_in("second") as other:
        act_for(browser, "maker")
        assert actor(other) == "second"
        assert {one.name for one in browser.cookies.jar} == {one.name for one in other.cookies.jar}
        assert browser.post("/console/sign-out", data={"x": "1"}, headers=PAGE).status_code == 303
        browser.headers.pop("X-CSRF-Token")
        browser.get(desk.consent(browser, "second"))
        assert actor(browser) == "second"


def test_signing_in_once_more_drops_the_choice(desk: Desk) -> None:
    with desk.sign_in("second") as browser:
        act_for(browser, "maker")
        browser.get(desk.consent(browser, "second"))
        assert actor(browser) == "second"


def test_nobody_signs_in_under_the_name_of_a_delegation(desk: Desk) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, "second 代 maker"))
        assert answer.status_code == 403
    assert ("second 代 maker", "console:session:open.refused") in desk.actions("session")


def test_a_session_under_the_name_of_a_delegation_is_none(desk: Desk) -> None:
    office = desk.office.office
    caller = office.people.delegations.acting_for(own(desk, "second"), "maker")
    token = office.sign_in.sessions.open(Opening(caller.name), caller).token
    with pytest.raises(NotSignedIn):
        office.sign_in.resume(token)
