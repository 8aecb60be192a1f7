"""Asking by number, name and last four characters: the same calm answer, and never whether there is such a certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.asking import GROUND, REFERENCE, claim
from tests.web.states import NOW, STATES, Scene, answered, asks_by_number


@pytest.fixture(params=[390, 1280])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone and a desktop, at the office's own time."""
    context = browser.new_context(locale="zh-CN", viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    yield opened
    context.close()


ANSWERS = {
    "valid": ("通过核验", "有效", ["填写的姓名和证件号码后四位与登记一致"]),
    "revoked": ("未通过核验", "已撤销", [REFERENCE, "2026年11月20日", GROUND, "决定的文号、日期和事由见下"]),
    "voided": ("未通过核验", "无效", [REFERENCE, GROUND, "自取得之日起无效"]),
    "suspended": ("未通过核验", "核查中", [REFERENCE, "核查结束后请再次核验"]),
    "superseded": ("未通过核验", "已换发", ["现行的是第 2 版", "请向持证人索取第 2 版"]),
}


@pytest.mark.parametrize("state", ANSWERS)
def test_every_state_is_answered_as_for_a_symbol(page: Page, scene: Scene, state: str) -> None:
    word, label, words = ANSWERS[state]
    question = claim(scene.certificate(state))
    asks_by_number(page, scene, question)
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text(word)
    expect(page.locator("[data-verdict]")).to_be_focused()
    expect(page.locator("[data-label]")).to_contain_text(label)
    for told in words:
        expect(page.locator("[data-result]")).to_contain_text(told)
    verdict = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    assert verdict == scene.office.verify(question)
    assert page.url == f"{scene.site}/"
    assert page.evaluate("history.length") == 2  # about:blank and this page
    assert question["name"] not in page.locator("[data-result]").inner_text()
    expect(page.locator("[data-causes]")).to_be_hidden()


def test_a_dual_directed_title_asks_for_the_place_and_answers_it(page: Page, scene: Scene) -> None:
    asks_by_number(page, scene, claim(scene.office.dual[0]))
    answered(page)
    expect(page.locator("[data-label]")).to_contain_text("仅限珲春市有效")
    select = page.get_by_label("在哪里使用？")
    for place, word, label in (
        ("222404", "通过核验", "在珲春市有效"),
        ("222401", "未通过核验", "在此不适用"),
        ("222400", "无法判定", "使用地不够具体"),
    ):
        select.select_option(place)
        expect(page.locator("[data-label]")).to_contain_text(label)
        expect(page.locator("[data-verdict]")).to_contain_text(word)


NEARLY = {
    "another name": {"name": "何人"},
    "other characters": {"id_last4": "000X"},
    "another number": {"number": "222023051999999X"},
}


def test_whatever_does_not_agree_is_answered_alike_with_causes_and_coverage(page: Page, scene: Scene) -> None:
    answers = set()
    for changes in NEARLY.values():
        asks_by_number(page, scene, claim(scene.certificate("valid"), **changes))
        answered(page)
        expect(page.locator("[data-label]")).to_contain_text("未查询到")
        expect(page.locator("[data-coverage-words]")).to_contain_text("公布文件")
        answers.add(page.locator("[data-answer]").inner_text())
        causes = page.locator("[data-causes]")
        for words in ("王莉、王丽", "末位的 X", "备案", "双定向", "其他省", "更正过"):
            expect(causes).to_contain_text(words)
        expect(causes.get_by_role("link", name="查询历史数据")).to_have_attribute("href", "/historical")
        expect(page.locator("[data-place]")).to_be_hidden()
        expect(page.locator("[data-report]")).to_be_hidden()
        # What was typed is there to be corrected.
        expect(page.locator("#holder-name")).to_have_value(
            changes.get("name") or claim(scene.certificate("valid"))["name"]
        )
    assert len(answers) == 1


def test_a_number_that_was_copied_wrongly_is_said_to_be_so_by_its_own_check_character(
    page: Page, scene: Scene
) -> None:
    STATES["number-not-found"](page, scene)
    expect(page.locator("[data-miscopied]")).to_be_visible()
    asks_by_number(page, scene, claim(scene.certificate("valid"), name="何人"))
    answered(page)
    expect(page.locator("[data-causes]")).to_be_visible()
    expect(page.locator("[data-miscopied]")).to_be_hidden()


def test_what_is_missing_is_asked_for_beside_its_field(page: Page, scene: Scene) -> None:
    page.goto(scene.site)
    page.get_by_role("button", name="没有校验码").click()
    expect(page.locator("#typed")).to_be_focused()
    page.keyboard.type(claim(scene.certificate("valid"))["number"].lower())
    page.keyboard.press("Enter")
    expect(page.locator("#holder-name")).to_be_focused()
    expect(page.locator("#holder-name-complaint")).to_contain_text("请填写证书上的姓名")
    page.fill("#holder-name", claim(scene.certificate("valid"))["name"])
    page.fill("#holder-last4", "12")
    page.keyboard.press("Enter")
    expect(page.locator("#holder-last4")).to_be_focused()
    expect(page.locator("#holder-last4")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#holder-name-complaint")).to_be_hidden()


def test_a_question_that_is_not_answered_names_its_number_and_can_be_asked_again(
    page: Page, scene: Scene
) -> None:
    refused = {"code": "unavailable"}
    page.route(
        "**/api/v1/verify",
        lambda route: route.fulfill(status=503, json=refused, headers={"X-Request-Id": "7F3A9C21D4"}),
    )
    STATES["number-passed"](page, scene)
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-request]")).to_contain_text("7F3A9C21D4")
    page.unroute("**/api/v1/verify")
    page.get_by_role("button", name="重新核验").click()
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
