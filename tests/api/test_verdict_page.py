"""The verdict page of an office: it learns the reason of a failure, and sends nothing of a certificate that passes."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from certverify import load_trust
from certverify.signed_verdict import check_signed_verdict
from playwright.sync_api import Browser, Page, Request, expect
from pypdf import PdfReader

from certsvc.domain.decision import DecisionKind
from certsvc.formats.manual_code import manual_code
from tests.api.asking import GROUND, REFERENCE, PublicOffice, qr_text
from tests.support.aid_mission import issue_aid

NOW = "2026-11-20T08:00:00Z"


def opened(public: PublicOffice, browser: Browser, record: str, sent: list[Request]) -> Page:
    """The verdict page on a record, at the office's own time; POST requests are collected."""
    page = browser.new_page(locale="zh-CN")
    page.clock.set_fixed_time(NOW)
    page.on("request", lambda request: sent.append(request) if request.method != "GET" else None)
    page.goto(f"{public.address}/v#{record}")
    expect(page.locator("[data-basis]")).to_be_visible()
    return page


def test_a_revoked_certificate_shows_document_date_and_ground(public: PublicOffice, browser: Browser) -> None:
    certificate, valid = public.regular[:2]
    public.decide(DecisionKind.REVOKE, certificate)
    sent: list[Request] = []
    page = opened(public, browser, qr_text(certificate, ""), sent)
    expect(page.locator("[data-label]")).to_contain_text("已撤销")
    decision = page.locator("[data-decision]")
    for words in (REFERENCE, "2026年11月20日", GROUND, "发给本站"):
        expect(decision).to_contain_text(words)
    shown = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    assert shown == public.verify({"qr": qr_text(certificate)})
    assert [request.url for request in sent] == [f"{public.address}/api/v1/verify"]
    page.close()

    nothing: list[Request] = []
    page = opened(public, browser, qr_text(valid, ""), nothing)
    expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
    expect(page.locator("[data-decision]")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    assert nothing == []
    assert json.loads(page.locator("[data-verdict-json]").text_content() or "") == public.verify(
        {"qr": qr_text(valid)}
    )
    page.close()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
@pytest.mark.parametrize("kind", [DecisionKind.WRITE_OFF, DecisionKind.VOID])
def test_a_written_off_and_a_void_title_say_so_in_their_own_words(
    public: PublicOffice, browser: Browser, kind: DecisionKind, width: int
) -> None:
    void = kind is DecisionKind.VOID
    certificate = public.regular[0] if void else issue_aid(public.under_test)[0]
    public.decide(kind, certificate)
    page = opened(public, browser, qr_text(certificate, ""), [])
    page.set_viewport_size({"width": width, "height": 844})
    label, words = (
        ("无效", "自取得之日起无效，视为从未取得") if void else ("已核销", "个人原因终止援助服务工作")
    )
    expect(page.locator("[data-label]")).to_contain_text(label)
    expect(page.locator("[data-answer]")).to_contain_text(words)
    acquired = "2023年9月19日" if void else "2026年11月20日"
    for told in (REFERENCE, "2026年11月20日", acquired, GROUND):
        expect(page.locator("[data-decision]")).to_contain_text(told)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shown = json.loads(page.locator("[data-verdict-json]").text_content() or "")
    assert shown == public.verify({"qr": qr_text(certificate)})
    page.close()


def test_an_old_version_names_the_one_in_force(public: PublicOffice, browser: Browser) -> None:
    certificate = public.regular[0]
    public.decide(DecisionKind.CORRECT, certificate, changes={"name": "更名人"})
    page = opened(public, browser, qr_text(certificate, ""), [])
    expect(page.locator("[data-label]")).to_contain_text("已换发")
    expect(page.locator("[data-decision]")).to_contain_text("第 2 版")
    page.close()


def test_a_report_is_saved_only_when_its_button_is_pressed(shared: PublicOffice, browser: Browser) -> None:
    certificate = shared.dual[0]
    sent: list[Request] = []
    page = opened(shared, browser, qr_text(certificate, ""), sent)
    assert sent == []
    page.locator("[data-place-select]").select_option("222401")
    with page.expect_download() as begun:
        page.get_by_role("button", name="下载核验报告").click()
    assert begun.value.suggested_filename.startswith("verification-report-R")
    raw_pdf = begun.value.path().read_bytes()
    ((content,),) = PdfReader(BytesIO(raw_pdf)).attachments.values()
    question = {"qr": qr_text(certificate, ""), "place": "222401"}
    assert [json.loads(request.post_data or "") for request in sent] == [question]
    assert json.loads(content) == shared.verify(question)
    expect(page.locator("[data-report] [data-download-told]")).to_contain_text("已出具")
    assert page.url == f"{shared.address}/v#{qr_text(certificate, '')}"
    page.close()


def test_the_signed_verdict_is_saved_and_checks_off_line(shared: PublicOffice, browser: Browser) -> None:
    certificate = shared.regular[0]
    page = opened(shared, browser, qr_text(certificate, ""), [])
    with page.expect_download() as begun:
        page.get_by_role("button", name="保存已签名的核验结论").click()
    assert begun.value.suggested_filename == f"signed-verdict-{certificate.draft.content.number}.json"
    trust = load_trust(shared.office.settings.public_folder)
    raw = begun.value.path().read_bytes()
    check = check_signed_verdict(raw, trust, shared.clock.now(), qr_text(certificate))
    assert (check.outcome.value, check.about.value) == ("passed", "yes")
    page.close()


def test_a_code_is_reported_on_and_what_goes_wrong_is_said(shared: PublicOffice, browser: Browser) -> None:
    code = manual_code(shared.regular[0].record)
    page = opened(shared, browser, code, [])
    report = page.locator("[data-report]")
    with page.expect_download():
        report.get_by_role("button").click()
    page.route("**/api/v1/report", lambda route: route.abort())
    report.get_by_role("button").click()
    expect(report).to_contain_text("没有连上本站")
    page.route("**/api/v1/report", lambda route: route.fulfill(status=429))
    report.get_by_role("button").click()
    expect(report).to_contain_text("查询过于频繁")
    page.close()


def test_what_was_not_shown_to_be_genuine_is_offered_no_report(
    shared: PublicOffice, browser: Browser
) -> None:
    text = qr_text(shared.regular[0], "")
    forged = text[:-40] + ("A" if text[-40] != "A" else "B") + text[-39:]
    page = opened(shared, browser, forged, [])
    expect(page.locator("[data-report]")).to_be_hidden()
    page.close()
