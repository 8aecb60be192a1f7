"""A person at a counter uploads a certificate file and sees what it prints beside what was signed and registered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from uuid import uuid4

import pytest
from pikepdf import Dictionary, Name, Pdf, String
from playwright.sync_api import Browser, Locator, Page, Route, expect

from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import OPERATOR
from certsvc.stages.annotated_copies import CopyWish
from tests.api.asking import PublicOffice, codes, qr_text
from tests.document.attacks.forging import picture_of, pictured, rewritten
from tests.support.office import OfficeUnderTest
from tests.web.states import edited


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    under_test = OfficeUnderTest(
        tmp_path_factory.mktemp("upload"), clock, verify_per_minute=1_000_000, examine_per_minute=1_000_000
    )
    opened = PublicOffice(under_test, persons=1)
    yield opened
    opened.close()


def upload(page: Page, raw: bytes) -> Locator:
    page.locator("[data-answer]").evaluate("answer => answer.setAttribute('aria-busy', 'true')")
    page.set_input_files("#file", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": raw})
    expect(page.locator("[data-answer]")).to_have_attribute("aria-busy", "false", timeout=60_000)
    return page.locator("[data-comparison-rows] tr")


@pytest.fixture(params=[390, 1280])
def page(browser: Browser, office: PublicOffice, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(office.address)
    expect(opened.locator("[data-file-form]")).to_be_visible()
    yield opened
    context.close()
    unexpected = [one for one in complaints if "status of 503" not in one]
    assert unexpected == []


def test_the_original_and_its_copies_are_told_apart_on_the_page(page: Page, office: PublicOffice) -> None:
    certificate = office.regular[0]
    raw = office.document(certificate)
    rows = upload(page, raw)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(rows).to_have_count(11)
    expect(page.locator("[data-comparison-rows] tr.agrees")).to_have_count(11)
    expect(page.locator("[data-printed]")).to_contain_text("文件所印")
    expect(page.locator("[data-record]")).to_be_hidden()
    expect(page.locator("[data-file-name]")).to_contain_text("证书.pdf")
    fits(page)

    upload(page, edited(office, certificate, "林大伟"))
    expect(page.locator("[data-verdict]")).to_contain_text("未通过核验")
    expect(page.locator("[data-label]")).to_contain_text("所印与记录不符")
    wrong = page.locator("[data-comparison-rows] tr.differs")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("林大伟")
    expect(page.locator("[data-comparison-rows] tr.unseen").first).to_contain_text("文字层相同，画面未核对")
    expect(page.locator("[data-unchecked]")).to_contain_text("画面上显示的可能不同")
    fits(page)

    upload(page, rewritten(raw))
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-text]")).to_contain_text("并不说明证书有问题")
    expect(page.locator("[data-printed]")).to_contain_text("文件文字层")
    expect(page.locator("[data-comparison-rows] tr.agrees")).to_have_count(0)
    expect(page.locator("[data-comparison-rows] tr.unseen").first).to_contain_text("文字层相同")
    expect(page.locator("main")).not_to_contain_text("画面未核对")
    expect(page.locator("[data-unchecked]")).not_to_contain_text("画面上显示的可能不同")
    fits(page)

    rows = upload(page, pictured(picture_of(raw), quality=85))
    expect(page.locator("[data-label]")).to_contain_text("不是原始文件")
    expect(rows.first).to_contain_text("读不出")
    assert certificate.draft.content.award.name not in (page.locator("main").text_content() or "")

    upload(page, b"PK\x03\x04")
    expect(page.locator("[data-label]")).to_contain_text("不是证书文件")
    expect(page.locator("[data-comparison]")).to_be_hidden()
    upload(page, bytes(2_000_001))
    expect(page.locator("[data-label]")).to_contain_text("文件过大")


def test_a_report_is_no_certificate_and_a_copy_says_for_whom_it_is_even_when_saved_again(
    page: Page, office: PublicOffice
) -> None:
    certificate = office.regular[0]
    text = qr_text(certificate)
    upload(page, office.office.reports.make(text).document)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-label]")).to_contain_text("核验报告，不是证书")
    expect(page.locator("[data-text]")).to_contain_text("现在的状态：有效")
    fits(page)

    wish = CopyWish(
        certificate.draft.content.number, "长春市第一建筑公司", "投标", date(2026, 12, 20), str(uuid4())
    )
    copies = office.office.copies
    made = copies.make_at_office(wish, OPERATOR)
    raw = copies.document(made.id, OPERATOR, "cli")
    upload(page, raw)
    expect(page.locator("[data-label]")).to_contain_text("加注件，仅供特定用途")
    expect(page.locator("[data-record]")).to_contain_text(made.id)
    upload(page, rewritten(raw))
    expect(page.locator("[data-verdict]")).to_contain_text("无法判定")
    expect(page.locator("[data-notes]")).to_contain_text("2026年12月20日（含当日）以前可以使用")
    for words in (made.id, "2026年12月20日", "长春市第一建筑公司"):
        expect(page.locator("[data-record]")).to_contain_text(words)
    copies.withdraw(made.id, OPERATOR)


def test_what_acts_by_itself_in_a_file_is_warned_of_under_the_answer(
    page: Page, office: PublicOffice
) -> None:
    def with_script(pdf: Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        pdf.Root.OpenAction = pdf.make_indirect(script)

    upload(page, rewritten(office.document(office.regular[0]), with_script))
    expect(page.locator("[data-notes] .warning")).to_contain_text("请勿点击文件中的内容")
    upload(page, office.document(office.regular[0]))
    expect(page.locator("[data-notes]")).to_be_hidden()


def test_a_busy_service_and_one_that_is_too_slow_are_told_apart(page: Page, office: PublicOffice) -> None:
    raw = office.document(office.regular[0])
    for code, label in (
        ("examination-busy", "正忙"),
        ("timeout", "未能按时答复"),
        ("not-ready", "本站暂时不能答复"),
    ):
        answer = partial(refuse, code=code)
        page.route("**/api/v1/verify/pdf", answer)
        upload(page, raw)
        expect(page.locator("[data-label]")).to_contain_text(label)
        page.unroute("**/api/v1/verify/pdf", answer)


def refuse(route: Route, code: str) -> None:
    """Answer with a problem of this code."""
    route.fulfill(status=503, json={"code": code})


def test_a_file_is_chosen_by_a_button_or_dropped_anywhere_on_the_page(page: Page) -> None:
    expect(page.locator("[data-file-name]")).to_contain_text("未选择文件")
    with page.expect_file_chooser():
        page.locator("[data-file-form]").get_by_text("选择文件", exact=True).click()
    page.evaluate(
        """() => {
            const given = new DataTransfer();
            given.items.add(new File(["%PDF-1.7"], "证书.pdf", {type: "application/pdf"}));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("[data-label]")).to_contain_text("不是原始文件", timeout=30_000)
    expect(page.locator("[data-file-name]")).to_contain_text("证书.pdf")


def fits(page: Page) -> None:
    """Nothing overflows."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_register_column_tells_what_the_record_carries_and_no_more(office: PublicOffice) -> None:
    certificate = office.regular[0]
    content = certificate.draft.content
    verdict = office.verify_pdf(edited(office, certificate, "林大伟"))
    assert (verdict["verdict"], "printed-differs" in codes(verdict)) == ("failed", True)
    rows = {row["field"]: row for row in verdict["comparison"]}
    assert rows["name"]["printed"] == "林大伟"
    assert rows["name"]["signed"] == rows["name"]["register"] == verdict["holder"]
    assert rows["number"]["register"] == content.number
    assert content.award.name not in str(verdict)
    assert content.award.document.number[-4:] not in str(rows["last4"])
