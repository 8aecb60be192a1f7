"""Both faces against strangers: whatever they serve is enumerated from the applications, and walked as a browser walks it."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.domain.actor import Actor, Role
from certsvc.entrypoints.console import create_console
from certsvc.entrypoints.demo_provider.people import BY_FACE
from certsvc.entrypoints.http.cookies import CONSOLE_COOKIES, PORTAL_COOKIES, Cookies
from certsvc.entrypoints.http.permitted import Open, declared
from certsvc.entrypoints.portal import create_portal
from tests.access.desk import Desk
from tests.support.log_watch import people_in
from tests.support.walking import HTML, Field, Page, Walk
from tests.support.workbooks import REGULAR, sample

MARKUP: Final = "\"'><zq onzq=1>{{7*7}}</textarea></script>"
"""Breaks out of attributes, text, scripts; what comes of it is an element or attribute that no page of ours has."""
HOLDER: Final = ("周某某", "22240419800101001X")
EVIL: Final = (
    "//evil.example/console",
    "//evil.example/portal",
    "https://evil.example/console",
    "/\\evil.example",
    "/console/../../evil",
    "javascript:alert(1)",
    "/console\r\nSet-Cookie: a=b",
    "%2F%2Fevil.example",
    "/console/%2e%2e//evil.example",
    "/consolex",
    " https://evil.example",
)
FACES: Final = ("/console", "/portal")
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


@pytest.fixture(autouse=True)
def any_number_of_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The allowance of a holder has its own tests; here one person asks for everything within a minute."""
    monkeypatch.setattr("certsvc.entrypoints.portal.allowance.PER_HOLDER", 100_000)


@pytest.fixture(scope="module")
def apps(desk: Desk) -> dict[str, FastAPI]:
    """Both faces, for their routes alone."""
    limiter = LocalRateLimiter()
    office = desk.office.office
    return {"/console": create_console(office, limiter), "/portal": create_portal(office, limiter)}


@dataclass(frozen=True)
class Route:
    """A route: its template and methods, whether it answers whoever asks, the names that it reads from a query."""

    path: str
    methods: frozenset[str]
    of_everybody: bool
    asked: frozenset[str]

    @property
    def filled(self) -> str:
        """Its address, with something in its places."""
        return re.sub(r"\{[^}]+\}", "1", self.path)


def routes(app: FastAPI) -> Iterator[Route]:
    """Every route of an application but the description of the interface."""
    for one in iter_route_contexts(app.routes):
        if one.endpoint is None or not one.path or declared(one.endpoint) is None:
            continue
        mark = declared(one.endpoint)
        asked = (
            frozenset(field.alias for field in one.dependant.query_params) if one.dependant else frozenset()
        )
        yield Route(
            one.path, frozenset(one.methods or ()), isinstance(mark, Open) and not mark.signed_in, asked
        )


@pytest.fixture(scope="module")
def people(desk: Desk) -> Iterator[dict[str, httpx.Client]]:
    """Browsers of several people and a holder, signed in."""
    names = ("second", "supervisor", "tonghua")
    office = desk.office.office
    for role in (Role.SYSTEM, Role.SECURITY, Role.AUDIT):
        person = Actor(f"the-{role}", role, "220000")
        office.actors.register_actor(person, desk.clock.now())
    with (
        desk.sign_in(names[0]) as first,
        desk.sign_in(names[1]) as second,
        desk.sign_in(names[2]) as third,
        desk.sign_in("the-system") as system,
        desk.sign_in("the-security") as security,
        desk.sign_in("the-audit") as audit,
        desk.holder(*HOLDER) as holder,
    ):
        opened = (first, second, third, system, security, audit)
        yield dict(zip((*names, "system", "security", "audit"), opened, strict=True)) | {"holder": holder}


@pytest.fixture(scope="module")
def filed(desk: Desk) -> None:
    """Filings whose every field holds markup: one that could not be read so far, one that was taken in, one good one."""
    batch = sample(REGULAR)
    marked = {name: f"{value}{MARKUP}" for name, value in batch.header.items() if isinstance(value, str)}
    rows = [
        {name: f"{row[name]}{MARKUP}" for name in row if isinstance(row[name], str)} for row in batch.rows[:3]
    ]
    every_row = [{**row, "评审结果": "通过"} for row in rows]
    for changed in (
        batch.with_rows(every_row),
        batch.with_header(评审会议名称=marked.get("评审会议名称", MARKUP)),
    ):
        desk.office.submit(changed.json(), f"{MARKUP}.json")
    by_name = [{**dict(row), "姓名": f"甲{MARKUP}"} for row in batch.rows[:2]]
    desk.office.submit(batch.with_rows(by_name).json(), 'a"; filename="b\r\nX-Evil: 1.json')
    office = desk.office
    office.issue(office.submit((batch.xlsx()), "good.xlsx"))


@pytest.fixture(scope="module")
def walks(people: dict[str, httpx.Client], filed: None) -> dict[str, Walk]:
    """Both faces walked by everybody, writing markup into every field."""

    def write(_one: Field) -> str:
        return MARKUP

    found = {}
    for name, browser in people.items():
        browser.headers.pop("X-CSRF-Token", None)  # the forms bring their own
        start, most = ("/portal", 60) if name == "holder" else ("/console", 60)
        found[name] = Walk(browser, start, write, most).go()
    return found


def answers(walks: dict[str, Walk]) -> Iterator[tuple[str, httpx.Response]]:
    """Everything that the walks were answered."""
    return ((f"{name}: {path}", answer) for name, walk in walks.items() for path, answer in walk.seen)


def pages(walks: dict[str, Walk]) -> Iterator[tuple[str, httpx.Response]]:
    """The pages among them."""
    return ((path, one) for path, one in answers(walks) if "text/html" in one.headers.get("content-type", ""))


def test_every_page_of_both_faces_carries_its_headers(
    apps: dict[str, FastAPI], people: dict[str, httpx.Client], desk: Desk
) -> None:
    faults: list[str] = []
    told = 0
    with desk.visitor() as stranger:
        for face, app in apps.items():
            known = people["holder" if face == "/portal" else "second"]
            for route in routes(app):
                if "GET" not in route.methods or not route.path.startswith(face):
                    continue
                for browser in (known, stranger):
                    answer = browser.get(route.filled, headers=HTML)
                    told += "text/html" in answer.headers.get("content-type", "")
                    faults += [f"{route.path} {answer.status_code}: {one}" for one in lacking(answer)]
    assert faults == []
    assert told > 4


def lacking(answer: httpx.Response) -> list[str]:
    """What an answer of a face lacks."""
    wrong = [f"{name}" for name, value in HEADERS.items() if answer.headers.get(name) != value]
    if "no-store" not in answer.headers.get("cache-control", ""):
        wrong.append("cache-control")
    policy = answer.headers.get("content-security-policy", "")
    if "unsafe" in policy or "*" in policy or "frame-ancestors 'none'" not in policy:
        wrong.append(policy or "no policy")
    if "text/html" in answer.headers.get("content-type", ""):
        wrong += [one for one in POLICY if one not in policy]
    return wrong


def test_what_the_walks_saw_carries_its_headers_and_failed_nowhere(walks: dict[str, Walk]) -> None:
    assert sum(len(walk.seen) for walk in walks.values()) > 20
    assert [f"{path}: {lacking(one)}" for path, one in answers(walks) if lacking(one)] == []
    assert [path for path, one in answers(walks) if one.status_code >= 500] == []


def test_what_a_script_asks_for_is_a_part_of_the_page(walks: dict[str, Walk]) -> None:
    faults, asked = [], 0
    for walk in walks.values():
        for path, answer in list(walk.seen):
            if path.startswith(("get ", "post ")) or answer.status_code != 200:
                continue
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            targets = {given["hx-target"] for _, given in Page(answer.text).elements if "hx-target" in given}
            for target in targets - {"this"}:
                asks = {**HTML, "HX-Request": "true", "HX-Target": target.removeprefix("#")}
                part = walk.browser.get(path, headers=asks)
                asked += 1
                if part.status_code != 200 or "<html" in part.text or f'id="{target[1:]}"' not in part.text:
                    faults.append(f"{path} {target}: {part.status_code}")
    assert sorted(set(faults)) == []
    assert asked


def test_nothing_that_somebody_wrote_becomes_part_of_a_page(walks: dict[str, Walk]) -> None:
    faults = []
    for path, answer in pages(walks):
        for tag, given in Page(answer.text).elements:
            inside = {
                name: value for name, value in given.items() if name.startswith("on") or name == "style"
            }
            leads = given.get("href", given.get("src", given.get("action", "")))
            if tag == "zq" or inside or leads.lower().lstrip().startswith(("javascript:", "data:")):
                faults.append(f"{path}: <{tag} {given}>")
            if tag == "script" and "src" not in given:
                faults.append(f"{path}: a script inside the page")
        if "49</textarea>" in answer.text or "<zq" in answer.text:
            faults.append(f"{path}: markup as it was written")
    assert faults == []
    assert any("&lt;zq onzq=1&gt;" in one.text for _, one in pages(walks)), "the markup was shown nowhere"


def test_the_names_of_files_split_no_header_and_downloads_are_no_pages(walks: dict[str, Walk]) -> None:
    for path, answer in answers(walks):
        assert "x-evil" not in answer.headers, path
        disposition = answer.headers.get("content-disposition", "")
        assert not re.search(r"[\r\n<>]", disposition), path
        if disposition:
            assert "text/html" not in answer.headers["content-type"], path
            assert disposition.count('filename="') <= 1, path


def test_no_address_tells_of_a_person(walks: dict[str, Walk]) -> None:
    told = {
        unquote(address)
        for walk in walks.values()
        for address in {*walk.addresses, *(path for path, _ in walk.seen)}
    }
    assert [
        address for address in told if people_in(address) or HOLDER[0] in address or HOLDER[1] in address
    ] == []


def test_every_change_needs_the_token_of_the_session(
    apps: dict[str, FastAPI], people: dict[str, httpx.Client], desk: Desk
) -> None:
    """Without one, with another session's, in the address, in a field: each is refused as such, and written down."""
    faults: list[str] = []
    open_to_everybody = set()
    with desk.sign_in("city-checker") as other, desk.holder("别人", "222404198001010054") as other_holder:
        for face, app in apps.items():
            name, foreign = ("holder", other_holder) if face == "/portal" else ("second", other)
            browser, token = people[name], foreign.headers["X-CSRF-Token"]
            browser.headers.pop("X-CSRF-Token", None)
            for route in routes(app):
                for method in sorted(route.methods - {"GET", "HEAD", "OPTIONS"}):
                    if route.of_everybody:
                        open_to_everybody.add(route.path)
                        continue
                    faults += without_token(desk, browser, method, route, token)
    assert faults == []
    assert open_to_everybody == {f"{face}/sign-in/ended-by-provider" for face in FACES}


def without_token(
    desk: Desk, browser: httpx.Client, method: str, route: Route, foreign: str
) -> Iterator[str]:
    """How a route takes a change without its token."""
    path = route.filled
    before = len(refused_for_token(desk, method, path))
    tries = (
        browser.request(method, path, headers=HTML),
        browser.request(method, path, headers={**HTML, "X-CSRF-Token": foreign}),
        browser.request(method, f"{path}?csrf_token={quote(foreign)}", headers=HTML),
        browser.request(method, path, data={"csrf_token": foreign}, headers=HTML),
    )
    statuses = [one.status_code for one in tries]
    noted = len(refused_for_token(desk, method, path)) - before
    if statuses != [403] * len(tries) and set(statuses) != {401}:
        yield f"{method} {route.path}: {statuses}"
    if 401 not in statuses and noted != len(tries):
        yield f"{method} {route.path}: {noted} refusals were written down"


def refused_for_token(desk: Desk, method: str, path: str) -> list[str]:
    """What the trail says of a request that lacked its token."""
    return [
        action for _, action in desk.actions(f"{method} {path}") if action.endswith("session:csrf.refused")
    ]


@pytest.mark.parametrize("face", FACES)
def test_signing_in_gives_a_session_that_nobody_knew_before(desk: Desk, face: str) -> None:
    name = (CONSOLE_COOKIES if face == "/console" else PORTAL_COOKIES)[0]
    user = "second" if face == "/console" else "/".join(HOLDER)
    levels = {} if face == "/console" else {"level": BY_FACE}
    with desk.visitor() as browser, desk.visitor() as attacker:
        browser.cookies.set(name, "fixed-by-an-attacker")
        back = desk.consent(browser, user, face=face, **levels)
        answer = browser.get(back)
        given = answer.headers.get_list("set-cookie")
        (session,) = [one for one in given if one.startswith(f"{name}=")]
        token = session.partition("=")[2].partition(";")[0]
        assert token not in ("", "fixed-by-an-attacker")
        attacker.cookies.set(name, "fixed-by-an-attacker")
        assert attacker.get(f"{face}/me").status_code == 401
        assert attacker.get(back).status_code == 401, "a callback is for the browser that began"


@pytest.mark.parametrize("face", FACES)
def test_no_address_that_is_given_leads_elsewhere(desk: Desk, face: str) -> None:
    user, levels = ("second", {}) if face == "/console" else ("/".join(HOLDER), {"level": BY_FACE})
    with desk.visitor() as browser:
        for way in EVIL:
            page = browser.get(f"{face}/sign-in", params={"next": way}, headers=HTML)
            assert page.status_code == 200
            for _, given in Page(page.text).elements:
                leads = given.get("href", given.get("action", ""))
                assert not leads or (leads[0] in "/#" and not leads.startswith("//")), leads
            chosen = browser.post("/work-language", data={"language": "en", "back": way})
            assert any(is_inside(chosen.headers["location"], one) for one in FACES)
        for way in EVIL[:3]:
            answer = browser.get(desk.consent(browser, user, face=face, **levels, next=way))
            assert is_inside(answer.headers["location"], face)


def is_inside(address: str, face: str) -> bool:
    """Whether a browser stays within a face."""
    parts = urlsplit(address)
    plain = unquote(parts.path)
    inside = plain == face or plain.startswith(face + "/")
    return not (parts.scheme or parts.netloc) and inside and ".." not in plain and "//" not in plain


def test_no_other_parameter_leads_on(apps: dict[str, FastAPI]) -> None:
    """One that does shall be named here, and asked above."""
    leading = re.compile(r"next|back|return|redirect|goto|url|uri|dest|continue")
    found = {
        (route.path, name)
        for app in apps.values()
        for route in routes(app)
        for name in route.asked
        if leading.search(name)
    }
    assert found == {(f"{face}/sign-in{step}", "next") for face in FACES for step in ("", "/go")}


def test_another_host_in_a_request_changes_nothing(desk: Desk) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    with desk.visitor() as browser:
        for path in ("/console", "/portal", "/console/sign-in", "/console/sign-in/go", "/portal/nowhere"):
            answer = browser.get(path, headers={**HTML, **evil})
            assert "evil" not in answer.text
            assert "evil" not in answer.headers.get("location", "")


def test_a_method_is_what_the_request_line_says(people: dict[str, httpx.Client]) -> None:
    browser = people["second"]
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert browser.get("/console/sign-out", headers={**HTML, name: "POST"}).status_code in (404, 405)
    assert browser.get("/console/sign-out?_method=POST", headers=HTML).status_code in (404, 405)
    assert browser.request("TRACE", "/console", headers=HTML).status_code == 405
    assert browser.get("/console/me").status_code == 200


@pytest.mark.parametrize("names", [CONSOLE_COOKIES, PORTAL_COOKIES])
def test_cookies_are_for_this_host_alone_and_no_script_reads_them(names: tuple[str, str]) -> None:
    from fastapi.responses import Response

    answer = Response()
    cookies = Cookies(names, secure=True)
    cookies.set_session(answer, "token")
    assert cookies.session_name.startswith("__Host-")
    flags = {one.strip().lower() for one in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"httponly", "path=/", "samesite=lax", "secure"}


def test_every_cookie_that_is_given_is_kept_from_scripts_and_other_sites(
    walks: dict[str, Walk], desk: Desk
) -> None:
    with desk.visitor() as browser:
        given = [
            *browser.get("/console/sign-in/go").headers.get_list("set-cookie"),
            *browser.get("/portal/sign-in/go").headers.get_list("set-cookie"),
            *browser.post("/work-language", data={"language": "en"}).headers.get_list("set-cookie"),
        ]
    given += [one for _, answer in answers(walks) for one in answer.headers.get_list("set-cookie")]
    assert len(given) >= 3
    for one in given:
        flags = {part.strip().lower() for part in one.split(";")}
        assert {"httponly", "path=/", "samesite=lax"} <= flags, one


def test_no_small_form_takes_a_large_body(apps: dict[str, FastAPI], people: dict[str, httpx.Client]) -> None:
    """Of a stranger nothing large is taken anywhere; of those signed in what the address is for."""
    taken = []
    for face, app in apps.items():
        for route in routes(app):
            if "POST" in route.methods and route.path.startswith(face):
                status = announced(people["second"].base_url, route.filled, 200 << 20)
                if status != 413:
                    taken.append(f"{route.path}: {status}")
    assert taken == []


def announced(address: httpx.URL, path: str, length: int) -> int:
    """Announce a body and send none of it: the status of the answer."""
    with socket.create_connection((address.host, address.port or 80), timeout=20) as line:
        head = f"POST {path} HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: {length}\r\n"
        line.sendall((head + "Content-Type: application/x-www-form-urlencoded\r\n\r\n").encode())
        return int(line.recv(64).split()[1])


def test_a_body_that_comes_drop_by_drop_keeps_nobody_waiting(desk: Desk) -> None:
    """Of a stranger none is read: the answer comes before the body."""
    address = httpx.URL(desk.address)
    begun = time.monotonic()
    for path in ("/console/sign-out", "/portal/sign-out"):
        assert announced(address, path, 5000) == 401
    assert time.monotonic() - begun < 5
