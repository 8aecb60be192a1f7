"""S5 through the faces: false papers come to light, two persons revoke, the old document says so, three years bar applying."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.decisions.deciders import SUN
from tests.faces.conftest import OpenTown
from tests.faces.steps import (
    check_file,
    confirm,
    download_own,
    file_batch,
    filed_and_issued,
    propose,
    verdict_is,
)
from tests.faces.town import Town, said
from tests.scenarios.test_falsification_over_http import EXPECTED, GROUND
from tests.support.workbooks import REGULAR, Batch, sample

DOCUMENT = "吉人社撤〔2024〕7号"


def application(batch_ref: str, applied_on: date) -> Batch:
    """The person's filing after an application of that day."""
    return sample(REGULAR).with_rows([{**SUN, "申报日期": applied_on}]).with_header(批次编号=batch_ref)


def test_s5_a_falsified_title_is_revoked_by_two_persons_and_bars_applying_for_three_years(
    opened: OpenTown,
) -> None:
    town = opened("2024-06-03 10:00")
    filed_and_issued(town, application("S5", date(2023, 2, 12)))
    number, pdf = download_own(town, SUN["姓名"], SUN["证件号码"])
    with town.official("maker") as first, town.official("second") as second:
        decision = propose(first, number, "revoke", DOCUMENT, "2024-06-03", GROUND)
        expect(first.get_by_role("button", name="确认")).to_have_count(0)
        confirm(second, decision, "确认撤销")

    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "failed", "撤销", DOCUMENT)
    with town.holder(SUN["姓名"], SUN["证件号码"]) as holder:
        said(holder, "撤销")
        expect(holder.get_by_role("link", name="下载证书")).to_have_count(0)
        holder.goto(f"/portal/certificates/{number}")
        said(holder, DOCUMENT)
        said(holder, "提出申诉")
        assert holder.request.get(f"/portal/certificates/{number}/document").status == 409
    with town.official("maker") as province:
        province.goto("/console/credit")
        said(province, "2027")
    barred_until_the_record_ends(town)


def barred_until_the_record_ends(town: Town) -> None:
    """Applications of three days: within, on the last day, after it."""
    town.time_is("2027-07-01 10:00")
    with town.official("maker") as clerk:
        for day, barred in EXPECTED.items():
            file_batch(clerk, application(f"S5-{day}", date.fromisoformat(day)))
            main = clerk.locator("main")
            if barred:
                expect(main).to_contain_text("诚信")
            else:
                expect(main).not_to_contain_text("诚信")


@pytest.mark.parametrize("path", ["/console/credit", "/console/decisions"])
def test_officials_of_a_city_see_no_credit_records_and_decisions_of_their_own_reach_alone(
    opened: OpenTown, path: str
) -> None:
    town = opened("2024-06-03 10:00")
    with town.official("tonghua") as city:
        answer = city.request.get(path)
        assert answer.status == (403 if path.endswith("credit") else 200)
