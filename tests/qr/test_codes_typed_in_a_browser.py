"""Somebody at a counter types the code beside the QR symbol, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.formats.manual_code import manual_code
from tests.api.asking import GROUND, PublicOffice, qr_text

UNKNOWN = manual_code(b"no record of this register")


@pytest.fixture
def page(browser: Browser, shared: PublicOffice) -> Iterator[Page]:
    """The start page on a phone; in the end it may not have complained about anything."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(shared.address)
    yield opened
    context.close()
    assert [text for text in complaints if "429" not in text] == []


def code_of(certificate: PublicCertificate) -> str:
    return manual_code(certificate.record)


def type_code(page: Page, code: str) -> None:
    page.get_by_label("输入校验码").fill(code)
    page.locator("[data-typed] button[type=submit]").click()


def test_a_typed_code_gives_the_verdict_of_the_symbol(page: Page, shared: PublicOffice) -> None:
    certificate = shared.regular[1]
    type_code(page, code_of(certificate).lower().replace("-", " "))
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-label]")).to_contain_text("有效")
    assert page.url.endswith(f"/v#{code_of(certificate)}")
    fields = page.locator("[data-fields]")
    expect(fields).to_contain_text(certificate.draft.content.number)
    expect(fields).to_contain_text(f"{certificate.draft.content.award.name[0]}*")
    assert certificate.draft.content.award.name not in page.content()
    expect(page.locator("[data-unchecked]")).to_contain_text("由本站核对")
    verdict = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    assert verdict == shared.verify({"code": code_of(certificate)})


def test_whoever_scans_can_compare_the_code_in_print(page: Page, shared: PublicOffice) -> None:
    """A symbol of somebody else's, pasted over the own one, has another code beside it."""
    page.goto(f"{shared.address}/v#{qr_text(shared.regular[1])}")
    expect(page.locator("[data-fields] .code")).to_have_text(code_of(shared.regular[1]), use_inner_text=True)


def test_the_place_of_use_is_asked_again(page: Page, shared: PublicOffice) -> None:
    type_code(page, code_of(shared.dual[0]))
    expect(page.locator("[data-label]")).to_contain_text("仅限珲春市有效")
    select = page.locator("[data-place-select]")
    for place, word, label in (
        ("222404", "通过核验", "在珲春市有效"),
        ("222401", "未通过核验", "在此不适用"),
        ("", "通过核验", "仅限珲春市有效"),
    ):
        select.select_option(place)
        expect(page.locator("[data-label]")).to_contain_text(label)
        expect(page.locator("[data-verdict]")).to_contain_text(word)


def test_a_revoked_certificate_says_why(page: Page, shared: PublicOffice) -> None:
    type_code(page, code_of(shared.regular[0]))
    expect(page.locator("[data-verdict]")).to_contain_text("未通过核验")
    expect(page.locator("[data-decision-fields]")).to_contain_text(GROUND)
    expect(page.locator("[data-decision-told]")).to_contain_text("校验码已发给本站")


def test_the_field_groups_what_is_typed_and_names_a_wrong_group(page: Page) -> None:
    field = page.get_by_label("输入校验码")
    field.press_sequentially("abcdefghjkmnpq")
    expect(field).to_have_value("ABCDE-FGHJK-MNPQ")
    field.press("Enter")
    complaint = page.locator("[data-typed-complaint]")
    expect(complaint).to_contain_text("校验码有误：请核对第 3 组。")
    expect(field).to_be_focused()
    field.press_sequentially("R")
    expect(complaint).to_be_hidden()
    field.press("Enter")
    expect(complaint).to_contain_text("校验码有误：请逐组核对。")
    assert page.url.endswith("/")


def test_what_nobody_has_and_what_is_mistyped_can_be_typed_again(page: Page, shared: PublicOffice) -> None:
    type_code(page, UNKNOWN)
    expect(page.locator("[data-label]")).to_contain_text("未查询到")
    expect(page.get_by_label("输入校验码")).to_have_value(UNKNOWN)
    page.goto(f"{shared.address}/v#ABCDE-FGHJK-MNPQR")
    expect(page.locator("[data-label]")).to_contain_text("校验码有误")
    type_code(page, code_of(shared.regular[1]))
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")


def test_without_an_answer_nothing_is_claimed(page: Page, shared: PublicOffice) -> None:
    page.route("**/api/v1/verify", lambda route: route.fulfill(status=429, json={}))
    type_code(page, code_of(shared.regular[1]))
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-label]")).to_contain_text("过于频繁")
    page.unroute("**/api/v1/verify")
    page.get_by_role("button", name="重新核验").click()
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
