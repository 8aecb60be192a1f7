"""The verdict page on annotated copies and statements: what the browser checks itself, and what it asks of the register."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from certverify import load_trust
from certverify.document import check_document
from playwright.sync_api import Browser, Page, expect

from tests.annotated.desk import CopyDesk, open_copy_desk


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CopyDesk]:
    home = tmp_path_factory.mktemp("page") / "home"
    with open_copy_desk(home, None, 1) as (desk, certificates):
        yield CopyDesk(desk, certificates[0])


@pytest.fixture
def page(browser: Browser, copies: CopyDesk) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN")
    opened = context.new_page()
    opened.clock.set_fixed_time(copies.desk.clock.now())
    yield opened
    context.close()


def scan(page: Page, copies: CopyDesk, copy: str) -> None:
    trust = load_trust(copies.office.settings.public_folder).trust_list
    text = check_document(copies.document(copy), trust).record_text or ""
    page.goto(f"{copies.desk.address}/v#{text.rpartition('#')[2]}")


def test_a_copy_in_use_names_its_recipient_and_says_that_the_register_was_asked(
    page: Page, copies: CopyDesk
) -> None:
    scan(page, copies, copies.make(request="request-page-1").json()["copy"])
    expect(page.locator("[data-copy-told]")).to_contain_text("没有提前停用")
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-label]")).to_contain_text("加注件，仅供特定用途")
    expect(page.locator("[data-text]")).to_contain_text("仅供“长春市第一建筑公司”用于“投标”")
    expect(page.locator("[data-fields]")).to_contain_text(re.compile("加注件仅供.*长春市第一建筑公司"))
    expect(page.locator("[data-unchecked]")).not_to_contain_text("提前停用")


def test_a_copy_that_its_holder_has_ended_fails_on_the_page(page: Page, copies: CopyDesk) -> None:
    made = copies.make(request="request-page-2").json()["copy"]
    trust = load_trust(copies.office.settings.public_folder).trust_list
    text = (check_document(copies.document(made), trust).record_text or "").rpartition("#")[2]
    copies.own(f"/{made}/withdrawal")
    page.goto(f"{copies.desk.address}/v#{text}")
    expect(page.locator("[data-label]")).to_contain_text("加注件已停用")
    expect(page.locator("[data-verdict]")).to_contain_text("未通过核验")
    expect(page.locator("[data-text]")).to_contain_text("证书本身的状态：有效")


def test_without_an_answer_of_the_register_the_page_says_what_it_does_not_know(
    page: Page, copies: CopyDesk
) -> None:
    made = copies.make(request="request-page-3").json()["copy"]
    page.route("**/api/v1/verify", lambda route: route.abort())
    scan(page, copies, made)
    expect(page.locator("[data-copy-told]")).to_contain_text("没有得到答复")
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-unchecked]")).to_contain_text("是否已提前停用")
