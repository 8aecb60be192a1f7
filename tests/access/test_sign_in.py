"""Officials sign in by code flow with PKCE; what does not hold, in the provider's answer or the browser, is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.oidc_provider import OpenIdProvider, ProviderSettings
from certsvc.entrypoints.faces import open_faces
from certsvc.entrypoints.http.cookies import Cookies
from certsvc.errors import ConfigurationError, UnavailableError
from tests.access.desk import CALLBACK, MINUTE, Desk, code_of
from tests.support.office import OfficeUnderTest
from tests.support.oidc_provider import Claims, agree, with_secret
from tests.support.servers import free_port
from tests.web.builders import served


@pytest.fixture(autouse=True)
def _honest_again(desk: Desk) -> Iterator[None]:
    yield
    desk.provider.forge = lambda claims: claims
    desk.provider.signing_key = None
    with_secret(desk.provider, None)


BACK = "http://127.0.0.1:8000/console/sign-in/callback"


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """The problem, and that no session was opened."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "certsvc-session" not in answer.headers.get("set-cookie", "")


def test_an_official_signs_in_and_sees_role_and_region_of_the_register(desk: Desk) -> None:
    with desk.sign_in("city") as browser:
        me = browser.get("/console/me").json()
    assert (me["actor"], me["role"], me["region"]) == ("city", "maker", "222400")
    assert "console:filing:approve" in me["actions"]


def test_roles_in_the_token_count_for_nothing(desk: Desk) -> None:
    desk.provider.forge = lambda claims: claims | {"role": "checker", "roles": ["admin"], "region": "220000"}
    with desk.sign_in("county") as browser:
        me = browser.get("/console/me").json()
    assert (me["role"], me["region"]) == ("maker", "222404")


def test_a_code_of_another_attempt_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser, desk.visitor() as attacker:
        desk.consent(browser, "maker")
        foreign = desk.consent(attacker, "checker")
        refused(browser.get(foreign), 401, "not-signed-in")


def test_a_wrong_state_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser:
        code = code_of(desk.consent(browser, "maker"))
        refused(browser.get(CALLBACK, params={"state": "x" * 43, "code": code}), 401, "not-signed-in")


def test_a_callback_without_an_attempt_or_a_code_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser, desk.visitor() as stranger:
        callback = desk.consent(browser, "maker")
        refused(stranger.get(callback), 401, "not-signed-in")
        refused(browser.get(CALLBACK, params={"error": "access_denied"}), 401, "not-signed-in")


def test_an_altered_attempt_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser:
        callback = desk.consent(browser, "maker")
        sealed = browser.cookies["certsvc-sign-in"]
        for altered in (sealed[:-2] + ("00" if sealed[-2:] != "00" else "01"), "zz", "00"):
            browser.cookies.clear()
            browser.cookies.set("certsvc-sign-in", altered)
            refused(browser.get(callback), 401, "not-signed-in")


def test_a_replayed_code_is_refused(desk: Desk) -> None:
    with desk.visitor() as browser:
        callback = desk.consent(browser, "maker")
        attempt = browser.cookies["certsvc-sign-in"]
        assert browser.get(callback).status_code == 303
        browser.cookies.clear()
        browser.cookies.set("certsvc-sign-in", attempt)
        refused(browser.get(callback), 401, "not-signed-in")
        desk.consent(browser, "maker")
        state = desk.consent(browser, "maker").partition("state=")[2].partition("&")[0]
        refused(
            browser.get(CALLBACK, params={"state": state, "code": code_of(callback)}), 401, "not-signed-in"
        )


def test_an_attempt_ends_after_ten_minutes(desk: Desk) -> None:
    with desk.visitor() as browser:
        callback = desk.consent(browser, "maker")
        desk.clock.advance(10 * MINUTE)
        refused(browser.get(callback), 401, "not-signed-in")


FORGERIES: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {key: value for key, value in claims.items() if key != "nonce"},
    "another audience": lambda claims: claims | {"aud": "somebody-else"},
    "one audience of several, not for us": lambda claims: claims | {"aud": ["a", "b"]},
    "several audiences without azp": lambda claims: claims | {"aud": ["certsvc", "b"]},
    "authorized for another": lambda claims: claims | {"azp": "somebody-else"},
    "another issuer": lambda claims: claims | {"iss": "https://elsewhere.example"},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 31},
    "no expiry": lambda claims: {key: value for key, value in claims.items() if key != "exp"},
    "issued in the future": lambda claims: claims | {"iat": claims["iat"] + 3600},
    "no subject": lambda claims: {key: value for key, value in claims.items() if key != "sub"},
    "a subject that is no text": lambda claims: claims | {"sub": 7},
    "a subject that no database takes": lambda claims: claims | {"sub": "a\x00"},
    "an endless subject": lambda claims: claims | {"sub": "x" * 65},
    "a wrong hash of the access token": lambda claims: claims | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_an_id_token_that_does_not_hold_is_refused(desk: Desk, forge: Callable[[Claims], Claims]) -> None:
    desk.provider.forge = forge
    with desk.visitor() as browser:
        refused(browser.get(desk.consent(browser, "maker")), 401, "not-signed-in")


def test_an_id_token_signed_by_another_key_is_refused(desk: Desk) -> None:
    desk.provider.signing_key = ECKey.generate_key("P-256")
    with desk.visitor() as browser:
        refused(browser.get(desk.consent(browser, "maker")), 401, "not-signed-in")


def test_keys_that_the_provider_changed_are_fetched_again(desk: Desk) -> None:
    with desk.sign_in("maker"):
        desk.provider.key = ECKey.generate_key("P-256", {"kid": "newer"})
    with desk.sign_in("maker") as browser:
        assert browser.get("/console/me").status_code == 200


def test_somebody_who_is_not_registered_is_refused_and_written_down(desk: Desk) -> None:
    with desk.visitor() as browser:
        refused(browser.get(desk.consent(browser, "nobody")), 403, "not-permitted")
    assert ("nobody", "console:session:open.refused") in desk.actions("session")


def test_a_session_ends_when_nobody_used_it_for_half_an_hour(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        for _ in range(3):
            desk.clock.advance(29 * MINUTE)
            assert browser.get("/console/me").status_code == 200
        desk.clock.advance(30 * MINUTE)
        refused(browser.get("/console/me"), 401, "not-signed-in")


def test_a_session_ends_after_eight_hours_however_much_it_is_used(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        for _ in range(19):
            desk.clock.advance(25 * MINUTE)
            assert browser.get("/console/me").status_code == 200
        desk.clock.advance(5 * MINUTE)
        refused(browser.get("/console/me"), 401, "not-signed-in")


def test_signing_in_again_gives_a_new_token_and_ends_the_old_session(desk: Desk) -> None:
    with desk.sign_in("maker") as browser, desk.visitor() as thief:
        old = browser.cookies["certsvc-session"]
        assert browser.get(desk.consent(browser, "maker")).status_code == 303
        assert browser.cookies["certsvc-session"] != old
        thief.cookies.set("certsvc-session", old)
        refused(thief.get("/console/me"), 401, "not-signed-in")


def test_signing_out_ends_the_session_at_the_server(desk: Desk) -> None:
    with desk.sign_in("maker") as browser, desk.visitor() as thief:
        token = browser.cookies["certsvc-session"]
        answer = browser.post("/console/sign-out")
        assert answer.status_code == 204
        assert "certsvc-session" not in browser.cookies
        thief.cookies.set("certsvc-session", token)
        refused(thief.get("/console/me"), 401, "not-signed-in")


def test_only_digests_of_tokens_are_stored(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        token, csrf = browser.cookies["certsvc-session"], browser.headers["x-csrf-token"]
    database = desk.office.office.settings.home / "certsvc.sqlite3"
    stored = b"".join(path.read_bytes() for path in database.parent.glob("certsvc.sqlite3*"))
    assert token.encode() not in stored
    assert csrf.encode() not in stored


@pytest.mark.parametrize("given", [None, "wrong", ""])
def test_unsafe_methods_need_the_csrf_token(desk: Desk, given: str | None) -> None:
    with desk.sign_in("maker") as browser:
        del browser.headers["x-csrf-token"]
        headers = {} if given is None else {"X-CSRF-Token": given}
        refused(browser.post("/console/sign-out", headers=headers), 403, "not-permitted")
        assert browser.get("/console/me").status_code == 200
    assert ("maker", "console:session:csrf.refused") in desk.actions("POST /console/sign-out")


def test_the_cookie_is_kept_from_scripts_and_other_sites(desk: Desk) -> None:
    with desk.visitor() as browser:
        said = browser.get(desk.consent(browser, "maker")).headers.get_list("set-cookie")
    (session,) = [one for one in said if one.startswith("certsvc-session=")]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in session.split(";")}
    assert "Domain" not in session


def test_over_https_the_cookie_belongs_to_this_host_alone() -> None:
    cookies = Cookies(secure=True)
    from starlette.responses import Response

    answer = Response()
    cookies.set_session(answer, "token")
    said = answer.headers["set-cookie"]
    assert said.startswith("__Host-certsvc-session=token;")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in said.split(";")}


def test_a_client_secret_is_sent_to_the_token_endpoint_alone(desk: Desk) -> None:
    with_secret(desk.provider, "s3cret-0.9~_")
    settings = ProviderSettings(
        desk.provider.issuer,
        "certsvc",
        "s3cret-0.9~_",
        BACK,
        {"name": "sub"},
    )
    client = OpenIdProvider(settings, desk.clock)
    address = client.authorization_address("state", "nonce", "v" * 43)
    assert "s3cret" not in address
    code = code_of(agree(address, "maker"))
    identity = client.redeem(code, "v" * 43, "nonce", desk.clock.now(), desk.provider.issuer)
    assert identity.texts == {"name": "maker"}


def test_a_wrong_verifier_gets_no_token(desk: Desk) -> None:
    settings = ProviderSettings(desk.provider.issuer, "certsvc", None, BACK, {"name": "sub"})
    client = OpenIdProvider(settings, desk.clock)
    code = code_of(agree(client.authorization_address("state", "nonce", "v" * 43), "maker"))
    from certsvc.errors import NotSignedIn

    with pytest.raises(NotSignedIn):
        client.redeem(code, "w" * 43, "nonce", desk.clock.now(), desk.provider.issuer)


def test_a_provider_that_does_not_answer_is_unavailable(desk: Desk) -> None:
    settings = ProviderSettings(
        f"http://127.0.0.1:{free_port()}", "certsvc", None, "http://127.0.0.1/b", {"name": "sub"}
    )
    with pytest.raises(UnavailableError):
        OpenIdProvider(settings, desk.clock).authorization_address("s", "n", "v" * 43)


def test_a_provider_without_tls_is_refused_elsewhere_than_here(desk: Desk) -> None:
    settings = ProviderSettings(
        "http://provider.example", "certsvc", None, "http://127.0.0.1/b", {"name": "sub"}
    )
    with pytest.raises(ConfigurationError):
        OpenIdProvider(settings, desk.clock)


def test_without_a_provider_sign_in_says_that_it_is_off(tmp_path: Path, clock: FixedClock) -> None:
    office = OfficeUnderTest(tmp_path, clock)
    with served(open_faces(office.office)) as address:
        answer = httpx.get(f"{address}/console/sign-in/go", trust_env=False)
    refused(answer, 503, "unavailable")
    assert "CERTSVC_OIDC_ISSUER" in answer.json()["detail"]
    office.close()


def test_answers_of_the_console_are_never_kept(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        for path in ("/console/me", "/console/sign-in", "/console/sign-in/go", "/console/nothing"):
            assert browser.get(path).headers["cache-control"] == "no-store"
            assert browser.get(path).headers["content-security-policy"].startswith("default-src 'none'")
