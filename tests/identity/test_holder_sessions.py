"""A holder's session in the portal: what it answers, what it keeps, when it ends, how its token changes."""

from __future__ import annotations

import re

import httpx
import pytest

from certsvc.stages.share_grants import Holder
from tests.access.desk import MINUTE, Desk

HOLDER = ("李晓明", "22050219900101123X")
COOKIE = "certsvc-holder-session"


def refused(answer: httpx.Response, status: int) -> None:
    """The refusal, in the status alone: pages and problems both are answers."""
    assert answer.status_code == status, answer.text


def test_a_holder_who_is_signed_in_is_known_by_a_pseudonym_alone(desk: Desk) -> None:
    with desk.holder(*HOLDER) as browser:
        said = browser.get("/portal/me").text
    assert not any(part in said for part in HOLDER)
    sign_in = desk.office.office.holder_sign_in
    caller = sign_in.caller_of(Holder(*HOLDER))
    assert re.fullmatch("P[0-9a-f]{15}", caller.name)
    assert caller == sign_in.caller_of(Holder(HOLDER[0], HOLDER[1].lower()))
    (session,) = sign_in.sessions.board.of_owner(sign_in.owner_of(Holder(*HOLDER)))
    assert desk.actions(session.subject) == [(caller.name, "portal:session:open")]


def test_nothing_of_the_portal_opens_without_a_session(desk: Desk) -> None:
    with desk.visitor() as browser:
        refused(browser.get("/portal/me"), 401)
        browser.cookies.set(COOKIE, "x" * 43)
        refused(browser.get("/portal/me"), 401)


def test_an_officials_session_is_none_in_the_portal_and_the_other_way_round(desk: Desk) -> None:
    with desk.sign_in("maker") as official, desk.holder(*HOLDER) as holder, desk.visitor() as browser:
        browser.cookies.set(COOKIE, official.cookies["certsvc-session"])
        browser.cookies.set("certsvc-session", holder.cookies[COOKIE])
        refused(browser.get("/portal/me"), 401)
        refused(browser.get("/console/me"), 401)


@pytest.mark.parametrize("given", [None, "", "wrong"])
def test_a_form_without_the_token_of_the_session_changes_nothing(desk: Desk, given: str | None) -> None:
    with desk.holder(*HOLDER) as browser:
        del browser.headers["x-csrf-token"]
        form = {} if given is None else {"csrf_token": given}
        refused(browser.post("/portal/sign-out", data=form), 403)
        refused(browser.get("/portal/me"), 200)


def test_the_token_may_come_in_the_field_of_a_form(desk: Desk) -> None:
    with desk.holder(*HOLDER) as browser:
        token = browser.headers.pop("x-csrf-token")
        assert browser.post("/portal/sign-out", data={"csrf_token": token}).status_code < 400
        refused(browser.get("/portal/me"), 401)


def test_the_token_of_a_session_changes_while_it_is_used_and_its_csrf_token_does_not(desk: Desk) -> None:
    with desk.holder(*HOLDER) as browser:
        first, csrf = browser.cookies[COOKIE], browser.headers["x-csrf-token"]
        desk.clock.advance(16 * MINUTE)
        refused(browser.get("/portal/me"), 200)
        assert browser.cookies[COOKIE] != first
        assert browser.get("/portal/me").json()["csrf_token"] == csrf


def test_the_database_holds_neither_tokens_nor_the_holder(desk: Desk) -> None:
    with desk.holder(*HOLDER) as browser:
        secrets = (browser.cookies[COOKIE], browser.headers["x-csrf-token"], *HOLDER)
    home = desk.office.office.settings.home
    stored = b"".join(path.read_bytes() for path in home.glob("certsvc.sqlite3*"))
    assert not any(secret.encode() in stored for secret in secrets)
