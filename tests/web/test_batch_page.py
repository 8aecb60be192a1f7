"""The page of bulk checks: a clerk hands in a list, sees what was understood, may go away, and comes back to the answers."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.jobs.steps import check_files
from tests.api.asking import PublicOffice
from tests.support.office import OfficeUnderTest
from tests.verification_jobs.files import csv_text, xlsx
from tests.verification_jobs.test_jobs import row_of
from tests.web.test_accessibility import AXE, WCAG, violations

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Clerk(PublicOffice):
    """An office with a revoked certificate; its background work begins when it is told to."""

    def __init__(self, office: OfficeUnderTest) -> None:
        super().__init__(office)
        self.decide(DecisionKind.REVOKE, self.regular[1])
        self.working = Event()
        self._ended = Event()
        self._worker = Thread(target=self._work)
        self._worker.start()

    def _work(self) -> None:
        office = open_office(self.office.settings, self.clock)
        while not self._ended.wait(0.05):
            if self.working.is_set():
                check_files(office, self._ended.is_set, lambda _seconds: None)
        office.close()

    def close(self) -> None:
        self._ended.set()
        self._worker.join()
        super().close()

    def rows(self, number: int) -> list[tuple[object, ...]]:
        """Rows of all kinds, over and over."""
        return [
            row_of(self, one % 6, f"甲-{one + 1}", "延吉市" if one % 6 == 3 else "") for one in range(number)
        ]


@pytest.fixture(scope="module")
def clerk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clerk]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    generous = {
        "bundle_per_minute": 1_000_000,
        "guesses_per_hour": 1_000_000,
        "job_uploads_per_minute": 1_000_000,
    }
    opened = Clerk(OfficeUnderTest(tmp_path_factory.mktemp("batch"), clock, **generous))
    yield opened
    opened.close()


@pytest.fixture
def page(browser: Browser, clerk: Clerk) -> Iterator[Page]:
    """The page on a desktop; nothing is worked off yet."""
    clerk.working.clear()
    context = browser.new_context(locale="zh-CN", viewport=DESKTOP, accept_downloads=True)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(f"{clerk.address}/batch")
    yield opened
    context.close()
    assert faults == []


def picture(page: Page, name: str) -> None:
    """With SCREENS in the environment, the pictures are kept in that folder."""
    if "SCREENS" in os.environ:
        for width, size in ((1280, DESKTOP), (390, PHONE)):
            page.set_viewport_size(size)
            page.wait_for_timeout(150)
            page.screenshot(path=Path(os.environ["SCREENS"]) / f"batch-{name}-{width}.png", full_page=True)
        page.set_viewport_size(DESKTOP)


def accessible(page: Page) -> None:
    """Nothing that axe knows of WCAG 2.1 AA is violated."""
    page.evaluate(AXE)
    assert violations(page, WCAG) == []


def drop(page: Page, raw: bytes, name: str = "名单.xlsx") -> None:
    """Choose a file."""
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": raw})


def test_a_list_goes_in_and_its_answers_come_back_after_the_page_was_closed(page: Page, clerk: Clerk) -> None:
    accessible(page)
    picture(page, "start")
    wrong = [("乙-1", "2220", "何人", "0000", ""), ("乙-2", "2220", "", "12", "月球")]
    drop(page, xlsx(*clerk.rows(118), *wrong, above=[("2026 年新员工名单",)]))
    expect(page.locator("[data-understood]")).to_have_text(
        "共 120 行，读懂 119 行，1 行需处理。", use_inner_text=True
    )
    expect(page.locator("[data-columns]")).to_contain_text("序号、证书编号、姓名、身份证后四位、使用地")
    expect(page.locator("[data-findings-rows] tr")).to_have_count(3)
    expect(page.locator("[data-findings-rows]")).to_contain_text("缺少姓名")
    expect(page.locator("#preview-title")).to_be_focused()
    accessible(page)
    picture(page, "preview")
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("[data-done]")).to_contain_text("已核 1 / 120（0%）")
    expect(page.locator("[data-keep]")).to_contain_text("关掉页面也不要紧")
    picture(page, "running")
    address = page.url
    assert len(address.partition("#")[2]) == 43
    page.goto("about:blank")
    clerk.working.set()
    page.goto(address)
    expect(page.locator("[data-job-title]")).to_contain_text("全部核完", timeout=20_000)
    assert page.locator("[data-bar]").get_attribute("max") == "100"
    counts = [
        page.locator(f'[data-count="{one}"]').inner_text()
        for one in ("passed", "failed", "undetermined", "problem")
    ]
    assert counts == ["78", "40", "1", "1"]
    expect(page.locator("[data-announced]")).to_contain_text("全部核完")
    first = page.locator("[data-rows] tr").first
    expect(first).to_contain_text("通过核验")
    expect(page.locator("[data-rows] tr").nth(1)).to_contain_text("已撤销")
    expect(page.locator("[data-rows] tr").nth(3)).to_contain_text("在使用地不适用")
    accessible(page)
    picture(page, "finished")
    page.get_by_role("button", name="下一页").click()
    expect(page.locator("[data-rows] tr").first).to_contain_text("甲-51")
    page.get_by_role("button", name="下一页").click()
    expect(page.get_by_role("button", name="下一页")).to_be_disabled()
    expect(page.locator("[data-rows] tr")).to_have_count(20)
    page.select_option("#only", "failed")
    expect(page.locator("[data-rows] tr")).to_have_count(40)
    expect(page.locator("[data-rows] .outcome.is-passed")).to_have_count(0)
    page.select_option("#only", "problems")
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    with page.expect_download() as begun:
        page.get_by_role("button", name="下载 Excel").click()
    assert begun.value.suggested_filename == "verification-results.xlsx"
    table = openpyxl.load_workbook(io.BytesIO(begun.value.path().read_bytes())).active
    assert [cell.value for cell in table["C"]] == ["结果", "需处理"]
    page.get_by_role("button", name="English").click()
    expect(page.locator("[data-job-title]")).to_have_text("All done", use_inner_text=True)
    picture(page, "english")
    page.get_by_role("button", name="Delete now").click()
    page.get_by_role("button", name="Press again to delete").click()
    expect(page.locator("[data-trouble]")).to_contain_text("Deleted")
    assert page.url == f"{clerk.address}/batch"
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("[data-trouble]")).to_contain_text("没有这个核验任务")


def test_rows_are_pasted_from_a_spreadsheet(page: Page, clerk: Clerk) -> None:
    clerk.working.set()
    page.fill("#pasted", csv_text(*clerk.rows(1), delimiter="\t"))
    page.get_by_role("button", name="读取这些行").click()
    expect(page.locator("[data-understood]")).to_have_text("共 1 行，读懂 1 行。", use_inner_text=True)
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("[data-job-title]")).to_contain_text("全部核完", timeout=20_000)
    page.select_option("#only", "failed")
    expect(page.locator("[data-none]")).to_be_visible()
    picture(page, "none")


def test_a_file_that_is_not_understood_says_everything_at_once(page: Page) -> None:
    drop(page, xlsx(headings=("编号", "证书编号", "名字")))
    expect(page.locator("[data-understood]")).to_contain_text("没有读懂任何一行")
    for words in ("是同一项", "缺少列“姓名”", "缺少列“身份证后四位”"):
        expect(page.locator("[data-findings-rows]")).to_contain_text(words)
    expect(page.get_by_role("button", name="开始核验")).to_be_hidden()
    picture(page, "wrong")
    page.get_by_role("button", name="换一份名单").click()
    drop(page, b"PK\x03\x04broken")
    expect(page.locator("[data-trouble]")).to_contain_text("另存为")


def test_off_line_the_page_says_so_and_goes_on_by_itself(page: Page, clerk: Clerk) -> None:
    page.fill("#pasted", csv_text(*clerk.rows(2), delimiter="\t"))
    page.get_by_role("button", name="读取这些行").click()
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("[data-job]")).to_be_visible()
    page.context.set_offline(True)
    expect(page.locator("[data-trouble]")).to_contain_text("核验仍在后台继续")
    picture(page, "offline")
    clerk.working.set()
    page.context.set_offline(False)
    expect(page.locator("[data-job-title]")).to_contain_text("全部核完", timeout=20_000)
    expect(page.locator("[data-trouble]")).to_be_hidden()


def busy(route: Route) -> None:
    """What a service that has too much to do answers."""
    route.fulfill(status=503, content_type="application/problem+json", body='{"code": "unavailable"}')


def hand_in(page: Page, clerk: Clerk, rows: int) -> None:
    """Paste rows and begin."""
    page.fill("#pasted", csv_text(*clerk.rows(rows), delimiter="\t"))
    page.get_by_role("button", name="读取这些行").click()
    page.get_by_role("button", name="开始核验").click()


def test_a_job_that_could_not_be_deleted_is_not_said_to_be(page: Page, clerk: Clerk) -> None:
    hand_in(page, clerk, 1)
    expect(page.locator("[data-job]")).to_be_visible()
    address, trouble = page.url, page.locator("[data-trouble]")
    page.context.route(
        "**/verification-jobs/*",
        lambda route: busy(route) if route.request.method == "DELETE" else route.continue_(),
    )
    page.locator("[data-delete]").dblclick()
    expect(trouble).to_contain_text("没有删成")
    assert page.url == address
    expect(page.locator("[data-job]")).to_be_visible()
    page.context.unroute_all()
    page.locator("[data-delete]").dblclick()
    expect(trouble).to_contain_text("已删除")


def test_results_that_cannot_be_had_are_said_to_be_away_and_asked_for_again(page: Page, clerk: Clerk) -> None:
    page.clock.install()
    page.reload()
    page.context.route("**/results?*", busy)
    clerk.working.set()
    hand_in(page, clerk, 2)
    expect(page.locator("[data-trouble]")).to_contain_text("结果暂时取不出来")
    page.context.unroute_all()
    page.clock.fast_forward(10_000)
    expect(page.locator("[data-rows] tr")).to_have_count(2)
    expect(page.locator("[data-trouble]")).to_be_hidden()


def test_a_slow_answer_does_not_replace_the_rows_that_were_chosen_after_it(page: Page, clerk: Clerk) -> None:
    clerk.working.set()
    hand_in(page, clerk, 6)
    expect(page.locator("[data-rows] tr")).to_have_count(6)
    held: list[Route] = []
    page.context.route("**/results?*only=failed", lambda route: held.append(route))
    with page.expect_request("**/results?*only=failed"):
        page.select_option("#only", "failed")
    page.select_option("#only", "problems")
    expect(page.locator("[data-none]")).to_be_visible()
    with page.expect_response("**/results?*only=failed"):
        held[0].continue_()
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 50))")
    expect(page.locator("[data-rows] tr")).to_have_count(0)


def test_the_start_page_leads_here_and_the_template_can_be_filled_in(page: Page, clerk: Clerk) -> None:
    page.goto(clerk.address)
    page.get_by_role("link", name="上传表格批量核验").click()
    assert page.url == f"{clerk.address}/batch"
    with page.expect_download() as begun:
        page.get_by_role("link", name="下载模板").click()
    sheet = openpyxl.load_workbook(io.BytesIO(begun.value.path().read_bytes())).active
    assert [cell.value for cell in sheet[1]] == ["行标识", "证书编号", "姓名", "身份证后四位", "使用地"]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_runs_out_of_the_page(page: Page, clerk: Clerk, width: int) -> None:
    clerk.working.set()
    page.set_viewport_size({"width": width, "height": 800})
    page.fill(
        "#pasted", csv_text(*clerk.rows(6), ("丁" * 60, "x" * 32, "娜" * 50, "0000", ""), delimiter="\t")
    )
    page.get_by_role("button", name="读取这些行").click()
    expect(page.locator("[data-preview]")).to_be_visible()
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(wide)
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("[data-job-title]")).to_contain_text("全部核完", timeout=20_000)
    assert page.evaluate(wide)
