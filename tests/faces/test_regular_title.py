"""S1 through the faces: from a workbook that comes too early to an employer who scans the certificate."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Page, expect

from tests.faces.conftest import OpenTown
from tests.faces.town import Town, follow, press, said, upload
from tests.scenarios.test_from_filing_to_verdict import LIN
from tests.support.workbooks import REGULAR, Batch, sample

NUMBER = re.compile(r"\b22\d{14}\b")


def file_batch(page: Page, batch: Batch) -> str:
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
        press(first, "同意备案")
        said(first, "maker")
        expect(first.get_by_role("button", name="签发")).to_have_count(0)
        second.goto(filing + "/chain")
        press(second, "签发")
        said(second, "签发进度")
    town.work_goes_on()


def test_s1_a_title_waits_for_the_whole_publicity_period_then_its_holder_has_it_and_anybody_can_check_it(
    opened: OpenTown,
) -> None:
    town = opened("2023-09-29 09:00")
    batch = sample(REGULAR).with_rows([LIN])
    with town.official("maker") as clerk:
        file_batch(clerk, batch.with_header(备案1日期=date(2023, 9, 29), 批次编号="S1-早"))
        said(clerk, "公示")
        said(clerk, "2023-10-07")

    town.time_is("2023-10-20 09:00")
    with town.official("maker") as clerk:
        filing = file_batch(clerk, batch)
        said(clerk, "可以发证")
        said(clerk, "林晓棠")
    with town.holder(LIN["姓名"], LIN["证件号码"]) as holder:
        said(holder, "正在办理")
        said(holder, "高级工程师")
    approve_and_issue(town, filing)

    with town.holder(LIN["姓名"], LIN["证件号码"]) as holder:
        said(holder, "有效")
        follow(holder, "查看详情")
        number = NUMBER.search(holder.locator("main").inner_text())
        assert number is not None
        with holder.expect_download() as download:
            follow(holder, "下载证书")
        pdf = download.value.path().read_bytes()
    assert pdf.startswith(b"%PDF")

    with town.relying_party() as employer:
        employer.set_input_files("#file", {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": pdf})
        expect(employer.locator("[data-verdict-word=passed]").first).to_contain_text("通过核验")
        said(employer, "高级工程师")
