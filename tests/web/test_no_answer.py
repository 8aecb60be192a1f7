"""Whatever a browser lacks and whatever the site does not answer: every check ends, and says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.asking import claim, qr_text
from tests.web.states import NOW, Scene, answered, asks_by_number

WITHOUT_TIMEOUT = "delete AbortSignal.timeout"
WITHOUT_STORAGE = """for (const name of ["open", "keys", "match", "has", "delete"]) {
  CacheStorage.prototype[name] = () => Promise.reject(new DOMException("The operation is insecure.", "SecurityError"));
}"""
TOO_MANY = {"status": 429, "json": {"code": "too-many-requests"}}
BUSY = {"status": 503, "json": {"code": "unavailable"}, "headers": {"X-Request-Id": "7F3A9C21D4"}}
BROKEN = {"status": 500, "body": "x"}
SENTENCES = {
    "network": (None, "请检查网络后重试", "不必检查网络"),
    "busy": (BUSY, "请稍等几分钟再试", "请检查网络"),
    "broken": (BROKEN, "请稍等几分钟再试", "请检查网络"),
    "too many": (TOO_MANY, "请过几分钟再试", "请检查网络"),
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    yield opened
    context.close()


def answers(page: Page, pattern: str, told: dict[str, object] | None) -> None:
    """What matches is answered so; None: no answer comes."""

    def handle(route: Route) -> None:
        if told is None:
            route.abort()
        else:
            route.fulfill(**told)  # type: ignore[arg-type]

    page.route(pattern, handle)


@pytest.mark.parametrize("lacking", [WITHOUT_TIMEOUT, WITHOUT_STORAGE], ids=["timeout", "storage"])
def test_a_browser_that_lacks_something_verifies_on_line_all_the_same(
    page: Page, scene: Scene, lacking: str
) -> None:
    page.add_init_script(lacking)
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")


@pytest.mark.parametrize("file", ["codes.json", "words.json"])
@pytest.mark.parametrize("path", ["/v#{}", "/", "/historical"])
def test_without_its_words_a_page_says_that_it_could_not_check_and_begins_anew(
    page: Page, scene: Scene, file: str, path: str
) -> None:
    answers(page, f"**/{file}", BUSY)
    page.goto(scene.site + path.format(qr_text(scene.certificate("valid"), "")))
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-text]")).to_contain_text("不表示证书有问题")
    answered(page)
    page.unroute(f"**/{file}")
    page.get_by_role("button", name="重新核验").click()
    begun = "通过核验" if "#" in path else "正在核验"
    expect(page.locator("[data-verdict]")).to_contain_text(begun)


def test_what_nobody_thought_of_ends_in_an_answer_too(page: Page, scene: Scene) -> None:
    page.add_init_script("Date.prototype.toISOString = () => { throw new RangeError('some browser'); }")
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.get_by_role("button", name="重新核验")).to_be_visible()


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("file", ["trust-list.json", "status/**"])
def test_a_ledger_that_does_not_come_is_told_by_its_reason(
    page: Page, scene: Scene, kind: str, file: str
) -> None:
    told, said, unsaid = SENTENCES[kind]
    answers(page, f"**/{file}", told)
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-next]")).to_contain_text(said)
    expect(page.locator("[data-answer]")).not_to_contain_text(unsaid)


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_question_that_is_not_answered_is_told_by_its_reason(page: Page, scene: Scene, kind: str) -> None:
    told, said, unsaid = SENTENCES[kind]
    answers(page, "**/api/v1/verify", told)
    asks_by_number(page, scene, claim(scene.certificate("valid")))
    answered(page)
    expect(page.locator("[data-next]")).to_contain_text(said)
    expect(page.locator("[data-answer]")).not_to_contain_text(unsaid)
    if told is BUSY:
        expect(page.locator("[data-request]")).to_contain_text("7F3A9C21D4")
        expect(page.locator("[data-answer]")).not_to_contain_text("网络不通")


@pytest.mark.parametrize("kind", SENTENCES)
def test_no_answer_about_a_decision_is_not_told_as_no_decision(page: Page, scene: Scene, kind: str) -> None:
    told, said, _ = SENTENCES[kind]
    asked_from: list[str | None] = []
    page.on(
        "request",
        lambda one: asked_from.append(one.headers.get("x-asked-from")) if "/api/" in one.url else None,
    )
    answers(page, "**/api/v1/verify", told)
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('revoked'), '')}")
    answered(page)
    expect(page.locator("[data-label]")).to_contain_text("已撤销")
    decision = page.locator("[data-decision-told]")
    expect(decision).to_contain_text("没有得到答复")
    expect(decision).to_contain_text(said)
    expect(decision).not_to_contain_text("没有查到")
    assert set(asked_from) == {"page"}


def test_the_network_coming_back_moves_nobody_who_reads(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/v#{qr_text(scene.certificate('valid'), '')}")
    answered(page)
    page.wait_for_function("async () => (await caches.keys()).some((name) => name.startsWith('kept-set'))")
    answers(page, "**/trust-list.json", None)
    answers(page, "**/checkpoint", None)
    page.reload()
    expect(page.locator("[data-off-line]")).to_be_visible()
    page.unroute("**/trust-list.json")
    page.unroute("**/checkpoint")
    page.get_by_role("button", name="English").focus()
    page.evaluate("() => dispatchEvent(new Event('online'))")
    expect(page.locator("[data-off-line]")).to_be_hidden()
    expect(page.get_by_role("button", name="English")).to_be_focused()
