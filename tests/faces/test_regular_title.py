"""S1 through the faces: from a workbook that comes too early to an employer who is handed the certificate."""

from __future__ import annotations

from datetime import date

from tests.faces.conftest import OpenTown
from tests.faces.steps import approve_and_issue, check_file, download_own, file_batch, verdict_is
from tests.faces.town import said
from tests.scenarios.test_from_filing_to_verdict import LIN
from tests.support.workbooks import REGULAR, sample


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

    _, pdf = download_own(town, LIN["姓名"], LIN["证件号码"])
    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "passed", "高级工程师", "有效")
