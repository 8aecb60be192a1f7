"""Receipts over HTTP: recorded by the authority that receives, read by those who may read the filing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.access.desk import PROGRAM, Desk
from tests.support.workbooks import DUAL_DIRECTED, sample

FILINGS = "/api/v1/filings"
FORM = {
    "level": "市州",
    "receipt": "2023-SDX-222404-NY-1",
    "received_on": "2023-11-28",
    "opinion": "同意报送",
}


@pytest.fixture(scope="module")
def path(desk: Desk) -> str:
    """The receipts of a batch that 延边州 (222400) receives first."""
    report = desk.office.submit(sample(DUAL_DIRECTED).with_rows([{}]).xlsx())
    return f"{FILINGS}/{report.filing}/receipts"


def record(desk: Desk, path: str, user: str, **changed: Any) -> httpx.Response:
    with desk.sign_in(user) as browser:
        return browser.post(path, json=FORM | changed)


@pytest.mark.parametrize("user", ["tonghua", "county", "maker", "supervisor"])
def test_nobody_else_records_what_a_city_receives(desk: Desk, path: str, user: str) -> None:
    answer = record(desk, path, user)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    assert (user, "console:receipt:record.refused") in desk.actions(f"filing/{path.split('/')[-2]}")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"level": "乡镇"}, 422),
        ({"received_on": "yesterday"}, 422),
        ({"more": "than asked"}, 422),
        ({"opinion": " "}, 400),
        ({"received_on": "2027-01-01"}, 400),
        ({"receipt": "another"}, 409),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else str(one),
)
def test_a_receipt_that_does_not_fit_is_refused(
    desk: Desk, path: str, changed: dict[str, Any], status: int
) -> None:
    assert record(desk, path, "city", **changed).status_code == status


def test_the_receiving_city_records_once_and_readers_see_it(desk: Desk, path: str) -> None:
    first = record(desk, path, "city")
    assert first.status_code == 200, first.text
    assert FORM.items() <= first.json().items()
    assert (first.json()["office"], first.json()["actor"]) == ("222400", "city")
    assert record(desk, path, "city").json() == first.json()
    assert record(desk, path, "city", opinion="另有意见").status_code == 409
    for user, status in (("supervisor", 200), ("county", 200), ("tonghua", 403)):
        with desk.sign_in(user) as browser:
            answer = browser.get(path)
        assert answer.status_code == status, user
        if status == 200:
            assert answer.json()["receipts"] == [first.json()]
            assert answer.json()["missing"] == [{"level": "省", "office": "220000"}]


def test_without_csrf_token_sign_in_or_filing_nothing_is_recorded(desk: Desk, path: str) -> None:
    unknown = f"{FILINGS}/F000000000000000/receipts"
    assert record(desk, unknown, "city").status_code == 404
    with desk.sign_in("city") as browser:
        assert browser.get(unknown).status_code == 404
        del browser.headers["x-csrf-token"]
        assert browser.post(path, json=FORM).status_code == 403
    with desk.visitor() as stranger:
        assert stranger.post(path, json=FORM).status_code == 401
        assert stranger.get(path).status_code == 401


def test_programs_read_receipts_and_record_none(desk: Desk, path: str) -> None:
    program = desk.programs[PROGRAM]
    assert desk.call("GET", path, program.token(desk.claims(PROGRAM, b""))).status_code == 200
    assert desk.call("POST", path, program.token(desk.claims(PROGRAM, b"{}")), b"{}").status_code == 403
