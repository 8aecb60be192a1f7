"""Reports as files, samples and attestations over HTTP: for who may, with the notes of the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.support.workbooks import RURAL, sample

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    "statistics?by=city": "statistics",
    "supervision": "supervision",
    "quotas?year=2023": "quotas",
    "subsidy?year=2023": "subsidy/2023",
    "coverage?year=2023": "coverage",
}
SAMPLE = {"of": "committees", "ratio_percent": 30, "document": "吉人社函〔2026〕900号", "seed": "08-13-22"}
MEETING = {"approval": "吉人社职例〔2023〕17号", "by_office": "驻省人社厅纪检监察组", "on": "2023-09-18"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk with four rural certificates."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("desk"), clock) as opened:
        batch = sample(RURAL)
        rows = [dict(row) for row in batch.rows[:4]]
        opened.office.issue(opened.office.submit(batch.with_rows(rows).xlsx()))
        yield opened


def looks(desk: Desk) -> int:
    with desk.office.office.engine.begin() as connection:
        return connection.scalar(select(func.count()).select_from(personal_look)) or 0


@pytest.mark.parametrize("path", FILES)
def test_every_report_is_a_file_where_one_is_asked_for_and_the_audit_trail_has_its_digest(
    desk: Desk, path: str
) -> None:
    with desk.sign_in("maker") as browser:
        by_accept = browser.get(f"/api/v1/reports/{path}", headers={"Accept": "text/csv"})
        joint = "&" if "?" in path else "?"
        by_name = browser.get(f"/api/v1/reports/{path}{joint}format=xlsx")
    assert (by_accept.status_code, by_name.status_code) == (200, 200), by_accept.text
    assert by_accept.headers["content-type"].startswith("text/csv")
    assert by_name.headers["content-type"] == XLSX
    name = FILES[path].replace("/", "-")
    assert by_accept.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert by_accept.headers["cache-control"] == "no-store"
    lines = list(csv.reader(io.StringIO(by_accept.content.decode("utf-8-sig"))))
    told = {line[0]: line[1] for line in lines[lines.index([]) + 1 :]}
    digest = by_accept.headers["x-report-sha256"]
    assert (told["摘要（SHA-256）"], told["导出人"]) == (digest, "maker")
    sheet = openpyxl.load_workbook(io.BytesIO(by_name.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == lines[0]
    noted = [one for one in desk.office.office.trail.entries(f"report/{FILES[path]}") if one.after == digest]
    assert {(one.actor, one.action) for one in noted} == {("maker", "console:report:export")}


def test_the_roster_is_a_file_or_nothing_and_every_look_is_written_down(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        before = looks(desk)
        as_json = browser.get("/api/v1/reports/subsidy?year=2023")
        assert (as_json.status_code, looks(desk)) == (400, before)
        roster = browser.get("/api/v1/reports/subsidy?year=2023&format=csv")
    lines = list(csv.reader(io.StringIO(roster.content.decode("utf-8-sig"))))
    named = lines.index([]) - 1
    assert (named, looks(desk)) == (4, before + 4)
    assert roster.headers["content-disposition"] == 'attachment; filename="subsidy-2023.csv"'


def test_no_file_leaves_a_territory_and_none_goes_to_a_program(desk: Desk) -> None:
    with desk.sign_in("city") as browser:
        for path in ("statistics?by=city&region=220100", "supervision", "subsidy?year=2023&region=220100"):
            answer = browser.get(f"/api/v1/reports/{path}", headers={"Accept": "text/csv"})
            assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    with desk.visitor() as browser:
        assert browser.get("/api/v1/reports/subsidy?year=2023&format=csv").status_code == 401
    program = desk.programs[PROGRAM]
    token = program.token(desk.claims(program.name, b""))
    assert desk.call("GET", "/api/v1/reports/subsidy?year=2023&format=csv", token).status_code == 403


def test_a_sample_is_drawn_once_under_its_document_and_read_by_supervisors(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        drawn = browser.post("/api/v1/samples", json=SAMPLE)
        again = browser.post("/api/v1/samples", json=SAMPLE)
        other = browser.post("/api/v1/samples", json={**SAMPLE, "ratio_percent": 50})
    assert drawn.status_code == 200, drawn.text
    assert (again.json(), other.status_code) == (drawn.json(), 409)
    found = drawn.json()
    assert (found["seed"], found["seed_given"], found["actor"]) == ("08-13-22", True, "maker")
    assert found["items"]
    with desk.sign_in("supervisor") as browser:
        assert browser.get(f"/api/v1/samples/{found['sample']}").json() == found
        assert browser.get("/api/v1/samples/S0000000000000000").status_code == 404
        assert browser.post("/api/v1/samples", json=SAMPLE).status_code == 403
    with desk.sign_in("tonghua") as browser:
        inspects = "220500" in {one["inspector"] for one in found["items"]}
        assert browser.get(f"/api/v1/samples/{found['sample']}").status_code == (200 if inspects else 403)


@pytest.mark.parametrize(
    "changed",
    [
        {"of": "shoes"},
        {"ratio_percent": 0},
        {"ratio_percent": "30"},
        {"document": " "},
        {"of": "level-3"},
        {"of": "level-3", "ratio_percent": 20, "references": ["K-1", "K-2"]},
        {"of": "level-3", "references": ["K-1,K-2"]},
        {"more": 1},
    ],
)
def test_an_order_that_is_none_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    order = {**SAMPLE, "document": "吉人社函〔2026〕901号", **changed}
    with desk.sign_in("maker") as browser:
        answer = browser.post("/api/v1/samples", json=order)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_meeting_is_attested_once_by_who_may(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        assert browser.post("/api/v1/attestations", json=MEETING).status_code == 403
    with desk.sign_in("maker") as browser:
        recorded = browser.post("/api/v1/attestations", json=MEETING)
        again = browser.post("/api/v1/attestations", json=MEETING)
        other = browser.post("/api/v1/attestations", json={**MEETING, "by_office": "另一部门"})
        unknown = browser.post("/api/v1/attestations", json={**MEETING, "approval": "没有的文号"})
    assert recorded.status_code == 200, recorded.text
    assert recorded.json()["actor"] == "maker"
    assert again.json() == recorded.json()
    assert (other.status_code, unknown.status_code) == (409, 404)
    assert desk.actions(f"meeting/{MEETING['approval']}") == [("maker", "console:attestation:record")]
