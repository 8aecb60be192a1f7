"""Every page in every state, for everybody: WCAG 2.1 AA, four hundred per cent, wide spacing, fingers, keyboard, print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import AXE, CONTRAST, OVERFLOW, SMALL, SPACED, SPACING, VENDOR, WCAG, violations
from tests.web.states import NOW, STATES, Scene, answered, claim

WEB = Path(__file__).parents[2] / "verifier" / "web"
DARK_EVERY = 4  # all states are made of the same few colours
MARKED = (
    *(
        "valid",
        "area-limited",
        "historical",
        "not-valid-here",
        "place-too-coarse",
        "revoked",
        "voided",
        "written-off",
    ),
    *(
        "suspended",
        "superseded",
        "record-forged",
        "record-unreadable",
        "record-key-unknown",
        "checkpoint-stale",
    ),
    *("tree-missing", "certificate-not-found", "not-in-log"),
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, at the office's own time."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    yield opened
    context.close()


@pytest.mark.parametrize("name", STATES)
def test_every_state_can_be_read_and_used_by_everybody(page: Page, scene: Scene, name: str) -> None:
    STATES[name](page, scene)
    page.evaluate(AXE)
    assert violations(page, WCAG) == []
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="English").click()
    if list(STATES).index(name) % DARK_EVERY == 0:
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert violations(page, CONTRAST) == []
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    assert page.evaluate(OVERFLOW) == 0, "English at 400 %"
    page.get_by_role("button", name="中文").click()
    page.evaluate(SPACED, SPACING)
    assert page.evaluate(OVERFLOW) == 0, "Chinese at 400 %, spaced"


def focused(page: Page) -> str:
    """The control that has the focus: its id, or its first words."""
    shown: str = page.evaluate(
        "() => document.activeElement.id || document.activeElement.innerText.trim().split('\\n')[0]"
    )
    return shown


def test_the_start_page_is_walked_by_keyboard_and_every_stop_is_seen(page: Page, scene: Scene) -> None:
    page.goto(scene.site)
    expect(page.locator("[data-scanner-open]")).to_be_visible()
    walk = []
    for _ in range(9):
        page.keyboard.press("Tab")
        walk.append(focused(page))
        outline = page.evaluate(
            "() => { const at = document.activeElement; const seen = [at, at.nextElementSibling].filter(Boolean);"
            " return seen.some((one) => getComputedStyle(one).outlineStyle !== 'none'); }"
        )
        assert outline, walk
    assert walk == [
        "跳到主要内容",
        "吉林省职称电子证书",
        "English",
        "扫描二维码",
        "picture",
        "file",
        "typed",
        "核验",
        "没有校验码？用证书编号、姓名和证件号码后四位查询",
    ]
    page.keyboard.press("Enter")
    assert focused(page) == "typed"
    page.keyboard.type(claim(scene.certificate("valid"))["number"])
    for value in (claim(scene.certificate("valid"))["name"], claim(scene.certificate("valid"))["id_last4"]):
        page.keyboard.press("Tab")
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator("[data-verdict]")).to_be_focused()
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")


def test_a_screen_reader_hears_the_answer_first(page: Page, scene: Scene) -> None:
    STATES["verdict-revoked"](page, scene)
    expect(page.locator("main")).to_match_aria_snapshot(
        """
        - main:
          - paragraph
          - heading "未通过核验" [level=1]
          - paragraph: 已撤销
          - paragraph
          - paragraph
          - heading "决定" [level=2]
        """
    )
    assert page.locator("[data-answer]").get_attribute("aria-live") == "polite"
    assert page.locator("svg[aria-hidden=true]").count() == page.locator("svg").count()


def test_every_kind_of_answer_has_a_mark_of_its_own() -> None:
    answers = json.loads((WEB / "words.json").read_text(encoding="utf-8"))["answers"]
    marks = {code: answers[code]["mark"] for code in MARKED}
    assert len(set(marks.values())) == len(marks)
    drawn = (WEB.parents[1] / "templates" / "pages" / "marks.svg").read_text(encoding="utf-8")
    assert [mark for mark in marks.values() if f'id="mark-{mark}"' not in drawn] == []


def test_the_tool_does_find_what_is_wrong(page: Page, scene: Scene) -> None:
    page.goto(scene.site)
    page.evaluate(AXE)
    page.evaluate(
        "document.querySelector('.lead').style.color = '#ccc'; document.querySelector('#typed').removeAttribute('id')"
    )
    found = {one.partition(":")[0] for one in violations(page, WCAG)}
    assert {"color-contrast", "label"} <= found


def test_nothing_moves_for_whoever_does_not_want_it(page: Page, scene: Scene) -> None:
    STATES["verdict-loading"](page, scene)
    moving = page.locator("svg.answer-mark").evaluate("mark => mark.getAnimations({subtree: true}).length")
    assert moving == 0


def test_with_forced_colours_the_answer_keeps_its_edges(browser: Browser, scene: Scene) -> None:
    with browser.new_context(forced_colors="active", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        STATES["verdict-passed"](page, scene)
        edge = page.locator("[data-answer]").evaluate("answer => getComputedStyle(answer).borderTopWidth")
        assert edge == "2px"


@pytest.mark.parametrize("name", ["verdict-passed", "verdict-revoked", "verdict-long-name"])
def test_a_verdict_is_printed_on_one_page(page: Page, scene: Scene, name: str) -> None:
    STATES[name](page, scene)
    raw_pdf = page.pdf(format="A4")
    assert raw_pdf.count(b"/Type /Page\n") + raw_pdf.count(b"/Type /Page ") == 1


def test_the_tool_of_these_tests_is_the_one_that_was_recorded() -> None:
    record = json.loads((VENDOR / "vendored.json").read_text(encoding="utf-8"))
    for package in record["packages"]:
        folder = VENDOR / package["folder"]
        held = {one.name: sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()}
        assert held == package["files"]
