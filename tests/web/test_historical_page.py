"""The page for historical records: a person without a QR code reads what the old papers say, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from certsvc.adapters.clock import FixedClock
from certsvc.entrypoints.public_api import open_public_face
from tests.api.asking import GROUND, REFERENCE, claim
from tests.history.papers import ZHOU, open_archive
from tests.history.statement_desk import StatementDesk, symbol_of
from tests.web.builders import served
from tests.web.states import NOW, Scene


def test_a_person_looks_up_a_paper_of_1998(browser: Browser, tmp_path: Path, clock: FixedClock) -> None:
    archive = open_archive(tmp_path, clock)
    archive.published(ZHOU)
    with served(open_public_face(archive.office)) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("link", name="查询历史数据").click()
        for place, words in (("#number", ZHOU["原证书编号"]), ("#holder", "周铭"), ("#last4", "2051")):
            page.fill(place, str(words))
        page.fill("#last4", "ab!?")
        page.get_by_role("button", name="查询", exact=True).click()
        expect(page.locator("#last4-complaint")).to_contain_text("最后四位（数字或字母）")
        expect(page.locator("#last4")).to_be_focused()
        page.fill("#last4", "2051")
        page.get_by_role("button", name="查询", exact=True).click()
        answer = page.locator("[data-result]")
        expect(answer.locator("[data-verdict]")).to_contain_text("通过核验")
        expect(answer.locator("[data-verdict]")).to_be_focused()
        expect(page.locator("#last4-complaint")).to_be_hidden()
        expect(answer).to_contain_text("历史数据（原证书号 吉中高字980312）")
        expect(answer.locator("[data-notes]")).not_to_contain_text("见证签名")
        expect(answer.locator("[data-basis]")).to_contain_text("账本没有独立见证方的签名：当前策略不要求")
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
        page.get_by_role("button", name="查询", exact=True).click()
        expect(answer.locator("[data-label]")).to_contain_text("未查询到")
        expect(answer.locator("[data-causes]")).to_contain_text("末位的 X")
        expect(answer.get_by_text("校验码看错")).to_be_hidden()
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


ELECTRONIC = {
    "valid": ("通过核验", ["高级工程师", "取得日期", "证书编号", "请再看对方的身份证件"]),
    "superseded": ("未通过核验", ["现行的是第 2 版", "请向持证人索取第 2 版"]),
    "revoked": ("未通过核验", [REFERENCE, GROUND, "2026年11月20日"]),
}


@pytest.mark.parametrize("state", ELECTRONIC)
def test_an_electronic_certificate_is_answered_here_as_on_the_start_page(
    browser: Browser, scene: Scene, state: str
) -> None:
    word, words = ELECTRONIC[state]
    question = claim(scene.certificate(state))
    page = browser.new_page(locale="zh-CN")
    page.clock.set_fixed_time(NOW)
    page.goto(f"{scene.site}/historical")
    for field, value in (("number", "number"), ("holder", "name"), ("last4", "id_last4")):
        page.fill(f"#{field}", question[value])
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.locator("[data-verdict]")).to_contain_text(word)
    for told in words:
        expect(page.locator("[data-result]")).to_contain_text(told)
    expect(page.locator("[data-statement]")).to_be_hidden()
    page.close()
