"""S7 and S8 through the faces: an aid mission left early, and incentives that exclude a second title."""

from __future__ import annotations

from datetime import date

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
from tests.faces.town import press, said
from tests.scenarios.test_epidemic_incentive import COLLEAGUE, GUAN, incentive, registry, regular
from tests.support.aid_mission import HAN, LATER_MEETING, aid_batch, registry_with_aid_committee

DOCUMENT = "吉人社核〔2024〕1号"
GROUND = "因个人原因终止援助服务工作"
PAPER = b"%PDF-1.7 decision"


def test_s7_an_aid_mission_left_early_is_written_off_and_a_second_incentive_waits_for_a_person(
    opened: OpenTown,
) -> None:
    town = opened("2024-03-01 10:00")
    town.office.load_registry(registry_with_aid_committee())
    filed_and_issued(town, aid_batch([HAN]))
    number, pdf = download_own(town, str(HAN["姓名"]), str(HAN["证件号码"]))

    town.time_is("2024-04-10 10:00")
    with town.official("maker") as first, town.official("second") as second:
        decision = propose(first, number, "write_off", DOCUMENT, "2024-04-10", GROUND, PAPER)
        confirm(second, decision, "确认核销")
        second.fill("#served_on", "2024-04-10")
        press(second, "登记")
        said(second, "送达")
        second.goto("/console/credit")
        assert "韩志远" not in second.locator("main").inner_text()
    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "failed", "核销", DOCUMENT)

    own = {"例会批复文号": LATER_MEETING, "批次编号": "2023-YW-02", "备案1回执号": "2023-YW-02-1"}
    again = aid_batch([{**HAN, "评审日期": date(2023, 9, 21)}], 公布文号="吉人社职字〔2023〕122号", **own)
    with town.official("maker") as clerk:
        file_batch(clerk, again)
        said(clerk, "暂缓")
        clerk.goto("/console/holds")
        said(clerk, "韩志远")


def test_s8_who_passed_the_regular_review_gets_no_incentive_title_and_a_post_is_no_title(
    opened: OpenTown,
) -> None:
    town = opened("2023-10-20 09:00")
    town.office.load_registry(registry())
    filed_and_issued(town, regular(GUAN))
    post = COLLEAGUE | {"申报级别": "专业技术三级岗位", "职称名称": "专业技术三级岗位"}
    with town.official("maker") as clerk:
        filing = file_batch(clerk, incentive(GUAN, post))
        for words in ("关月", "不予通过", "吉人社函〔2023〕9号", "申报级别"):
            said(clerk, words)
        clerk.goto(filing + "/chain")
        assert clerk.get_by_role("button", name="同意备案").count() == 0
    with town.holder("关月", str(GUAN["证件号码"])) as holder:
        said(holder, "副主任护师")
        said(holder, "有效")
