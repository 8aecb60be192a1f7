"""Officials show a second factor; the provider is asked for it, and who shows none is refused and written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.oidc_provider import OpenIdProvider, ProviderSettings
from certsvc.entrypoints.demo_provider import DemoProvider, create_demo_provider
from certsvc.entrypoints.demo_provider.people import PASSWORD_ALONE, SECOND_FACTOR
from certsvc.errors import ConfigurationError, NotSignedIn
from certsvc.settings import Settings
from tests.access.desk import Desk, code_of
from tests.support.oidc_provider import agree

PAGE = {"Accept": "text/html"}
BACK = "http://127.0.0.1:8000/console/sign-in/callback"


def test_an_official_without_a_second_factor_is_refused_and_written_down(desk: Desk) -> None:
    with desk.visitor() as browser:
        answer = browser.get(desk.consent(browser, "maker", PASSWORD_ALONE), headers=PAGE)
        assert answer.status_code == 403
        assert "第二重验证" in answer.text
        assert "certsvc-session" not in browser.cookies
    assert ("maker", "console:session:open.refused") in desk.actions("session/second-factor")


@pytest.mark.parametrize("changed", [{"acr": "0"}, {"acr": ""}, {"acr": f"{SECOND_FACTOR} "}])
def test_only_the_levels_that_are_set_count(desk: Desk, changed: dict[str, str]) -> None:
    desk.provider.forge = lambda claims: claims | changed
    try:
        with desk.visitor() as browser:
            assert browser.get(desk.consent(browser, "maker")).status_code == 403
    finally:
        desk.provider.forge = lambda claims: claims


@pytest.mark.parametrize(("seconds", "holds"), [(0, True), (80, True), (200, False)])
def test_who_showed_who_they_are_too_long_ago_does_so_again(desk: Desk, seconds: int, holds: bool) -> None:
    claims, issuer = {"name": "sub"}, desk.provider.issuer
    settings = ProviderSettings(issuer, "certsvc", None, BACK, claims, max_age=60)
    client = OpenIdProvider(settings, desk.clock)
    address = client.authorization_address("state", "nonce", "v" * 43)
    assert "max_age=60" in address
    code = code_of(agree(address, "maker"))
    desk.provider.forge = lambda claims: claims | {"auth_time": claims["auth_time"] - seconds}
    try:
        if holds:
            client.redeem(code, "v" * 43, "nonce", desk.clock.now(), issuer)
        else:
            with pytest.raises(NotSignedIn):
                client.redeem(code, "v" * 43, "nonce", desk.clock.now(), issuer)
    finally:
        desk.provider.forge = lambda claims: claims


def settings_of(home: Path, **given: object) -> Settings:
    """Settings of an office that signs nothing."""
    return Settings(home=home, _env_file=None, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (
            {"environment": "production", "oidc_issuer": "https://id.example", "oidc_client_id": "c"},
            "OIDC_ACR",
        ),
        (
            {
                "environment": "production",
                "oidc_issuer": "http://127.0.0.1:9",
                "oidc_client_id": "c",
                "oidc_acr": "mfa",
            },
            "https",
        ),
        ({"holder_oidc_issuer": "https://id.example", "holder_oidc_client_id": "c"}, "HOLDER_OIDC_ACR"),
        ({"holder_oidc_issuer": "https://id.example"}, "HOLDER_OIDC_CLIENT_ID"),
    ],
)
def test_settings_that_would_let_in_too_many_are_refused(
    tmp_path: Path, given: dict[str, object], missing: str
) -> None:
    codes = {"e_licence_type": "11100000000013338W011", "e_licence_issuer": "11430000006122244L"}
    with pytest.raises(ValueError, match=missing):
        settings_of(tmp_path, **codes, **given)


def test_the_provider_of_the_demo_does_not_start_in_production(tmp_path: Path) -> None:
    settings = settings_of(tmp_path).model_copy(update={"environment": "production"})
    with pytest.raises(ConfigurationError):
        create_demo_provider(settings, DemoProvider("http://127.0.0.1:9", ()))


def test_a_changed_official_signs_in_anew(desk: Desk, clock: FixedClock) -> None:
    assert clock.now()  # the day of the test is the desk's
    with desk.sign_in("tonghua") as browser:
        desk.office.office.actors.change_actor("tonghua", None, "220600", desk.clock.now())
        assert browser.get("/console/me").status_code == 401
