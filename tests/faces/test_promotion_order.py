"""S4 through the faces: 双定向副高, then 正高 refused, then 常规副高, then 正高; the holder sees all that was acquired."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.faces.conftest import OpenTown
from tests.faces.steps import NUMBER, file_batch, filed_and_issued
from tests.faces.town import at, said
from tests.scenarios.test_promotion_order import (
    DUAL_ON,
    MONDAY,
    PIAO,
    load_later_years,
    make_lasting_document_key,
    regular,
)
from tests.support.workbooks import DUAL_DIRECTED, sample


def test_s4_a_senior_title_waits_for_the_regular_one_between_and_every_title_stays(
    opened: OpenTown, tmp_path: Path
) -> None:
    make_lasting_document_key(tmp_path / "keys", at("2023-12-06 12:00"))
    town = opened("2023-12-06 12:00")
    filed_and_issued(town, sample(DUAL_DIRECTED).with_rows([PIAO]))
    load_later_years(town.desk)

    town.time_is(f"{MONDAY[2027] + timedelta(days=40)} 12:00")
    with town.official("maker") as clerk:
        file_batch(clerk, regular(2027, "正高级", "正高级农艺师", "双定向副高级", DUAL_ON))
        said(clerk, "吉人社函〔2023〕211号 一（三）")
        said(clerk, "不予通过")
    filed_and_issued(town, regular(2027, "副高级", "高级农艺师", "双定向副高级", DUAL_ON, "副高"))

    town.time_is(f"{MONDAY[2032] + timedelta(days=40)} 12:00")
    base_on = MONDAY[2027] + timedelta(days=1)
    filed_and_issued(town, regular(2032, "正高级", "正高级农艺师", "副高级", base_on))
    with town.holder(PIAO["姓名"], PIAO["证件号码"]) as holder:
        said(holder, "正高级农艺师")
        said(holder, "珲春市")
        assert len(set(NUMBER.findall(holder.locator("main").inner_text()))) == 3
