"""The page against the table, as a person sees it: symbol, picture, file, manual code, number; and without network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.channels.asking import questions, told, wanted, without
from tests.channels.scene import CHECKED_AT, Counter
from tests.channels.table import KINDS, READ_BEFORE_TRUST, Answer, Kind
from tests.web.states import answered

PATIENCE = 8_000  # milliseconds
by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
FILES = [kind for kind in KINDS if kind.has_file]
"""Of a file the page does not ask where it is used."""
_JUDGE = """async ([asked, anchor]) => {
    const folder = document.querySelector("link[rel=stylesheet]").href.replace(/[^/]*$/, "");
    const [{ gatherEvidence }, { fileReader }, { judge }] = await Promise.all(
        ["check", "files", "verdict"].map((name) => import(`${folder}${name}.js`)));
    const read = async (name) => (await fetch(`${folder}${name}.json`)).json();
    const page = await read("words");
    const words = { ...page, codes: { ...(await read("codes")), ...page.own_codes } };
    const readFile = fileReader(new URL("/", location.origin));
    const { text, now, place } = asked;
    return judge(await gatherEvidence(text, { readFile, now, anchor }), words, now, place);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all, at the office's own time."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def away(browser: Browser, counter: Counter) -> Iterator[BrowserContext]:
    """A browser that has checked one certificate, and has no network since."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.clock.set_fixed_time(CHECKED_AT)
    page.goto(f"{counter.site}/v#{counter.presented['valid'].fragment}")
    kept = page.locator("[data-kept-fields]")
    expect(kept).to_contain_text("已保存，没有网络也能打开", timeout=PATIENCE)
    expect(kept).to_contain_text("北京时间", timeout=PATIENCE)
    page.close()
    context.set_offline(True)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@by_kind
def test_the_page_says_of_a_symbol_what_the_table_says(page: Page, counter: Counter, kind: Kind) -> None:
    shown = counter.presented[kind.presented]
    with counter.later(kind.hours):
        opened(page, counter, f"/v#{shown.fragment}")
        verdict = seen(page, kind, kind.answer)
        question, _ = questions(kind, shown)["qr"]
        on_line = counter.programs.post("/api/v1/verify", json=question).json()
        assert without(verdict, "historical") == without(on_line, "historical")
        asked = {"text": shown.text, "now": int(counter.now().timestamp()), "place": kind.place}
        judged = page.evaluate(_JUDGE, [asked, counter.anchor])
        assert told(judged) == wanted(kind.answer)


@by_kind
def test_the_page_says_the_same_of_a_picture_of_it(page: Page, counter: Counter, kind: Kind) -> None:
    shown = counter.presented[kind.presented]
    with counter.later(kind.hours):
        opened(page, counter, "/")
        picture = {"name": "证书.png", "mimeType": "image/png", "buffer": shown.picture}
        page.set_input_files("[data-picture]", picture)
        page.wait_for_url(lambda url: "/v#" in url)
        seen(page, kind, kind.answer)


@pytest.mark.parametrize("kind", FILES, ids=lambda kind: kind.name)
def test_the_page_says_of_a_file_what_the_table_says(page: Page, counter: Counter, kind: Kind) -> None:
    raw = counter.presented[kind.presented].document
    with counter.later(kind.hours):
        opened(page, counter, "/")
        page.set_input_files("#file", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": raw})
        seen(page, kind, kind.by_file or kind.answer, decided=False)


@by_kind
def test_the_page_says_of_code_and_number_what_the_table_says(
    page: Page, counter: Counter, kind: Kind
) -> None:
    asked = questions(kind, counter.presented[kind.presented])
    with counter.later(kind.hours):
        if "code" in asked:
            question, answer = asked["code"]
            opened(page, counter, f"/v#{question['code']}")
            seen(page, kind, answer)
        if "number" in asked:
            question, answer = asked["number"]
            opened(page, counter, "/")
            page.fill("#typed", question["number"])
            page.fill("#holder-name", question["name"])
            page.fill("#holder-last4", question["id_last4"])
            page.locator("[data-typed] button[type=submit]").click()
            seen(page, kind, answer)


@by_kind
def test_without_network_the_page_says_what_the_table_says(
    away: BrowserContext, counter: Counter, kind: Kind
) -> None:
    page, answer = away.new_page(), kind.told_off_line
    if answer.codes[0] in READ_BEFORE_TRUST:
        answer = replace(answer, codes=answer.codes[:1])
    with counter.later(kind.hours):
        opened(page, counter, f"/v#{counter.presented[kind.presented].fragment}")
        verdict = seen(page, kind, answer, decided=False)
        assert verdict["decision"] is None
        expect(page.locator("[data-decision]")).to_be_hidden()
    page.close()


def opened(page: Page, counter: Counter, path: str) -> None:
    """Open an address anew, at the office's own time."""
    page.goto("about:blank")
    page.clock.set_fixed_time(counter.now())
    page.goto(f"{counter.site}{path}")


def seen(page: Page, kind: Kind, answer: Answer, *, decided: bool | None = None) -> dict[str, Any]:
    """The verdict of the page, once it says in words what the table says."""
    answered(page)
    if kind.place is not None:
        page.locator("[data-place-select]").select_option(kind.place)
    expect(page.locator("[data-label]")).to_contain_text(answer.label, timeout=PATIENCE)
    expect(page.locator("[data-verdict] [data-for=zh]")).to_have_text(answer.word)
    if kind.decided if decided is None else decided:
        expect(page.locator("[data-decision]")).to_be_visible()
    verdict: dict[str, Any] = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    assert told(verdict) == wanted(answer)
    return verdict
