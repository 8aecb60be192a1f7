"""The page for historical records: a person without a QR code reads what the old papers say, and nothing more."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.public_api import open_public_face
from tests.history.papers import ZHOU, open_archive
from tests.history.statement_desk import StatementDesk, symbol_of
from tests.web.builders import served


def test_a_person_looks_up_a_paper_of_1998(browser: Browser, tmp_path: Path, clock: FixedClock) -> None:
    archive = open_archive(tmp_path, clock)
    archive.published(ZHOU)
    with served(open_public_face(archive.office)) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("link", name="查询历史数据").click()
        for place, words in (("#number", ZHOU["原证书编号"]), ("#holder", "周铭"), ("#last4", "2051")):
            page.fill(place, str(words))
        page.get_by_role("button", name="查询").click()
        answer = page.locator("[data-answer-card]")
        expect(answer.locator("h2")).to_contain_text("通过核验")
        expect(answer).to_contain_text("历史数据（原证书号 吉中高字980312）")
        expect(answer.locator("[data-answer-findings]")).not_to_contain_text("见证签名")
        expect(answer.locator("[data-answer-basis]")).to_contain_text("当前策略未要求独立见证签名")
        expect(page.locator(".foot")).to_contain_text("本站记下何时为哪条记录出具过说明")
        for words in ("中学高级教师", "1998-06", "周*", "吉林省职称改革领导小组办公室"):
            expect(answer).to_contain_text(words)
        statement = page.locator("[data-statement]")
        with page.expect_download() as begun:
            statement.get_by_role("button", name="下载历史数据说明").click()
        (reference,) = archive.office.history.store.records(import_id=None, state=None, most=1)
        assert begun.value.suggested_filename == f"statement-{reference.reference}-v1.pdf"
        raw_pdf = begun.value.path().read_bytes()
        assert archive.office.verification.check_document(raw_pdf).as_json()["status"] == "historical"
        expect(statement).to_contain_text("已出具")
        assert page.url == f"{address}/historical"
        archive.office.history.records.dispute(reference.reference, "本人称时间有误", archive.caller("maker"))
        statement.get_by_role("button").click()
        expect(statement.locator("[data-download-told]")).to_contain_text("有异议，正在核实")
        page.fill("#last4", "0000")
        page.get_by_role("button", name="查询").click()
        expect(answer.locator("h2")).to_contain_text("无法判定")
        expect(answer).not_to_contain_text("中学高级教师")
        expect(statement).to_be_hidden()
        page.close()
    archive.under_test.close()


def test_the_symbol_of_a_statement_is_checked_in_the_browser_and_says_revoked_at_once(
    browser: Browser, tmp_path: Path, clock: FixedClock
) -> None:
    desk = StatementDesk(open_archive(tmp_path, clock), clock)
    paper = desk.paper()
    symbol = symbol_of(paper.stated()).rpartition("#")[2]
    with served(open_public_face(desk.archive.office)) as address:
        page = browser.new_page(locale="zh-CN")
        page.clock.set_fixed_time(clock.now())
        page.goto(f"{address}/v#{symbol}")
        expect(page.locator("[data-verdict]")).to_contain_text("通过核验")
        expect(page.locator("[data-label]")).to_contain_text("历史数据")
        expect(page.locator("[data-text]")).to_contain_text("不是新颁发的职称证书")
        expect(page.locator("[data-fields]")).to_contain_text("中学高级教师")
        expect(page.locator("[data-report]")).to_be_hidden()
        paper.revoke()
        page.reload()
        expect(page.locator("[data-verdict]")).to_contain_text("未通过核验")
        expect(page.locator("[data-label]")).to_contain_text("已撤销")
        page.close()
    desk.archive.under_test.close()
