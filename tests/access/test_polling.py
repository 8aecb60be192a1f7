"""Pages that renew themselves keep no session alive: only what a person does counts against the idle limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.http.polling import is_polled
from tests.access.desk import MINUTE, Desk, open_desk
from tests.access.faces_in_process import faces_in_process

TEMPLATES = Path(__file__).parents[2] / "templates"
CLOCKWORK = re.compile(r'<[^>]*hx-trigger="every [^>]*>')
ADDRESS = re.compile(r'hx-get="([^"]+)"')
BY_ITSELF = {"HX-Request": "true", "HX-Target": "jobs"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(
        tmp_path_factory.mktemp("polling"), FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC))
    ) as one:
        yield one


def led_to_sign_in(answer: httpx.Response, face: str) -> None:
    """A part of a page is not shown any more: the browser goes to sign in as a whole."""
    assert answer.status_code == 204
    assert answer.headers["hx-redirect"].startswith(f"{face}/sign-in?next=")


def test_asking_by_itself_keeps_no_official_signed_in_and_changes_no_token(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        token = dict(browser.cookies)
        for _ in range(2):
            desk.clock.advance(14 * MINUTE)
            assert browser.get("/console/jobs", headers=BY_ITSELF).status_code == 200
        assert dict(browser.cookies) == token
        desk.clock.advance(2 * MINUTE)
        led_to_sign_in(browser.get("/console/jobs", headers=BY_ITSELF), "/console")


def test_asking_by_itself_keeps_no_holder_signed_in(desk: Desk) -> None:
    with desk.holder("李晓明", "22050219900101123X") as browser:
        limit = desk.office.office.holder_sign_in.sessions.limits.idle
        desk.clock.advance(limit - MINUTE)
        assert browser.get("/portal/data", headers=BY_ITSELF).status_code == 200
        desk.clock.advance(MINUTE)
        led_to_sign_in(browser.get("/portal/data", headers=BY_ITSELF), "/portal")


def test_a_person_who_opens_the_same_page_stays_signed_in(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        for headers in ({}, {"HX-Request": "true", "HX-Boosted": "true"}):
            desk.clock.advance(20 * MINUTE)
            assert browser.get("/console/jobs", headers=headers).status_code == 200
        desk.clock.advance(20 * MINUTE)
        assert browser.get("/console/me").status_code == 200


def test_every_address_that_a_page_asks_on_a_clock_is_declared(desk: Desk) -> None:
    asked = {
        ADDRESS.search(tag[0])[1]  # type: ignore[index]
        for one in TEMPLATES.rglob("*.j2")
        for tag in CLOCKWORK.finditer(one.read_text("utf-8"))
    }
    assert len(asked) >= 4
    declared = {
        re.sub(r"\{[^}]*\}", "*", route.path or "")
        for app in faces_in_process(desk.office.office).apps.values()
        for route in iter_route_contexts(app.routes)
        if is_polled(route.endpoint)
    }
    assert {re.sub(r"\{\{[^}]*\}\}", "*", one) for one in asked} == declared
