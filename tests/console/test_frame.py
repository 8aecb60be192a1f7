"""What stands around every page that people work in: frame, failures, languages, ways back."""

from __future__ import annotations

import pytest

from certsvc.entrypoints.html.addresses import local_address
from certsvc.entrypoints.html.paging import Paging
from tests.access.desk import Desk

HTML = {"Accept": "text/html"}


def test_the_first_page_is_shown_in_its_frame(desk: Desk) -> None:
    with desk.sign_in("second") as browser:
        page = browser.get("/console", headers=HTML)
    assert page.status_code == 200
    assert "<b>second</b>" in page.text
    assert "复核 · 吉林省</span>" in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_where_nothing_waits_the_first_page_says_where_to_begin(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        page = browser.get("/console", headers=HTML).text
    assert "没有等您办理的事项。" in page
    steps = page.partition("您可以从这里开始")[2]
    for address in ("/console/filings", "/console/search", "/console/statistics"):
        assert f'<a href="{address}">' in steps
    assert "/console/filings/new" not in steps


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(desk: Desk) -> None:
    with desk.visitor() as browser:
        page = browser.get("/console?x=1", headers=HTML)
        assert (page.status_code, page.headers["location"]) == (
            303,
            "/console/sign-in?next=%2Fconsole%3Fx%3D1",
        )
        part = browser.get("/console", headers={**HTML, "HX-Request": "true"})
        assert (part.status_code, part.headers["hx-redirect"]) == (204, "/console/sign-in?next=%2Fconsole")
        assert browser.get("/console").json()["code"] == "not-signed-in"


def test_a_failure_is_a_page_for_people_a_fragment_for_htmx_and_a_problem_for_programs(desk: Desk) -> None:
    with desk.sign_in("second") as browser:
        page = browser.get("/console/nowhere", headers=HTML)
        assert page.status_code == 404
        assert "<h1>" in page.text
        assert page.headers["x-request-id"] in page.text
        part = browser.get("/console/nowhere", headers={**HTML, "HX-Request": "true"})
        assert (part.status_code, part.headers["hx-retarget"]) == (404, "#said")
        assert "<html" not in part.text
        assert browser.get("/console/nowhere").json()["code"] == "not-found"


def test_a_language_is_remembered_and_leads_back_to_the_page(desk: Desk) -> None:
    with desk.sign_in("second") as browser:
        answer = browser.post("/work-language", data={"language": "en", "back": "/console?a=b"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console?a=b")
        assert '<html lang="en" data-language="en">' in browser.get("/console", headers=HTML).text
        for back in ("https://evil.example/", "//evil.example", "/v", ""):
            answer = browser.post("/work-language", data={"language": "zh", "back": back})
            assert answer.headers["location"] == "/console"


def test_files_are_served_by_their_digest_for_ever(desk: Desk) -> None:
    with desk.visitor() as browser:
        page = browser.get("/console/nowhere", headers=HTML).text
        for name in ("work.css", "style.css", "work.js", "vendor/htmx/htmx.min.js"):
            (address,) = [part for part in page.split('"') if part.endswith("/" + name)]
            assert browser.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert browser.get("/work-assets/0000000000000000/work.css").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "console",
        "//evil.example",
        "//evil.example/console",
        "/console//evil.example",
        "/\\evil.example",
        "/console/\\evil",
        "https://evil.example/console",
        "/console/../portal",
        "/console/%2e%2e/portal",
        "/console/%2F/evil",
        "/console/%5Cevil",
        "/console/%0d%0aSet-Cookie:x",
        "/console\n",
        "/console#x",
        "/consolex",
        "/portal",
        "/console/" + "a" * 600,
        "/console/ä",
        "/console/%",
        "/console/%252e",
    ],
)
def test_an_address_that_leads_elsewhere_is_none(given: str | None) -> None:
    assert local_address(given, "/console") is None


@pytest.mark.parametrize(
    "given", ["/console", "/console/filings?page=2&state=held", "/console/filings/F0123456789ABCDE"]
)
def test_an_address_of_the_face_is_kept_whole(given: str) -> None:
    assert local_address(given, "/console") == given


def test_a_list_is_cut_into_pages_whose_addresses_keep_the_filters() -> None:
    paging = Paging("/console/filings", 7, 20_000, {"state": "held", "year": ""})
    assert (paging.offset, paging.first, paging.last, paging.pages) == (300, 301, 350, 400)
    assert paging.beside() == [1, None, 5, 6, 7, 8, 9, None, 400]
    assert paging.address(8) == "/console/filings?state=held&page=8"
    assert paging.address(1) == "/console/filings?state=held"
    nothing = Paging("/x", 1, 0)
    assert (nothing.first, nothing.last, nothing.pages, nothing.beside()) == (0, 0, 1, [1])
