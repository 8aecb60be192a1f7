"""S6 through the faces: a batch without meeting filing is void with all its certificates, and restored by a new decision."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.batches.cases import GROUND, promoted, registry_with_self_reviewer, self_reviewed
from tests.faces.conftest import OpenTown
from tests.faces.steps import NUMBER, check_file, download_own, filed_and_issued, verdict_is
from tests.faces.town import follow, press, said

PERSONS = 3


def propose_batch(page: Page, document: str, ground: str) -> str:
    """The first person fills in the open form, reads the dry run, proposes; the address of the decision."""
    page.fill("#document", document)
    page.fill("#decided_on", "2025-03-03")
    page.fill("#ground", ground)
    press(page, "试算")
    said(page, "什么都没有改变")
    page.fill("#retyped", document)
    press(page, "提出，等待第二人确认")
    page.wait_for_url(re.compile(r"/console/batches/B[0-9A-F]+"))
    return page.url.partition("?")[0]


def test_s6_a_batch_is_void_by_two_persons_what_was_built_on_it_waits_for_one_and_it_is_undone_by_a_new_event(
    opened: OpenTown,
) -> None:
    town = opened("2025-03-03 10:00")
    town.office.load_registry(registry_with_self_reviewer())
    batch = self_reviewed(PERSONS)
    filing = filed_and_issued(town, batch)
    filed_and_issued(town, promoted([dict(batch.rows[2])]))
    person = dict(batch.rows[0])
    _, pdf = download_own(town, str(person["姓名"]), str(person["证件号码"]))

    with town.official("maker") as first, town.official("second") as second:
        first.goto("/console/batches/new?filing=" + filing.rpartition("/")[2])
        first.fill("#filing", filing.rpartition("/")[2])
        decision = propose_batch(first, "吉人社函〔2025〕5号", GROUND)
        second.goto(decision)
        said(second, "后续职称")
        second.fill("#confirmed", "确认整批无效")
        press(second, "确认，立即生效")
        said(second, "确认，当即生效")
        second.goto("/console/dependent-titles")
        assert len(set(NUMBER.findall(second.locator("main").inner_text()))) == 2
    town.office.case_work.work(lambda: False)
    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "failed", "无效", "吉人社函〔2025〕5号")

    with town.official("maker") as first, town.official("second") as second:
        first.goto(decision)
        expect(first.get_by_role("button", name="删除")).to_have_count(0)
        follow(first, "提出整批恢复")
        restoration = propose_batch(first, "吉人社函〔2025〕9号", "经复核，该次评审会议已备案")
        second.goto(restoration)
        second.fill("#confirmed", "确认整批恢复")
        press(second, "确认，立即生效")
        said(second, "确认，当即生效")
    town.office.case_work.work(lambda: False)
    with town.relying_party() as employer:
        check_file(employer, pdf)
        verdict_is(employer, "passed", "有效")
