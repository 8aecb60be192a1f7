"""Every page that officials and holders work on, for everybody: each kind of page once, found by following links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, BrowserContext, expect

from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.domain.actor import Actor, Role
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.http.cookies import CONSOLE_COOKIES, PORTAL_COOKIES
from certsvc.entrypoints.portal import create_portal
from tests.access.desk import Desk, agree
from tests.support.axe import AXE, CONTRAST, OVERFLOW, SMALL, SPACED, SPACING, WCAG, violations
from tests.support.chromium import browser
from tests.support.walking import Walk
from tests.support.workbooks import EXAMPLES, FAULTY, REGULAR

__all__ = ["browser"]
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 256}  # 1280 x 1024 at 400 %
DESK = {"width": 1280, "height": 900}
DARK_EVERY = 12  # all pages have the same few colours
KINDS_OF_PEOPLE = ("second", "the-security", "the-audit", "holder")


@dataclass
class Reading(Walk):
    """A walk that sends nothing, and follows one link to each kind of page."""

    patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)
    met: dict[str, str] = field(default_factory=dict)

    def _is_inside(self, path: str) -> bool:
        kind = kind_of(path, self.patterns)
        return super()._is_inside(path) and self.met.setdefault(kind, path) == path

    def _send(self, *_given: object) -> Iterator[str]:  # type: ignore[override]
        return iter(())


def kind_of(path: str, patterns: dict[str, re.Pattern[str]]) -> str:
    """The route that serves an address, or the address itself."""
    return next((name for name, pattern in patterns.items() if pattern.fullmatch(path)), path)


def kinds(app: FastAPI) -> dict[str, re.Pattern[str]]:
    """Every kind of page of an application, by its route."""
    paths = [
        str(one.path) for one in iter_route_contexts(app.routes) if one.path and "GET" in (one.methods or ())
    ]
    return {path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", re.escape(path))) for path in sorted(paths)}


@pytest.fixture(scope="module")
def opened(desk: Desk, browser: Browser) -> Iterator[dict[str, tuple[BrowserContext, list[str]]]]:
    """For each of several people a browser, and the pages to look at: of each kind one, with whoever sees it first."""
    office = desk.office
    issued = office.issue(office.submit((EXAMPLES / REGULAR).read_bytes(), REGULAR))
    office.submit((EXAMPLES / FAULTY).read_bytes(), FAULTY)
    for role in (Role.SECURITY, Role.AUDIT):
        office.office.actors.register_actor(Actor(f"the-{role}", role, "220000"), desk.clock.now())
    award = issued[0].draft.content.award
    patterns = kinds(create_console(office.office, LocalRateLimiter())) | kinds(
        create_portal(office.office, LocalRateLimiter())
    )
    found: dict[str, tuple[BrowserContext, list[str]]] = {}
    seen: set[str] = set()
    with ExitStack() as stack:
        for name in KINDS_OF_PEOPLE:
            is_holder = name == "holder"
            entered = desk.holder(award.name, award.document.number) if is_holder else desk.sign_in(name)
            client = stack.enter_context(entered)
            walk = Reading(
                client, "/portal" if is_holder else "/console", lambda _one: "", 80, patterns=patterns
            ).go()
            fresh = [path for path, answer in walk.seen if is_page(answer) and is_new(path, patterns, seen)]
            context = browser.new_context(locale="zh-CN", viewport=PHONE, reduced_motion="reduce")
            cookie = (PORTAL_COOKIES if is_holder else CONSOLE_COOKIES)[0]
            token = client.cookies.get(cookie)
            context.add_cookies([{"name": cookie, "value": str(token), "url": desk.address}])
            context.set_default_timeout(20_000)
            stack.callback(context.close)
            found[name] = (context, fresh)
        yield found


def is_page(answer: httpx.Response) -> bool:
    """Whether an answer is a page that one works on."""
    return answer.status_code == 200 and "text/html" in answer.headers.get("content-type", "")


def is_new(path: str, patterns: dict[str, re.Pattern[str]], seen: set[str]) -> bool:
    """Whether no page of the same kind was seen so far; it counts as seen from now on."""
    plain = urlsplit(path).path
    kind = kind_of(plain, patterns)
    if kind in seen:
        return False
    seen.add(kind)
    return True


@pytest.mark.parametrize("name", KINDS_OF_PEOPLE)
def test_every_kind_of_page_can_be_read_and_used_by_everybody(
    desk: Desk, opened: dict[str, tuple[BrowserContext, list[str]]], name: str
) -> None:
    context, paths = opened[name]
    page = context.new_page()
    faults: list[str] = []
    for place, path in enumerate(paths):
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{desk.address}{path}", wait_until="load")
        page.evaluate(AXE)
        faults += [f"{path}: {one}" for one in violations(page, WCAG)]
        faults += [f"{path}: too small for a finger: {one}" for one in page.evaluate(SMALL)]
        if place % DARK_EVERY == 0:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            faults += [f"{path} dark: {one}" for one in violations(page, CONTRAST)]
        page.set_viewport_size(NARROW)
        faults += [f"{path}: wider than 320 pixels"] if page.evaluate(OVERFLOW) else []
        page.evaluate(SPACED, SPACING)
        faults += [f"{path}: wider than 320 pixels when spaced"] if page.evaluate(OVERFLOW) else []
    page.close()
    assert "\n".join(faults) == ""


def test_the_first_pages_say_the_same_in_english_and_fit_a_desk(
    desk: Desk, opened: dict[str, tuple[BrowserContext, list[str]]]
) -> None:
    for name, start in (("second", "/console"), ("holder", "/portal")):
        page = opened[name][0].new_page()
        page.set_viewport_size(DESK)
        page.goto(f"{desk.address}{start}")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.evaluate(AXE)
        assert violations(page, WCAG) == []
        assert page.evaluate(OVERFLOW) == 0
        page.get_by_role("button", name="中文").click()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.close()


def test_the_console_is_walked_by_keyboard_and_every_stop_is_seen(
    desk: Desk, opened: dict[str, tuple[BrowserContext, list[str]]]
) -> None:
    page = opened["second"][0].new_page()
    page.set_viewport_size(DESK)
    page.goto(f"{desk.address}/console")
    shown = page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, summary')].filter((one) => one.checkVisibility())"
        ".map((one) => one.innerText.trim())"
    )
    walked = []
    for _ in range(8):
        page.keyboard.press("Tab")
        walked.append(page.evaluate("() => document.activeElement.innerText.trim()"))
        assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"), walked
    assert walked == shown[:8], "the order of the page is the order of the keyboard"
    assert walked[0] == "跳到主要内容"
    page.goto(f"{desk.address}/console")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.close()


def test_the_console_works_without_scripts(desk: Desk, browser: Browser) -> None:
    """Sign in, look, filter, change the language, sign out: by forms and links alone, on a phone."""
    with browser.new_context(java_script_enabled=False, locale="zh-CN", viewport=PHONE) as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{desk.address}/console/suspicious")
        expect(page).to_have_url(re.compile(r"/console/sign-in\?next=%2Fconsole%2Fsuspicious$"))
        with page.expect_navigation():
            page.locator("main .button, main button").first.click()
        page.goto(f"{desk.address}{agree(page.url, 'supervisor')}")
        expect(page).to_have_url(f"{desk.address}/console/suspicious")
        page.get_by_role("button", name="筛选").click()
        expect(page).to_have_url(f"{desk.address}/console/suspicious?action=")
        page.get_by_role("link", name="密钥", exact=True).click()
        expect(page.get_by_role("heading", name="密钥", level=1)).to_be_visible()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="Keys", level=1)).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{desk.address}/console/keys")
        expect(page).to_have_url(re.compile("/console/sign-in"))
