"""Steps that several stories share."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.faces.town import Town, follow, press, said, upload
from tests.support.workbooks import Batch

NUMBER = re.compile(r"\b22\d{13}[0-9A-Z]\b")


def file_batch(page: Page, batch: Batch | bytes) -> str:
    """File a workbook through the page; the address of the filing."""
    page.goto("/console/filings/new")
    upload(page, batch)
    page.wait_for_url(re.compile(r"/console/filings/F[0-9A-F]{15}"))
    return page.url.partition("?")[0]


def approve_and_issue(town: Town, filing: str) -> None:
    """Two persons of the province, each in their own window; the background work does the rest."""
    with town.official("maker") as first, town.official("second") as second:
        first.goto(filing + "/chain")
        for box in first.get_by_role("checkbox").all():
            box.check()
        for reason in first.get_by_label("逾期原因（与回执一并登记").all():
            reason.fill("材料补正后报送")
        press(first, "同意备案")
        said(first, "maker")
        expect(first.get_by_role("button", name="签发")).to_have_count(0)
        second.goto(filing + "/chain")
        press(second, "签发")
        said(second, "签发进度")
    town.work_goes_on()


def filed_and_issued(town: Town, batch: Batch | bytes) -> str:
    """A batch through both; the address of the filing."""
    with town.official("maker") as clerk:
        filing = file_batch(clerk, batch)
    approve_and_issue(town, filing)
    return filing


def only_number(page: Page) -> str:
    """The one certificate number on a page."""
    (number,) = set(NUMBER.findall(page.locator("main").inner_text()))
    return str(number)


def download_own(town: Town, name: str, id_number: str) -> tuple[str, bytes]:
    """A holder opens the newest certificate and saves its document: number and bytes."""
    with town.holder(name, id_number) as holder:
        follow(holder, "查看详情")
        number = only_number(holder)
        with holder.expect_download() as download:
            follow(holder, "下载证书")
        return number, download.value.path().read_bytes()


def propose(
    page: Page, number: str, kind: str, document: str, decided_on: str, ground: str, paper: bytes = b""
) -> str:
    """The first person proposes a decision after its dry run; the address of the decision."""
    page.goto(f"/console/certificates/{number}/decide?kind={kind}")
    page.fill("#document", document)
    page.fill("#decided_on", decided_on)
    page.fill("#ground", ground)
    if paper:
        given = {"name": "决定书.pdf", "mimeType": "application/pdf", "buffer": paper}
        page.set_input_files("#file", given)
    press(page, "试算")
    said(page, "什么都没有改变")
    page.fill("#retyped", document)
    press(page, "提出，等待第二人确认")
    page.wait_for_url(re.compile(r"/console/decisions/D[0-9A-F]+"))
    return page.url.partition("?")[0]


def confirm(page: Page, decision: str, word: str) -> None:
    """The second person reads everything and confirms."""
    page.goto(decision)
    page.fill("#confirmed", word)
    press(page, "确认，立即生效")
    said(page, "确认，当即生效")


def check_file(page: Page, raw_pdf: bytes) -> None:
    """A relying party hands a document to the start page."""
    page.goto("/")
    page.set_input_files("#file", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": raw_pdf})


def verdict_is(page: Page, word: str, *told: str) -> None:
    """The answer has that verdict (`passed`, `failed`, `undetermined`), and says so."""
    answer = page.locator(".answer")
    expect(answer).to_have_attribute("data-verdict-word", word)
    for words in told:
        expect(page.locator("main")).to_contain_text(words)
