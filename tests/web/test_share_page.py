"""Whoever has the code of a share grant sees what the holder chose to show, and how the certificate stands now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from certsvc.domain.caller import OPERATOR
from certsvc.stages.share_grants import Holder
from tests.web.states import NOW, STATES, Scene, answered, grant_code


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, at the office's own time."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.clock.set_fixed_time(NOW)
    yield opened
    context.close()


def holder(scene: Scene, state: str = "valid") -> Holder:
    award = scene.certificate(state).draft.content.award
    return Holder(award.name, award.document.number)


def test_a_code_typed_on_the_start_page_opens_the_grant_and_no_address_is_asked_with_it(
    page: Page, scene: Scene
) -> None:
    certificate = scene.certificate("valid")
    code = grant_code(scene.office, certificate, "name", "title")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    page.goto(scene.site)
    page.fill("#typed", code.lower().replace("-", ""))
    page.get_by_role("button", name="核验", exact=True).click()
    page.wait_for_url("**/share#*")
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-verdict]")).to_be_focused()
    expect(page.locator("[data-label]")).to_contain_text("有效")
    expect(page.locator("[data-shared-fields]")).to_contain_text(certificate.draft.content.award.name)
    expect(page.locator("[data-shared-fields]")).not_to_contain_text("证书编号")
    expect(page.locator("[data-terms]")).to_contain_text("长春市第一建筑公司人力资源部")
    expect(page.locator("[data-terms]")).to_contain_text("2026-11-27 16:00")
    expect(page.locator("[data-terms]")).to_contain_text("已为持证人记下")
    assert not [url for url in asked if code.replace("-", "").lower() in url.replace("-", "").lower()]
    grants = scene.office.office.share_grants.listed(holder(scene))
    assert max(len(openings) for _, openings in grants) == 1


def test_an_ended_grant_and_an_unknown_code_are_told_the_same(page: Page, scene: Scene) -> None:
    grants = scene.office.office.share_grants
    number = scene.certificate("valid").draft.content.number
    made = grants.make(holder(scene), number, ["name"], "某公司", OPERATOR)
    grants.cancel(holder(scene), made.grant.id, OPERATOR)
    told = []
    for one in (made.code, "7K3M-Q2XR-9TBW-4HNC"):
        page.goto("about:blank")
        page.goto(f"{scene.site}/share#{one}")
        answered(page)
        told.append(page.locator("[data-answer]").inner_text())
    assert told[0] == told[1]
    assert "打不开这份授权" in told[0]
    expect(page.locator("#share-code")).to_be_visible()


@pytest.mark.parametrize(
    ("state", "word", "label"),
    [
        ("share-limited", "通过核验", "仅限珲春市有效"),
        ("share-revoked", "未通过核验", "已撤销"),
    ],
)
def test_mark_word_and_sentence_are_those_of_the_verdict_page(
    page: Page, scene: Scene, state: str, word: str, label: str
) -> None:
    STATES[state](page, scene)
    expect(page.locator("[data-verdict]")).to_contain_text(word)
    expect(page.locator("[data-label]")).to_contain_text(label)


def test_a_whole_link_may_be_pasted_and_a_slip_is_told_at_the_field(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.site}/share")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("[data-share-complaint]")).to_contain_text("请输入授权码")
    page.fill("#share-code", "7K3M-Q2XR-9TBW-4HN0")
    page.keyboard.press("Enter")
    expect(page.locator("[data-share-complaint]")).to_contain_text("四组")
    code = grant_code(scene.office, scene.certificate("valid"), "title")
    page.fill("#share-code", f"{scene.site}/share#{code}")
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")


def test_off_line_it_says_so_and_goes_on_with_the_network(page: Page, scene: Scene) -> None:
    code = grant_code(scene.office, scene.certificate("valid"), "title")
    page.goto(f"{scene.site}/share")
    page.context.set_offline(True)
    page.fill("#share-code", code)
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator("[data-text]")).to_contain_text("只能联网查看")
    page.context.set_offline(False)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
