"""Under a verdict that failed, somebody reports a suspected fake, and comes back to see how far it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from certsvc.domain.permission import Action
from certsvc.domain.suspicion import CaseOutcome, case_closing
from tests.api.asking import qr_text
from tests.web.states import NOW, Scene, altered, answered, reports, shows_record, uploads

SENT = "**/api/v1/suspicions"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, at the office's own time."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    yield opened
    context.close()


def send(page: Page) -> None:
    page.get_by_role("button", name="提交举报").click()


def test_a_report_is_handed_in_and_followed_to_its_end(page: Page, scene: Scene) -> None:
    desk = scene.office.office.suspicion_desk
    reports(page, scene)
    picture = {"name": "照片.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n as shown"}
    page.set_input_files("#suspicion-file", picture)
    send(page)
    expect(page.locator("[data-suspicion-done]")).to_contain_text("举报已收到")
    expect(page.locator("[data-suspicion-heading]")).to_be_focused()
    number, code = (page.locator(f"[data-suspicion-{one}]").inner_text() for one in ("number", "code"))
    report = desk.store.report_of(number)
    assert report is not None
    assert (report.name, report.contact, report.qr) == ("林晓棠", "13900000000", altered(scene))
    assert report.attachment is not None
    assert report.attachment.content == picture["buffer"]
    page.get_by_role("button", name="复制编号和查询码").click()
    expect(page.locator("[data-suspicion-copied]")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == f"举报编号 {number} 查询码 {code}"
    page.get_by_role("link", name="查询办理情况").click()
    page.fill("#case-number", number.lower())
    page.fill("#case-code", code)
    page.keyboard.press("Enter")
    expect(page.locator("[data-state-heading]")).to_contain_text("已收到")
    caller = desk.cases.official("maker", Action.SUSPICION_CLOSE)
    closing = case_closing(CaseOutcome.TRUE, "经核查系伪造。", "吉人社职决〔2026〕9号")
    desk.cases.close(number, closing, caller)
    page.keyboard.press("Shift+Tab")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("[data-state-heading]")).to_contain_text("已办结：属实")
    expect(page.locator("[data-state]")).to_contain_text("吉人社职决〔2026〕9号")
    expect(page.locator("[data-state]")).to_contain_text("经核查系伪造。")
    assert page.url == f"{scene.site}/suspicion"


def test_it_says_before_what_is_kept_who_reads_it_and_that_it_changes_nothing(
    page: Page, scene: Scene
) -> None:
    reports(page, scene)
    told = page.locator("[data-suspicion-form] .told-before")
    for words in ("加密保存", "每次查看都留有记录", "不改变任何证书", "由举报人承担责任"):
        expect(told).to_contain_text(words)


def test_what_was_checked_goes_along_only_where_that_is_ticked(page: Page, scene: Scene) -> None:
    bodies = []

    def take(route: Route) -> None:
        bodies.append(route.request.post_data_json)
        route.fulfill(status=201, json={"number": "S7K3MQ2XR9", "code": "TBW4-HNC7-2KQX"})

    page.route(SENT, take)
    reports(page, scene)
    page.uncheck("#suspicion-attach")
    send(page)
    expect(page.locator("[data-suspicion-done]")).to_be_visible()
    assert set(bodies[0]) == {"name", "contact", "shown_at", "account"}


@pytest.mark.parametrize("state", ["valid", "superseded", "suspended"])
def test_where_a_fake_is_not_the_reason_nothing_is_offered(page: Page, scene: Scene, state: str) -> None:
    shows_record(page, scene.site, qr_text(scene.certificate(state), ""))
    expect(page.locator("[data-suspicion]")).to_be_hidden()


def test_a_broken_off_report_is_sent_again_under_its_key_and_keeps_what_was_typed(
    page: Page, scene: Scene
) -> None:
    keys = []

    def refuse(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort()

    page.route(SENT, refuse)
    reports(page, scene)
    for _ in range(2):
        send(page)
        expect(page.locator("[data-suspicion-told]")).to_contain_text("没有得到答复")
    page.fill("#suspicion-shown", "另一处")
    send(page)
    expect(page.locator("[data-suspicion-send]")).to_be_enabled()
    assert keys[0] == keys[1] != keys[2]
    expect(page.locator("#suspicion-name")).to_have_value("林晓棠")


def test_another_answer_closes_the_form_and_forgets_what_was_typed(page: Page, scene: Scene) -> None:
    reports(page, scene)
    page.goto(f"{scene.site}/v")
    uploads(page, scene, b"%PDF-1.7 no certificate at all")
    answered(page)
    expect(page.locator("[data-suspicion]")).to_be_hidden()
    assert page.locator("#suspicion-name").input_value() == ""


def test_it_is_filled_in_with_the_keyboard_alone(page: Page, scene: Scene) -> None:
    shows_record(page, scene.site, altered(scene))
    page.locator("[data-suspicion-open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#suspicion-name")).to_be_focused()
    send(page)
    expect(page.locator("#suspicion-name")).to_be_focused()
    expect(page.locator("[data-complaint=name]")).to_contain_text("真实姓名")
    page.get_by_role("button", name="取消").press("Enter")
    expect(page.locator("[data-suspicion-open]")).to_be_focused()


def test_without_script_the_page_says_what_to_do(browser: Browser, scene: Scene) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for path, words in (("suspicion", "凭举报编号"), ("share", "二维码或 PDF")):
            page.goto(f"{scene.site}/{path}")
            expect(page.locator("noscript .banner")).to_contain_text(words)
