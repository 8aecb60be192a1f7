"""Reports over HTTP: for who is signed in and may, in the words of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certsvc.adapters.clock import FixedClock
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.support.workbooks import DUAL_DIRECTED, sample


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk with eight dual-directed certificates."""
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("desk"), clock) as opened:
        opened.office.issue(opened.office.submit(sample(DUAL_DIRECTED).xlsx()))
        yield opened


def test_a_city_reads_the_statistics_of_its_own_territory(desk: Desk) -> None:
    with desk.sign_in("city") as browser:
        answer = browser.get("/api/v1/reports/statistics", params={"by": "region", "then_by": "level"})
        assert answer.status_code == 200, answer.text
        (row,) = answer.json()["rows"]
        assert [one["label"] for one in row["keys"]] == ["珲春市", "副高级"]
        assert (row["counts"]["limited"], row["share_percent"]) == (8, "100.0")
        other = browser.get("/api/v1/reports/statistics", params={"by": "city", "region": "220100"})
        assert (other.status_code, other.json()["code"]) == (403, "not-permitted")


def test_another_city_finds_nothing_of_it(desk: Desk) -> None:
    with desk.sign_in("tonghua") as browser:
        answer = browser.get("/api/v1/reports/statistics", params={"by": "city"})
        assert answer.json()["rows"] == []


def test_supervisors_read_the_lists_and_a_city_clerk_does_not(desk: Desk) -> None:
    with desk.sign_in("supervisor") as browser:
        answer = browser.get("/api/v1/reports/supervision", params={"list": "unattested"})
        assert [one["concern"] for one in answer.json()["lines"]] == ["unattested"]
        quotas = browser.get("/api/v1/reports/quotas", params={"year": 2023})
        assert [one["counted"] for one in quotas.json()["counters"]] == [0, 0, 0, 8, 8]
    with desk.sign_in("city") as browser:
        assert browser.get("/api/v1/reports/supervision").status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "by=shoe",
        "by=city&region=2224",
        "by=city&as_of=2026-13-01",
        "by=city&level=9",
        "by=city&as_of=2027-01-01",
    ],
)
def test_a_question_that_is_none_is_a_problem_that_says_why(desk: Desk, query: str) -> None:
    with desk.sign_in("city") as browser:
        answer = browser.get(f"/api/v1/reports/statistics?{query}")
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_nobody_unknown_and_no_program_reads_reports(desk: Desk) -> None:
    with desk.visitor() as browser:
        assert browser.get("/api/v1/reports/statistics?by=city").status_code == 401
    program = desk.programs[PROGRAM]
    path = "/api/v1/reports/statistics?by=city"
    answer = desk.call("GET", path, program.token(desk.claims(program.name, b"")))
    assert answer.status_code == 403
