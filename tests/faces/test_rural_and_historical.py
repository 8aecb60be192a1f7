"""S10 through the faces: a rural talent is paid, a paper of 1998 becomes verifiable, and a holder shows what they choose."""

from __future__ import annotations

import csv
import io
from datetime import date

from playwright.sync_api import Page, expect

from tests.faces.conftest import OpenTown
from tests.faces.steps import approve_and_issue, confirm, file_batch, only_number, propose
from tests.faces.town import follow, press, said, upload
from tests.history.papers import ZHOU, ZHOU_ID, history_xlsx
from tests.scenarios.test_rural_talent import GUO, OF_2022, registry_of_2022
from tests.support.workbooks import RURAL, sample


def roster(page: Page, year: int) -> list[str]:
    """The one line of a year's roster, as the exported file has it: name, what is said, yuan."""
    page.goto("/console/statistics/subsidy")
    page.locator("select[name=year]").select_option(str(year))
    with page.expect_download() as export:
        page.get_by_role("button", name="导出 CSV").click()
    lines = list(csv.reader(io.StringIO(export.value.path().read_text(encoding="utf-8-sig"))))
    head = next(line for line in lines if "姓名" in line)
    row = lines[lines.index(head) + 1]
    return [row[head.index(column)] for column in ("姓名", "发放情况", "金额（元）")]


def test_s10_a_rural_talent_is_on_the_roster_until_the_title_is_revoked(opened: OpenTown) -> None:
    town = opened("2026-11-20 10:00")
    town.office.load_registry(registry_of_2022())
    row = {**GUO, "申报日期": date(2022, 3, 1), "评审日期": date(2022, 8, 23)}
    with town.official("maker") as clerk:
        filing = file_batch(clerk, sample(RURAL).with_header(**OF_2022).with_rows([row]))
    approve_and_issue(town, filing)
    with town.official("maker") as province:
        assert roster(province, 2024) == ["郭乡土", "发放", "2000"]
    with town.holder(str(GUO["姓名"]), str(GUO["证件号码"])) as holder:
        follow(holder, "查看详情")
        number = only_number(holder)
        follow(holder, "授权别人查验")
        holder.fill("#recipient", "某公司人力资源部")
        press(holder, "生成授权码")
        code = holder.locator(".grant-code").inner_text()
    with town.relying_party() as employer:
        for _ in range(2):
            employer.goto("/share")
            employer.fill("#share-code", code)
            press(employer, "查看")
            expect(employer.locator("[data-verdict]")).to_contain_text("通过核验")
            expect(employer.locator("[data-shared-fields]")).to_contain_text("郭乡土")
        with town.holder(str(GUO["姓名"]), str(GUO["证件号码"])) as holder:
            holder.goto("/portal/shares")
            said(holder, "被打开 2 次")
            holder.get_by_role("button", name="取消").first.click()
            said(holder, "已取消")
        employer.goto("/share")
        employer.fill("#share-code", code)
        press(employer, "查看")
        said(employer, "打不开这份授权")
    with town.official("maker") as first, town.official("second") as second:
        decision = propose(
            first, number, "revoke", "吉人社撤〔2026〕3号", "2026-11-20", "经核查，申报材料与事实不符"
        )
        confirm(second, decision, "确认撤销")
        assert roster(first, 2026) == ["郭乡土", "停发", "0"]


def test_s10_a_paper_of_1998_is_imported_by_one_person_confirmed_by_another_and_then_verifiable(
    opened: OpenTown,
) -> None:
    town = opened("2026-11-20 10:00")
    with town.official("maker") as first, town.official("second") as second:
        first.goto("/console/history")
        upload(first, history_xlsx([ZHOU]), "历史数据.xlsx")
        said(first, "周铭" if first.get_by_text("周铭").count() else "A")
        imported = first.url.partition("?")[0]
        expect(first.get_by_role("button", name="确认并公布")).to_have_count(0)
        second.goto(imported)
        second.locator("input[name=seen]").check()
        press(second, "确认并公布")
        said(second, "已公布")
    with town.holder("周铭", ZHOU_ID) as holder:
        said(holder, "中学高级教师")
        said(holder, "吉中高字980312")
    with town.relying_party() as employer:
        employer.goto("/historical")
        said(employer, "历史数据")
