"""Cases in a browser: suspected fakes and complaints in one list, assigned, thought over, closed with an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.schema import certificate as issued
from certsvc.domain.caller import official
from certsvc.domain.history import HistoryState, Quality
from certsvc.domain.suspicion import CaseKind, CaseStatus, suspicion_report
from tests.access.desk import Desk, open_desk
from tests.console.test_supervision_pages import HTML, MARKUP, look, post
from tests.history.papers import ZHOU, history_xlsx
from tests.support.page_parts import actions, rows_of
from tests.support.workbooks import DUAL_DIRECTED, sample

COMPLAINT = {
    "received_by": "letter",
    "about": "review",
    "name": "林晓棠",
    "contact": "13900001111",
    "account": f"反映评审未按程序进行。\n{MARKUP}",
    "number": "",
    "city": "222400",
}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A desk on either database with a dual-directed certificate of 珲春市 (延边州)."""
    with open_desk(
        tmp_path / "home", FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC)), database_url
    ) as opened:
        batch = sample(DUAL_DIRECTED)
        opened.office.issue(opened.office.submit(batch.with_rows(batch.rows[:1]).xlsx()))
        yield opened


def test_a_complaint_is_entered_worked_on_and_answered_and_changes_no_certificate(desk: Desk) -> None:
    office = desk.office.office
    with office.engine.begin() as connection:
        number = connection.scalar(select(issued.c.number))
        statuses = connection.execute(select(issued.c.status)).all()
    reported = office.suspicion_desk.reporting.report(
        suspicion_report("王举报", "13900002222", "招聘现场", "扫码显示内容被改动", number=number)
    )
    assert post(desk, "supervisor", "/console/cases/entries", COMPLAINT).status_code == 403
    entered = post(desk, "maker", "/console/cases/entries", COMPLAINT)
    assert entered.status_code == 303, entered.text
    way = entered.headers["location"].partition("?")[0]
    assert post(desk, "maker", "/console/cases/entries", COMPLAINT).headers["location"].startswith(way)
    listed = look(desk, "city-checker", "/console/cases")
    rows = {row[0]: row[1:] for row in rows_of(listed.all("table")[0])}
    case = way.rpartition("/")[2]
    assert set(rows) == {reported.number, case}
    assert rows[case][0] == "投诉举报"
    assert rows[case][4] == "2027-01-19 还有 60 日"
    assert rows[reported.number][2] == number
    assert "林晓棠" not in listed.text
    assert look(desk, "tonghua", "/console/cases").all("table") == []
    look(desk, "tonghua", way, 403)

    page = look(desk, "maker", f"{way}?said=entered")
    code = page.all("b", "no-wrap")[0].text
    assert look(desk, "city-checker", way).all("b", "no-wrap") == []
    assert actions(look(desk, "supervisor", way)) == []
    with desk.sign_in("supervisor") as browser:
        shown = browser.get(way, headers=HTML).text
    assert "林晓棠" in shown
    assert "<script>alert" not in shown
    with office.engine.begin() as connection:
        own = personal_look.c
        viewers = set(connection.scalars(select(own.viewer).where(own.object == case)))
    assert viewers == {"maker", "city-checker", "supervisor"}

    assert post(desk, "maker", f"{way}/assignment", {"to": "tonghua"}).status_code == 400
    assert post(desk, "maker", f"{way}/assignment", {"to": "city-checker"}).status_code == 303
    assert post(desk, "tonghua", f"{way}/opinion", {"words": "x"}).status_code == 403
    answer = {"outcome": "slander", "words": "经核查，所反映情况系捏造。", "reference": ""}
    assert post(desk, "second", f"{way}/closing", answer).status_code == 409, "nobody has written an opinion"
    assert post(desk, "city-checker", f"{way}/opinion", {"words": "已调阅\n例会记录"}).status_code == 303
    assert "例会记录" in look(desk, "city-checker", way).text
    without = {"outcome": "true", "words": "经核查属实。", "reference": ""}
    assert post(desk, "city-checker", f"{way}/closing", without).status_code == 400
    assert post(desk, "city-checker", f"{way}/closing", answer).status_code == 403, "it takes a second person"
    assert post(desk, "second", f"{way}/closing", answer).status_code == 303
    assert actions(look(desk, "city-checker", way)) == []
    with desk.visitor() as reporter:
        told = reporter.post("/api/v1/suspicions/state", json={"number": case, "code": code}).json()
    assert (told["status"], told["outcome_label"], told["words"]) == ("closed", "诬告", answer["words"])
    assert ("second", "console:suspicion:close") in desk.actions(f"suspicion/{case}")
    assert ("maker", "console:suspicion:record") in desk.actions(f"suspicion/{case}")
    with office.engine.begin() as connection:
        assert connection.execute(select(issued.c.status)).all() == statuses
    found, total = office.suspicion_desk.store.page(CaseKind.COMPLAINT, CaseStatus.CLOSED, "222400", 10, 0)
    assert (total, [one.number for one in found]) == (1, [case])
    office.suspicion_desk.store.forget_closed_before(
        datetime(2027, 11, 20, tzinfo=UTC), datetime(2027, 11, 20, tzinfo=UTC), 10
    )
    assert "个人信息保存期满" in look(desk, "city-checker", way).text
    assert "例会记录" not in look(desk, "city-checker", way).text

    desk.clock.advance(timedelta(days=66))
    assert "已超 6 日" in look(desk, "second", f"/console/cases/{reported.number}").text


def test_pages_of_historical_data_are_cut_by_either_database(desk: Desk) -> None:
    office = desk.office.office
    maker, city = (official(one) for one in map(office.actors.find_actor, ("maker", "tonghua")) if one)
    rows = [{**ZHOU}, {**ZHOU, "原职称名称": "中学一级教师", "原证书编号": "吉中字900312", "材料质量": "C"}]
    kept = office.history.files.receive(history_xlsx(rows), "历史数据.xlsx", maker)
    lists = office.history.lists
    assert [one.id for one in lists.imports(maker, 10, 0, waiting=True)[0]] == [kept.import_id]
    assert lists.imports(city, 10, 0) == ((), 0)
    second = lists.view_import(kept.import_id, maker, 1, 1)
    assert ([one.title.row for one in second.records], second.total) == ([2], 2)
    claims = lists.view_import(kept.import_id, maker, 10, 0, HistoryState.GRADED, Quality.C)
    assert [one.title.row for one in claims.records] == [2]
    assert lists.records(city, HistoryState.GRADED, 10, 0) == ((), 0)
