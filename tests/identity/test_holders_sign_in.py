"""Holders sign in through the identity platform: who is asserted, how surely, and where they go on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from certsvc.entrypoints.demo_provider.people import BY_DOCUMENT, BY_FACE, BY_PHONE
from certsvc.stages.share_grants import Holder
from tests.access.desk import MINUTE, Desk
from tests.support.oidc_provider import Claims, agree

NAME, NUMBER = "李晓明", "22050219900101123X"
WHO = f"{NAME}/{NUMBER}"
COOKIE = "certsvc-holder-session"
CALLBACK = "/portal/sign-in/callback"
PAGE = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _honest_again(desk: Desk) -> Iterator[None]:
    yield
    desk.provider.forge = lambda claims: claims


def test_a_holder_signs_in_and_is_the_person_the_platform_asserts(desk: Desk) -> None:
    with desk.holder_by_provider(NAME, NUMBER) as browser:
        sign_in = desk.office.office.holder_sign_in
        signed = sign_in.resume(browser.cookies[COOKIE])
    assert signed.holder == Holder(NAME, NUMBER)
    assert signed.caller == sign_in.caller_of(Holder(NAME, NUMBER))


@pytest.mark.parametrize("level", [BY_DOCUMENT, BY_FACE])
def test_every_accepted_level_opens_a_session(desk: Desk, level: str) -> None:
    with desk.holder_by_provider(NAME, NUMBER, level) as browser:
        assert browser.get("/portal/me").status_code == 200


def test_the_lowest_level_is_refused_with_what_to_do_and_written_down(desk: Desk) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, WHO, BY_PHONE, "/portal"), headers=PAGE)
        assert answer.status_code == 403
        assert "实名等级还不够" in answer.text
        assert "/portal/sign-in/go" in answer.text
        assert COOKIE not in browser.cookies
    caller = desk.office.office.holder_sign_in.caller_of(Holder(NAME, NUMBER))
    assert (caller.name, "portal:session:open.refused") in desk.actions("session/assurance")


@pytest.mark.parametrize("who", [f"/{NUMBER}", f"{NAME}/", f"{NAME}/1", f"{NAME}/not a number"])
def test_whom_the_platform_does_not_name_is_refused(desk: Desk, who: str) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, who, BY_FACE, "/portal"))
        assert answer.status_code == 403
        assert "姓名和证件号码" in answer.json()["detail"]
        assert COOKIE not in browser.cookies


FORGERIES: dict[str, Claims] = {
    "another nonce": {"nonce": "another"},
    "another issuer": {"iss": "https://elsewhere.example"},
    "another audience": {"aud": "certsvc"},
    "expired": {"exp": 1},
    "a name that is no text": {"name": ["李", "晓明"]},
    "a name that no database takes": {"name": "李\x00"},
    "an endless number": {"id_number": "1" * 65},
    "a level that is no text": {"acr": 3},
}


@pytest.mark.parametrize("changed", FORGERIES.values(), ids=FORGERIES.keys())
def test_an_assertion_that_does_not_hold_is_refused(desk: Desk, changed: Claims) -> None:
    desk.provider.forge = lambda claims: claims | changed
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, WHO, BY_FACE, "/portal"))
        assert answer.status_code == 401
        assert COOKIE not in browser.cookies


def test_a_state_or_code_of_another_attempt_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser, desk.visitor() as attacker:
        own = parse_qs(urlsplit(desk.consent(browser, WHO, BY_FACE, "/portal")).query)
        foreign = parse_qs(
            urlsplit(desk.consent(attacker, "王强/220102198505050017", BY_FACE, "/portal")).query
        )
        swapped = {"state": own["state"][0], "code": foreign["code"][0], "iss": own["iss"][0]}
        assert browser.get(CALLBACK, params=swapped).status_code == 401
        assert attacker.get(CALLBACK, params=swapped).status_code == 401
        assert COOKIE not in browser.cookies


def test_an_answer_in_another_issuers_name_or_in_nobodys_is_refused(desk: Desk) -> None:
    for issuer in ("https://elsewhere.example", ""):
        with desk.visitor() as browser:
            given = parse_qs(urlsplit(desk.consent(browser, WHO, BY_FACE, "/portal")).query)
            answer = browser.get(
                CALLBACK, params={"state": given["state"], "code": given["code"], "iss": issuer}
            )
            assert answer.status_code == 401


def test_an_attempt_of_the_console_is_none_in_the_portal(desk: Desk) -> None:
    with desk.visitor() as browser:
        back = desk.consent(browser, "maker")
        browser.cookies.set("certsvc-holder-sign-in", browser.cookies["certsvc-sign-in"])
        answer = browser.get(back.replace("/console/", "/portal/"))
        assert answer.status_code == 401


def test_who_declines_at_the_platform_is_told_so_kindly(desk: Desk) -> None:
    with desk.visitor() as browser:
        given = parse_qs(urlsplit(desk.consent(browser, WHO, BY_FACE, "/portal")).query)
        declined = {"state": given["state"], "error": "access_denied", "iss": given["iss"]}
        answer = browser.get(CALLBACK, params=declined, headers=PAGE)
    assert answer.status_code == 401
    assert "取消了登录" in answer.text
    assert "access_denied" not in answer.text


@pytest.mark.parametrize("next_address", ["/portal/sessions", "/portal/sessions?said=ended", "/portal"])
def test_a_holder_goes_on_to_the_page_they_came_for(desk: Desk, next_address: str) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, WHO, BY_FACE, "/portal", next=next_address))
    assert answer.headers["location"] == next_address


ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/portal",
    "javascript:alert(1)",
    "/portal//evil.example",
    "/portal/..//evil.example",
    "/portal/%2e%2e/console",
    "/portal/%2f%2fevil.example",
    "/portal/%5cevil.example",
    "/portal/%255cevil.example",
    "/portal\r\nLocation: https://evil.example",
    "/portal\t/x",
    "/portal\x00",
    "/portal#//evil.example",
    "/console",
    "/portals",
    "/portal/" + "x" * 600,
    "",
)


@pytest.mark.parametrize("next_address", ELSEWHERE)
def test_nothing_leads_out_of_the_portal_after_signing_in(desk: Desk, next_address: str) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, WHO, BY_FACE, "/portal", next=next_address))
    assert answer.headers["location"] == "/portal"


def test_a_token_that_somebody_planted_is_never_taken_over(desk: Desk) -> None:
    with desk.visitor() as browser, desk.holder("王强", "220102198505050017") as attacker:
        planted = attacker.cookies[COOKIE]
        browser.cookies.set(COOKIE, planted, domain="127.0.0.1")
        answer = browser.get(desk.consent(browser, WHO, BY_FACE, "/portal"))
        (given,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")]
        assert planted not in given
        assert attacker.get("/portal/me").status_code == 401


def test_the_platform_is_asked_for_the_levels_that_are_enough_and_told_nothing_else(desk: Desk) -> None:
    with desk.visitor() as browser:
        asked = parse_qs(urlsplit(browser.get("/portal/sign-in/go").headers["location"]).query)
    assert asked["acr_values"] == [f"{BY_DOCUMENT} {BY_FACE}"]
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked) == {
        "acr_values",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    }


def test_the_page_to_sign_in_on_says_what_is_asked_and_asks_for_no_password(desk: Desk) -> None:
    with desk.visitor() as browser:
        page = browser.get("/portal/sign-in", params={"next": "/portal/sessions"}, headers=PAGE).text
    assert "姓名、证件号码和实名等级" in page
    assert "/portal/sign-in/go?next=%2Fportal%2Fsessions" in page
    assert 'type="password"' not in page


def test_an_attempt_is_over_after_ten_minutes(desk: Desk) -> None:
    with desk.visitor() as browser:
        back = desk.consent(browser, WHO, BY_FACE, "/portal")
        desk.clock.advance(10 * MINUTE)
        assert browser.get(back).status_code == 401


def test_the_provider_of_the_demo_serves_registered_services_alone(desk: Desk) -> None:
    with desk.visitor() as browser:
        address = browser.get("/portal/sign-in/go").headers["location"]
    with pytest.raises(AssertionError, match="400"):
        agree(address.replace("portal%2Fsign-in", "portal%2Felsewhere"), WHO, BY_FACE)
