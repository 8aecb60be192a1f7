"""Statistics, coverage, samples, supervision lists, foundations and historical data, as officials see them in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from certsvc.adapters.clock import FixedClock
from tests.access.desk import Desk, open_desk
from tests.announced.lists import announced, people
from tests.history.papers import ZHOU, history_xlsx
from tests.support.page_parts import Element, actions, read_page, rows_of
from tests.support.workbooks import DUAL_DIRECTED, REGULAR, sample

HTML = {"Accept": "text/html"}
PERSONS = people(2)
LIST = announced(PERSONS)
MARKUP = "<script>alert(1)</script>\"'><b>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk with twelve certificates, of two cities and the province, on 2026-11-20."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("desk"), clock) as opened:
        for kind in (DUAL_DIRECTED, REGULAR):
            filing = sample(kind)
            opened.office.issue(opened.office.submit(filing.with_rows(filing.rows[:4]).xlsx()))
        yield opened


def look(desk: Desk, user: str, path: str, expected: int = 200) -> Element:
    with desk.sign_in(user) as browser:
        answer = browser.get(path, headers=HTML)
    assert answer.status_code == expected, answer.text
    return read_page(answer.text)


def post(
    desk: Desk, user: str, path: str, data: dict[str, Any] | None = None, raw: bytes | None = None
) -> httpx.Response:
    files = None if raw is None else {"file": ("文件.xlsx", raw)}
    with desk.sign_in(user) as browser:
        form = {**(data or {}), "csrf_token": browser.headers["X-CSRF-Token"]}
        return browser.post(path, data=form, files=files, headers=HTML)


def looks(desk: Desk, subject: str) -> list[str]:
    from sqlalchemy import select

    from certsvc.adapters.access_schema import personal_look

    own = personal_look.c
    with desk.office.office.engine.begin() as connection:
        return list(connection.scalars(select(own.viewer).where(own.object == subject)))


@pytest.mark.parametrize("query", ["", "?by=series&then_by=level", "?by=city&then_by=way"])
def test_the_numbers_of_a_chart_are_those_of_its_table_and_of_the_lines(desk: Desk, query: str) -> None:
    page = look(desk, "second", f"/console/statistics{query}")
    (chart,) = page.all("figure", "chart")
    drawn = [one.text for one in chart.all("text", "value")]
    table = rows_of(chart.all("table")[0])
    assert drawn == [row[-1] for row in table]
    lines = page.all("table")[1]
    assert sum(map(int, drawn)) == sum(int(row[-1]) for row in rows_of(lines)) == 8
    assert chart.all("figcaption")[0].text.endswith("。")
    widths = [float(one.attributes["width"].rstrip("%")) for one in chart.all("rect")]
    assert all(0 < width <= 100 for width in widths)


def test_one_number_needs_no_chart_and_nothing_says_so(desk: Desk) -> None:
    page = look(desk, "second", "/console/statistics?by=year")
    assert page.all("svg", "")[1:] == []
    empty = look(desk, "second", "/console/statistics?series=27")
    assert "所选范围内没有职称" in empty.all("p", "empty")[0].text


def test_a_city_sees_its_own_territory_alone(desk: Desk) -> None:
    page = look(desk, "tonghua", "/console/statistics")
    assert page.all("ul", "tallies")[0].all("b")[0].text == "0"
    look(desk, "tonghua", "/console/statistics?region=222400", 403)
    look(desk, "tonghua", "/console/coverage?region=222400", 403)
    look(desk, "tonghua", "/console/supervision", 403)
    assert look(desk, "tonghua", "/console/registry").all("tbody") == []


@pytest.mark.parametrize(
    "query", ["?by=shoe", "?region=2224", "?level=9", "?as_of=2026-13-01", "?page=0", "?year=x"]
)
def test_a_filter_that_is_none_is_told_in_a_page(desk: Desk, query: str) -> None:
    with desk.sign_in("second") as browser:
        answer = browser.get(f"/console/statistics{query}", headers=HTML)
    assert answer.status_code in (400, 422)
    assert "<h1>" in answer.text


def test_files_are_offered_with_the_filters_of_the_page(desk: Desk) -> None:
    page = look(desk, "second", "/console/statistics?by=level&region=222400")
    (csv, xlsx) = [
        one.attributes["href"] for one in page.all("a", "button") if "format=" in one.attributes["href"]
    ]
    with desk.sign_in("second") as browser:
        assert "副高级" in browser.get(csv).content.decode("utf-8-sig")
        assert browser.get(xlsx).content.startswith(b"PK")


def test_markup_in_a_filter_stays_text(desk: Desk) -> None:
    for path in ("/console/coverage", "/console/registry"):
        name = "document" if path.endswith("coverage") else "words"
        with desk.sign_in("second") as browser:
            answer = browser.get(path, params={name: MARKUP}, headers=HTML)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_a_list_is_loaded_by_one_and_confirmed_by_another_person(desk: Desk) -> None:
    refused = post(desk, "maker", "/console/coverage/lists", raw=LIST.but(1, 证件号码="22").xlsx())
    assert refused.status_code == 422
    assert "没有保存" in refused.text
    loaded = post(desk, "maker", "/console/coverage/lists", raw=LIST.xlsx())
    assert loaded.status_code == 303, loaded.text
    way = loaded.headers["location"].partition("?")[0]
    assert actions(look(desk, "maker", way)) == []
    assert actions(look(desk, "supervisor", way)) == []
    assert post(desk, "maker", f"{way}/confirmation").status_code == 403
    assert actions(look(desk, "second", way)) == [f"{way}/confirmation"]
    assert post(desk, "second", f"{way}/confirmation").headers["location"] == f"{way}?said=confirmed"
    assert "名单已确认" in look(desk, "second", f"{way}?said=confirmed").all("p", "said")[0].text
    assert "second" in looks(desk, way.rpartition("/")[2])


def test_coverage_names_who_has_no_certificate_and_the_look_is_noted(desk: Desk) -> None:
    page = look(desk, "second", "/console/coverage?kind=missing")
    told = " ".join(row[1] for row in rows_of(page.all("table", "stack")[0]))
    assert all(one["姓名"] in told for one in PERSONS)
    assert "second" in looks(desk, "coverage")


def test_a_sample_is_drawn_reproduced_and_its_result_recorded_once(desk: Desk) -> None:
    order = {
        "of": "committees",
        "ratio": "50",
        "document": "吉人社抽〔2026〕1号",
        "cross": "1",
        "seed": "08-13-22",
    }
    assert post(desk, "supervisor", "/console/samples", order).status_code == 403
    drawn = post(desk, "second", "/console/samples", order)
    assert drawn.status_code == 303, drawn.text
    way = drawn.headers["location"].partition("?")[0]
    page = look(desk, "second", way)
    assert "范围摘要相符" in page.text
    items = rows_of(page.all("table")[-1])
    assert len(items) == 2
    assert actions(look(desk, "supervisor", way)) == []
    found = {"item": items[0][1], "outcome": "problem", "note": MARKUP, "document": ""}
    assert post(desk, "second", f"{way}/results", found).status_code == 303
    with desk.sign_in("second") as browser:
        assert "<script>alert" not in browser.get(way, headers=HTML).text
    again = post(desk, "second", f"{way}/results", {**found, "outcome": "qualified"})
    assert again.status_code == 409


def test_supervision_lists_lead_to_filings_and_count_by_list(desk: Desk) -> None:
    page = look(desk, "supervisor", "/console/supervision?list=unattested")
    rows = rows_of(page.all("table")[0])
    assert len(rows) == 2
    whole = look(desk, "supervisor", "/console/supervision")
    numbers = [int(one.text) for one in whole.all("ul", "tallies")[0].all("b")]
    assert sum(numbers) == len(rows_of(whole.all("table")[-1]))


def test_an_attestation_is_recorded_for_a_day_of_the_meeting(desk: Desk) -> None:
    told = {"approval": "吉人社职例〔2023〕17号", "by_office": "省纪委监委驻厅纪检监察组", "on": "2023-09-19"}
    assert post(desk, "supervisor", "/console/samples/attestations", told).status_code == 403
    assert post(desk, "second", "/console/samples/attestations", told).status_code == 303
    page = look(desk, "supervisor", "/console/samples/attestations?committee=JL-GC-GL")
    assert rows_of(page.all("table")[0])[0][2] == told["by_office"]
    assert actions(page) == []


def test_what_ends_soon_stands_first_and_the_next_calendar_is_asked_for_from_november_on(desk: Desk) -> None:
    page = look(desk, "second", "/console/registry")
    assert desk.office.office.filings.current_registry()[0] in page.text
    assert actions(page) == []
    year = look(desk, "second", "/console/calendars?year=2026")
    assert "2027年的安排尚未载入" in year.text
    assert len(year.all("table", "month")) == 12
    assert [one.text for one in year.all("span", "holiday")][1:4] == ["1休", "2休", "3休"]
    (card,) = [one for one in look(desk, "second", "/console").all("a") if "2027年的节假日安排" in one.text]
    assert card.all("b") == []
    assert "2027年的节假日安排尚未载入" not in look(desk, "tonghua", "/console").text
    policies = look(desk, "second", "/console/policies")
    assert "吉人社函〔2022〕38号" in policies.text


def test_history_is_uploaded_by_one_and_confirmed_by_another_who_has_seen_it(desk: Desk) -> None:
    wrong = post(desk, "maker", "/console/history", raw=history_xlsx([{**ZHOU, "备注": MARKUP}]))
    assert wrong.status_code == 422
    assert "整份没有保存" in wrong.text
    kept = post(desk, "maker", "/console/history", raw=history_xlsx([ZHOU]))
    assert kept.status_code == 303, kept.text
    way = kept.headers["location"].partition("?")[0]
    assert actions(look(desk, "maker", way)) == []
    assert actions(look(desk, "supervisor", way)) == []
    look(desk, "tonghua", way, 403)
    page = look(desk, "second", way)
    assert "将公布 1 条" in page.text
    assert actions(page) == [f"{way}/confirmation"]
    assert post(desk, "second", f"{way}/confirmation").status_code == 400
    assert post(desk, "maker", f"{way}/confirmation", {"seen": "1"}).status_code == 403
    assert post(desk, "second", f"{way}/confirmation", {"seen": "1"}).status_code == 303
    (row,) = rows_of(look(desk, "second", way).all("table")[0])
    record = f"/console/history/records/{row[1]}"
    with desk.sign_in("second") as browser:
        shown = browser.get(record, headers=HTML).text
    assert "周铭" in shown
    assert looks(desk, row[1]) == ["second"]
    assert (
        post(desk, "maker", f"{record}/dispute", {"ground": f"本人称取得时间有误 {MARKUP}"}).status_code
        == 303
    )
    assert post(desk, "maker", f"{record}/settlement", {"opinion": "维持原记录"}).status_code == 403
    assert row[1] in look(desk, "second", "/console/history/disputes").text
    assert post(desk, "second", f"{record}/settlement", {"opinion": "维持原记录"}).status_code == 303
    with desk.sign_in("supervisor") as browser:
        watched = browser.get(record, headers=HTML).text
    assert "<script>alert" not in watched
    assert actions(read_page(watched)) == []
