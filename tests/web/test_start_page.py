"""The start page: one question, one place to answer, and nothing personal in an address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from certsvc.formats.manual_code import manual_code
from tests.api.asking import claim, qr_text
from tests.web.builders import qr_text as record_of_tree
from tests.web.builders import regular_record
from tests.web.states import NOW, STATES, Scene, answered

RECORD = record_of_tree(regular_record())


@pytest.fixture
def page(browser: Browser, scene: Scene) -> Iterator[Page]:
    """The start page on a phone; in the end it may not have complained about anything."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(scene.site)
    yield opened
    context.close()
    assert complaints == []


SHAPES = {
    "": "nothing",
    " \u3000": "nothing",
    RECORD: "record",
    f"https://certsvc.example/v#{RECORD}": "record",
    f"  https://certsvc.example/v#{RECORD[:40]}\n{RECORD[40:]}": "record",
    "https://certsvc.example/": "record",
    "ABCDE-FGHJK-MNPQR": "code",
    "ａｂｃｄｅ　ｆｇｈｊｋ　ｍｎｐｑｒ": "code",
    "abcdefghjkmnpqr": "code",
    "ABCDE-FGHJK-MNPQ0": "code",
    "ABCDEFGHJKMNPQ0": "code",
    "ABCDE": "code",
    "7K3M-Q2XR-9TBW-4HNC": "share",
    "B" + "23456789ACDEFGHJK": "report",
    "222023051000001L": "number",
    "2220 2305 1000 001l": "number",
    "H00000000980312A": "number",
    "吉高职字980312": "number",
    "980312": "number",
    "请问": "unknown",
}


def test_what_is_typed_is_told_apart_by_its_shape_alone(page: Page) -> None:
    told: list[str] = page.evaluate(
        """async (texts) => {
            const assets = document.querySelector('script[src$="/page.js"]').src.replace("page.js", "");
            const { shapeOf } = await import(`${assets}shapes.js`);
            return texts.map((text) => shapeOf(text).kind);
        }""",
        list(SHAPES),
    )
    assert dict(zip(SHAPES, told, strict=True)) == SHAPES


GROUPED = {
    "BDHDHD7C8DUUJZXSU8": "BDHDHD-7C8DUU-JZXSU8",
    "BDHDHD-7C8DUU-JZXSU8": "BDHDHD-7C8DUU-JZXSU8",
    "bdhdhd7c8duujzxsu": "BDHDHD-7C8DUU-JZXSU",
    "7K3MQ2XR9TBW4HNC": "7K3M-Q2XR-9TBW-4HNC",
    "B23456789ACDEFG": "B2345-6789A-CDEFG",
    "ABCDEFG": "ABCDE-FG",
    "222023051000001L": "222023051000001L",
    "吉高职字980312": "吉高职字980312",
}


@pytest.mark.parametrize(("typed", "shown"), GROUPED.items())
def test_a_code_is_grouped_as_on_paper_while_it_is_typed(page: Page, typed: str, shown: str) -> None:
    page.locator("#typed").press_sequentially(typed)
    expect(page.locator("#typed")).to_have_value(shown)


NO_SCOPE: dict[str, Any] = {"first_announced_on": None, "last_announced_on": None, "series": []}
COVERED = {
    "nothing yet": ({"number": 0, "scope": NO_SCOPE}, "目前还没有收录已确认的公布文件。"),
    "lists without certificates": (
        {
            "number": 2,
            "scope": NO_SCOPE | {"first_announced_on": "2023-10-20", "last_announced_on": "2026-01-05"},
        },
        "2023年10月20日至2026年1月5日公布的 2 份文件。",
    ),
    "series": (
        {
            "number": 1,
            "scope": {
                "first_announced_on": "2023-10-20",
                "last_announced_on": "2023-10-20",
                "series": ["工程技术人员", "农业技术人员"],
            },
        },
        "2023年10月20日至2023年10月20日公布的 1 份文件；已制证的系列：工程技术人员、农业技术人员。",
    ),
}


def test_the_coverage_is_told_in_one_sentence(page: Page) -> None:
    told = page.evaluate(
        """async (answers) => {
            const assets = document.querySelector('script[src$="/page.js"]').src.replace("page.js", "");
            const { coverageWords } = await import(`${assets}coverage.js`);
            return answers.map((answer) => coverageWords(answer).zh);
        }""",
        [answer for answer, _ in COVERED.values()],
    )
    assert told == [words for _, words in COVERED.values()]


REFUSED = {
    "": "请先输入或粘贴内容",
    "请问": "认不出输入的内容",
    "ABCDE-FGHJ0-MNPQR": "请核对第 2 组",
}


@pytest.mark.parametrize("typed", REFUSED)
def test_what_cannot_be_asked_is_said_beside_the_field(page: Page, scene: Scene, typed: str) -> None:
    page.fill("#typed", typed)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=REFUSED[typed])).to_be_visible()
    expect(page.locator("#typed")).to_be_focused()
    assert page.url == f"{scene.site}/"


def test_the_text_of_a_symbol_goes_to_the_verdict_page_with_a_foreign_address_kept(
    page: Page, scene: Scene
) -> None:
    text = qr_text(scene.certificate("valid"), "")
    page.fill("#typed", f"https://zhicheng.example/v#{text}")
    page.get_by_role("button", name="核验", exact=True).click()
    answered(page)
    assert page.url == f"{scene.site}/v#https://zhicheng.example/v#{text}"
    expect(page.locator("[data-notes] .warning")).to_contain_text("不是发证机关公布的地址")


def test_the_page_asks_one_question_and_has_one_great_button(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text("这份职称证书是真的吗")
    filled = page.locator("main :is(button, .button):visible").evaluate_all(
        "all => all.filter((one) => getComputedStyle(one).backgroundColor === 'rgb(158, 31, 31)').map((one) => one.innerText)"
    )
    assert filled == ["扫描二维码"]
    for link in ("查询历史数据", "查看公布文件", "查看通报", "checkpoint"):
        expect(page.get_by_role("link", name=link)).to_be_visible()


def test_a_whole_session_leaves_no_cookie_and_no_name_in_any_address(page: Page, scene: Scene) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    for name in (
        "number-passed",
        "number-not-found",
        "number-superseded",
        "verdict-revoked",
        "verdict-file-original",
    ):
        STATES[name](page, scene)
    page.get_by_role("button", name="English").click()
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    own = [request for request in asked if not request.url.startswith(f"{scene.site}/")]
    assert [request.url for request in own] == []
    told = claim(scene.certificate("valid"))
    for request in asked:
        sent = request.url + str(request.headers.get("referer", ""))
        assert not any(value in sent for value in (told["number"], told["name"], told["id_last4"]))
    assert page.evaluate("history.state") is None


def test_without_script_the_start_page_says_what_else_can_be_done(browser: Browser, scene: Scene) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(scene.site)
        expect(page.locator("noscript .banner")).to_contain_text("需要启用 JavaScript")
        expect(page.locator("[data-ask]")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_without_a_service_only_what_the_browser_can_check_is_offered(page: Page, scene: Scene) -> None:
    page.goto(scene.tree)
    expect(page.locator("[data-unfold]")).to_have_count(0)
    page.fill("#typed", manual_code(scene.certificate("valid").record))
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("[data-typed-complaint]")).to_contain_text("请粘贴二维码的内容")
