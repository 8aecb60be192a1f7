"""S2 and S3 through the faces: a title that counts in one county, filed at the city first, and batches that break its order."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.faces.conftest import OpenTown
from tests.faces.steps import approve_and_issue, check_file, download_own, file_batch, verdict_is
from tests.faces.town import Town, press, said
from tests.scenarios.test_from_filing_to_verdict import PIAO
from tests.support.workbooks import DUAL_DIRECTED, sample


def record_receipt(town: Town, official: str, filing: str, opinion: str) -> None:
    """The receiving office records what it received, under its own account."""
    with town.official(official) as office:
        office.goto(filing + "/chain")
        office.fill("#opinion", opinion)
        for reason in office.locator("#receipt_late").all():
            reason.fill("材料补正后报送")
        press(office, "登记回执")
        said(office, opinion)


def test_s2_a_dual_directed_title_is_filed_at_the_city_then_at_the_province_and_counts_in_its_county_alone(
    opened: OpenTown,
) -> None:
    town = opened("2023-12-07 09:00", receipts="recorded")
    with town.official("city-checker") as clerk:
        filing = file_batch(clerk, sample(DUAL_DIRECTED).with_rows([PIAO]))
        said(clerk, "可以发证")
    with town.official("maker") as province:
        province.goto(filing + "/chain")
        said(province, "由延边")
        expect(province.get_by_role("button", name="同意备案")).to_have_count(0)
    record_receipt(town, "city-checker", filing, "材料齐全，同意上报")
    record_receipt(town, "maker", filing, "同意备案，准予发证")
    approve_and_issue(town, filing)

    with town.holder(PIAO["姓名"], PIAO["证件号码"]) as holder:
        said(holder, "珲春市")
    _, pdf = download_own(town, PIAO["姓名"], PIAO["证件号码"])
    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "passed", "双定向", "珲春市")
        employer.select_option("#place", "222404")
        verdict_is(employer, "passed", "珲春市")
        employer.select_option("#place", "222401")
        verdict_is(employer, "failed", "延吉市")


def test_s3_wrong_county_wrong_level_and_wrong_filer_are_told_at_once_with_clause_and_nothing_can_be_issued(
    opened: OpenTown,
) -> None:
    town = opened("2023-12-20 09:00")
    rows = [
        {**PIAO, "有效区域": "220605", "单位所属行政区划": "220605"},
        {"申报级别": "正高级", "职称名称": "正高级农艺师", "现职称": "高级农艺师", "现职称级别": "副高级"},
    ]
    with town.official("maker") as clerk:
        filing = file_batch(
            clerk, sample(DUAL_DIRECTED).with_rows(rows).with_header(备案2报送单位="HRSS-222404")
        )
        for words in ("吉人社函〔2023〕211号", "备案2报送单位", "有效区域", "申报级别", "不予通过"):
            said(clerk, words)
        said(clerk, "整批退回")
        expect(clerk.get_by_role("link", name="重新报送")).to_be_visible()
        clerk.goto(filing + "/chain")
        expect(clerk.get_by_role("button", name="同意备案")).to_have_count(0)
