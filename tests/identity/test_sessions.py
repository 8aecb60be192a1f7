"""Sessions of both faces: tokens change without failing anybody, and everybody ends their own everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.demo_provider.people import HOLDERS, OFFICIALS
from certsvc.entrypoints.html.browsers import browser_words
from certsvc.entrypoints.jobs.steps import forget_old
from certsvc.stages.share_grants import Holder
from tests.access.desk import MINUTE, Desk, open_desk

NAME, NUMBER = "李晓明", "22050219900101123X"
PAGE = {"Accept": "text/html"}
Opening = Callable[[Desk], AbstractContextManager[httpx.Client]]


def as_official(desk: Desk) -> AbstractContextManager[httpx.Client]:
    """An official's browser."""
    return desk.sign_in("maker")


def as_holder(desk: Desk) -> AbstractContextManager[httpx.Client]:
    """A holder's browser."""
    return desk.holder(NAME, NUMBER)


FACES: tuple[tuple[str, str, Opening], ...] = (
    ("/console", "certsvc-session", as_official),
    ("/portal", "certsvc-holder-session", as_holder),
)
each_face = pytest.mark.parametrize(("face", "cookie", "opening"), FACES, ids=["console", "portal"])


def asking(desk: Desk, cookie: str, token: str) -> httpx.Client:
    """Another browser that has come by a token."""
    browser = desk.visitor()
    browser.cookies.set(cookie, token, domain="127.0.0.1")
    return browser


@each_face
def test_parallel_requests_with_the_old_token_all_succeed_and_hear_of_one_new_one(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser:
        old = browser.cookies[cookie]
        desk.clock.advance(16 * MINUTE)

        def ask(_: int) -> tuple[int, str | None]:
            with asking(desk, cookie, old) as tab:
                answer = tab.get(f"{face}/me")
                return answer.status_code, answer.cookies.get(cookie)

        with ThreadPoolExecutor(8) as tabs:
            answers = list(tabs.map(ask, range(16)))
        assert {status for status, _ in answers} == {200}
        (new,) = {token for _, token in answers if token is not None}
        assert new != old
        with asking(desk, cookie, new) as tab:
            assert tab.get(f"{face}/me").status_code == 200


@each_face
def test_an_answer_that_was_lost_costs_nobody_their_session(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser:
        old = browser.cookies[cookie]
        desk.clock.advance(16 * MINUTE)
        with asking(desk, cookie, old) as tab:
            first = tab.get(f"{face}/me").cookies[cookie]
        desk.clock.advance(5 * MINUTE)
        with asking(desk, cookie, old) as tab:
            answer = tab.get(f"{face}/me")
            assert (answer.status_code, answer.cookies[cookie]) == (200, first)


@each_face
def test_the_old_token_holds_a_minute_longer_than_the_new_one_is_used_and_no_more(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser:
        old = browser.cookies[cookie]
        desk.clock.advance(16 * MINUTE)
        browser.get(f"{face}/me")
        assert browser.get(f"{face}/me").status_code == 200
        with asking(desk, cookie, old) as thief:
            assert thief.get(f"{face}/me").status_code == 200
            desk.clock.advance(MINUTE)
            assert thief.get(f"{face}/me").status_code == 401
        assert browser.get(f"{face}/me").status_code == 200


@each_face
def test_the_own_sessions_are_listed_with_the_kind_of_browser_alone(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser, opening(desk):
        page = browser.get(f"{face}/sessions", headers=PAGE)
        assert page.status_code == 200
        assert page.text.count('name="session"') >= 4
        assert "本次登录" in page.text
        assert browser.cookies[cookie] not in page.text


@each_face
def test_all_others_end_at_once(desk: Desk, face: str, cookie: str, opening: Opening) -> None:
    with opening(desk) as browser, opening(desk) as other:
        answer = browser.post(f"{face}/sessions", data={"session": "others"}, headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{face}/sessions?said=others-ended")
        assert other.get(f"{face}/me").status_code == 401
        assert browser.get(f"{face}/me").status_code == 200


@each_face
def test_all_end_and_the_own_too(desk: Desk, face: str, cookie: str, opening: Opening) -> None:
    with opening(desk) as browser, opening(desk) as other:
        token = browser.cookies[cookie]
        answer = browser.post(f"{face}/sessions", data={"session": "all"}, headers=PAGE)
        assert answer.headers["location"] == f"{face}/sign-in?said=signed-out"
        with asking(desk, cookie, token) as own:
            assert own.get(f"{face}/me").status_code == 401
        assert other.get(f"{face}/me").status_code == 401


@each_face
def test_nobody_ends_the_session_of_somebody_else(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    foreign = desk.sign_in("checker") if face == "/console" else desk.holder("王强", "220102198505050017")
    with opening(desk) as browser, foreign as other:
        office = desk.office.office
        sign_in = office.sign_in if face == "/console" else office.holder_sign_in
        kept = sign_in.sessions.resume(other.cookies[cookie]).kept
        for choice in (kept.id.hex(), "", "zz"):
            browser.post(f"{face}/sessions", data={"session": choice}, headers=PAGE)
        assert other.get(f"{face}/me").status_code == 200


@each_face
def test_signing_out_leads_people_to_a_page_that_offers_the_way_out_of_the_platform_too(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser:
        answer = browser.post(f"{face}/sign-out", headers=PAGE)
        assert answer.headers["location"] == f"{face}/sign-in?said=signed-out"
        assert cookie not in browser.cookies
        page = browser.get(answer.headers["location"], headers=PAGE).text
    assert "您已退出登录" in page
    assert f"{desk.provider.issuer}/end-session?client_id=" in page


@each_face
def test_a_face_sends_its_cookie_over_https_to_this_host_alone(
    desk: Desk, face: str, cookie: str, opening: Opening
) -> None:
    with opening(desk) as browser:
        desk.clock.advance(16 * MINUTE)
        (said,) = browser.get(f"{face}/me").headers.get_list("set-cookie")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in said.split(";")}


@pytest.mark.parametrize("by", ["sid", "sub"])
def test_who_is_signed_out_at_the_platform_is_signed_out_here(desk: Desk, by: str) -> None:
    told: list[dict[str, object]] = []
    desk.provider.forge = lambda claims: told.append(claims) or claims  # type: ignore[func-returns-value]
    try:
        with desk.holder_by_provider(NAME, NUMBER) as browser, desk.sign_in("maker") as official:
            address = "/portal/sign-in/ended-by-provider"
            token = desk.provider.logout_token(HOLDERS, {by: told[0][by]})
            with desk.visitor() as platform:
                assert platform.post(address, data={"logout_token": token}).status_code == 200
            assert browser.get("/portal/me").status_code == 401
            assert official.get("/console/me").status_code == 200
    finally:
        desk.provider.forge = lambda claims: claims


BAD_MESSAGES: dict[str, tuple[str, dict[str, object]]] = {
    "for another service": (OFFICIALS, {}),
    "with a nonce, as an id_token has": (HOLDERS, {"nonce": "n"}),
    "without the event": (HOLDERS, {"events": {}}),
    "of nobody": (HOLDERS, {"sub": None}),
    "old": (HOLDERS, {"iat": 1_700_000_000, "exp": None}),
    "without a number": (HOLDERS, {"jti": None}),
}


@pytest.mark.parametrize(("client", "changed"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_message_that_is_not_the_platforms_ends_nothing(
    desk: Desk, client: str, changed: dict[str, object]
) -> None:
    token = desk.provider.logout_token(client, {"sub": "somebody"} | changed)
    with desk.visitor() as platform:
        answer = platform.post("/portal/sign-in/ended-by-provider", data={"logout_token": token})
    assert answer.status_code == 401


@pytest.fixture
def desk_on(tmp_path: Path, clock: FixedClock, database_url: str) -> Iterator[Desk]:
    with open_desk(tmp_path, clock, database_url) as opened:
        yield opened


def test_both_databases_keep_change_and_end_sessions(desk_on: Desk) -> None:
    for face, cookie, opening in FACES:
        with opening(desk_on) as browser, opening(desk_on) as other:
            old = browser.cookies[cookie]
            desk_on.clock.advance(16 * MINUTE)
            assert browser.get(f"{face}/me").status_code == 200
            assert browser.get(f"{face}/me").status_code == 200
            assert browser.cookies[cookie] != old
            browser.post(f"{face}/sessions", data={"session": "others"}, headers=PAGE)
            assert other.get(f"{face}/me").status_code == 401
            assert browser.post(f"{face}/sign-out").status_code == 204
            assert browser.get(f"{face}/me").status_code == 401
    assert desk_on.office.office.trail.verify_chain().fault is None


def test_who_a_holder_is_is_forgotten_when_the_session_is_over(desk_on: Desk) -> None:
    office = desk_on.office.office
    owner = office.holder_sign_in.owner_of(Holder(NAME, NUMBER))
    with desk_on.holder(NAME, NUMBER), desk_on.sign_in("maker") as official:
        desk_on.clock.advance(20 * MINUTE)
        assert official.get("/console/me").status_code == 200
        forget_old(office, lambda: False)
        assert office.holder_sign_in.sessions.board.of_owner(owner) == ()
        assert official.get("/console/me").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130 Safari/537.36 Edg/130",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0",
            "微信 · Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("", "其他 · 其他"),
    ],
)
def test_a_browser_is_named_in_plain_words(user_agent: str, words: str) -> None:
    assert browser_words(user_agent) == words
