"""Whoever asks anew reads the answer to the newer question, however late the answer to the older one comes."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from certsvc.formats.manual_code import manual_code
from tests.api.asking import claim, qr_text
from tests.web.pictures import png
from tests.web.states import NOW, PATIENCE, Scene, answered

REPORT_CODE = re.compile(r"报告查验码(B[2-9A-Z]{5}-[2-9A-Z]{6}-[2-9A-Z]{6})")
# The first request that matches is answered when the test says so, and cannot be stopped: an old browser, a proxy.
HOLD = """wanted => {
  const [really, draw] = [window.fetch, window.createImageBitmap];
  const opened = new Promise((open) => (window.letThrough = open));
  const isFirst = (what) => wanted !== null && RegExp(wanted).test(what) && !sessionStorage.held && (sessionStorage.held = "yes");
  window.fetch = async (url, { signal, ...rest } = {}) => {
    const held = isFirst(`${url} ${rest.body ?? ""}`);
    if (!held) return really(url, { signal, ...rest });
    window.heldSignal = signal;
    const response = await really(url, rest);
    await opened;
    return response;
  };
  window.createImageBitmap = async (...given) => {
    const drawn = await draw.apply(window, given);
    if (isFirst("picture")) await opened;
    return drawn;
  };
}"""
TYPE = """([typed, name, last4]) => {
  const [form, field] = [document.querySelector("[data-typed]"), document.querySelector("#typed")];
  field.value = typed;
  field.dispatchEvent(new Event("input"));
  document.querySelector("#holder-name").value = name ?? "";
  document.querySelector("#holder-last4").value = last4 ?? "";
  form.requestSubmit();
}"""
DROP = """([bytes, name, type]) => {
  const raw = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([raw], name, { type }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


@dataclass(frozen=True)
class Told:
    """What each way of asking is given: certificates of another state for the later question than for the earlier."""

    scene: Scene
    report: str
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def told(scene: Scene) -> Told:
    """A report's code, and the files of two certificates."""
    made = scene.office.office.reports.make(qr_text(scene.certificate("second"))).document
    text = re.sub(r"\s", "", PdfReader(BytesIO(made)).pages[0].extract_text())
    found = REPORT_CODE.search(text)
    assert found is not None
    files = {name: scene.office.document(scene.certificate(name)) for name in ("valid", "revoked")}
    return Told(scene, found.group(1), files)


def types(page: Page, text: str, question: dict[str, str] | None = None) -> None:
    holder = [] if question is None else [question["name"], question["id_last4"]]
    page.evaluate(TYPE, [text, *holder])


def drops(page: Page, raw: bytes, name: str, kind: str) -> None:
    page.evaluate(DROP, [b64encode(raw).decode(), name, kind])


def number(page: Page, told: Told, state: str) -> None:
    question = claim(told.scene.certificate(state))
    types(page, question["number"], question)


def code(page: Page, told: Told, state: str) -> None:
    types(page, manual_code(told.scene.certificate(state).record))


def record(page: Page, told: Told, state: str) -> None:
    types(page, qr_text(told.scene.certificate(state), ""))


def file(page: Page, told: Told, state: str) -> None:
    drops(page, told.files[state], f"{state}.pdf", "application/pdf")


def picture(page: Page, _told: Told, _state: str) -> None:
    drops(page, png(Image.new("L", (60, 60), 255)), "photo.png", "image/png")


def report(page: Page, told: Told, _state: str) -> None:
    types(page, told.report)


def share(page: Page, _told: Told, _state: str) -> None:
    types(page, "7K3M-Q2XR-9TBW-4HNC")


Way = Callable[[Page, Told, str], None]
EARLIER: dict[str, tuple[Way, str]] = {
    "number": (number, '/api/v1/verify .*"number"'),
    "code": (code, '/api/v1/verify .*"code"'),
    "record": (record, "status/shard"),
    "file": (file, "verify/pdf"),
    "picture": (picture, "^picture$"),
    "report": (report, "report/check"),
}
LATER: dict[str, tuple[Way, str]] = {
    "number": (number, "已撤销"),
    "code": (code, "已撤销"),
    "record": (record, "已撤销"),
    "file": (file, "已撤销"),
    "picture": (picture, "无法判定"),
    "report": (report, "通过核验"),
    "share": (share, "打不开这份授权"),
}


@pytest.fixture
def open_page(browser: Browser, told: Told) -> Iterator[Callable[..., Page]]:
    """A page on which the first request that matches is held."""
    contexts = []

    def opened(wanted: str | None, path: str = "/v") -> Page:
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        contexts.append(context)
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        page.add_init_script(f"({HOLD})({json.dumps(wanted)})")
        page.goto(f"{told.scene.site}{path}")
        expect(page.locator("main")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    """The page answers: its words have come."""
    expect(page.locator("[data-answer]")).to_have_attribute("data-mark", "empty")


def is_held(page: Page) -> None:
    page.wait_for_function("() => sessionStorage.held === 'yes'", timeout=PATIENCE)


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-answer]")).to_contain_text(words, timeout=PATIENCE)
    answered(page)


def shown(page: Page) -> Any:
    return page.evaluate(
        "() => ['answer', 'fields', 'decision', 'place'].map((name) => document.querySelector(`[data-${name}]`)?.innerText)"
    )


def lets_through(page: Page) -> None:
    page.evaluate("() => window.letThrough()")
    page.wait_for_timeout(250)


@pytest.mark.parametrize("earlier", EARLIER)
@pytest.mark.parametrize("later", LATER)
def test_a_late_answer_to_an_earlier_question_reaches_nobody(
    open_page: Callable[..., Page], told: Told, earlier: str, later: str
) -> None:
    ask, wanted = EARLIER[earlier]
    page = open_page(wanted)
    ready(page)
    ask(page, told, "valid")
    is_held(page)
    ask_later, words = LATER[later]
    ask_later(page, told, "revoked")
    says(page, words)
    page.wait_for_timeout(100)
    before = shown(page)
    assert page.evaluate("() => window.heldSignal === undefined || window.heldSignal.aborted")
    lets_through(page)
    assert shown(page) == before


def test_of_two_places_the_one_that_the_field_shows_is_answered(
    open_page: Callable[..., Page], told: Told
) -> None:
    page = open_page('"place":"222401"')
    ready(page)
    question = claim(told.scene.office.dual[0])
    types(page, question["number"], question)
    says(page, "仅限珲春市有效")
    select = page.get_by_label("在哪里使用？")
    select.focus()
    select.select_option("222401")
    is_held(page)
    # Until the place is answered, no older answer stands beside it.
    expect(page.locator("[data-answer]")).to_have_attribute("data-mark", "loading")
    expect(select).to_be_focused()
    select.select_option("222404")
    says(page, "在珲春市有效")
    expect(select).to_be_focused()
    before = shown(page)
    lets_through(page)
    assert shown(page) == before


def test_a_place_without_an_answer_leaves_the_answer_of_before_and_can_be_chosen_again(
    open_page: Callable[..., Page], told: Told
) -> None:
    page = open_page(None)
    ready(page)
    question = claim(told.scene.office.dual[0])
    types(page, question["number"], question)
    says(page, "仅限珲春市有效")
    page.route("**/api/v1/verify", lambda route: route.abort())
    select = page.get_by_label("在哪里使用？")
    select.select_option("222401")
    expect(page.locator("[data-place-told]")).to_contain_text("没有得到所选使用地的答复")
    says(page, "仅限珲春市有效")
    expect(select).to_have_value("")
    page.unroute("**/api/v1/verify")
    select.select_option("222401")
    says(page, "在此不适用")
    expect(page.locator("[data-place-told]")).to_be_hidden()


def test_a_place_leaves_the_decision_and_the_focus_where_they_are(
    open_page: Callable[..., Page], told: Told
) -> None:
    page = open_page(None, f"/v#{qr_text(told.scene.office.dual[1], '')}")
    says(page, "已撤销")
    decision = page.locator("[data-decision]")
    expect(decision).to_contain_text("吉人社职决〔2026〕8号")
    select = page.get_by_label("在哪里使用？")
    select.focus()
    select.select_option("222401")
    expect(decision).to_contain_text("吉人社职决〔2026〕8号")
    expect(select).to_be_focused()


def test_of_two_historical_questions_the_later_is_answered_and_asking_is_shown(
    open_page: Callable[..., Page], told: Told
) -> None:
    page = open_page("/api/v1/verify", "/historical")
    for state in ("valid", "revoked"):
        question = claim(told.scene.certificate(state))
        for field, value in (("number", "number"), ("holder", "name"), ("last4", "id_last4")):
            page.fill(f"#{field}", question[value])
        page.get_by_role("button", name="查询", exact=True).click()
        is_held(page)
        if state == "valid":
            expect(page.locator("[data-answer]")).to_have_attribute("aria-busy", "true")
    says(page, "已撤销")
    before = shown(page)
    lets_through(page)
    assert shown(page) == before
