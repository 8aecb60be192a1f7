"""Announced lists over HTTP: the same two persons, the same findings, every look written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from certsvc.adapters.clock import FixedClock
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.announced.lists import CORRECTED, DOCUMENT, announced, batch, issue, people

PATH = "/api/v1/announced-lists"
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
PERSONS = people(3)
LIST = announced(PERSONS)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("desk"), clock) as opened:
        yield opened


def send(desk: Desk, user: str, path: str, raw: bytes = b"", **query: Any) -> httpx.Response:
    with desk.sign_in(user) as browser:
        return browser.post(path, content=raw, headers=XLSX if raw else {}, params=query)


def get(desk: Desk, user: str, path: str, **query: Any) -> httpx.Response:
    with desk.sign_in(user) as browser:
        return browser.get(path, params=query)


def test_from_the_list_to_the_end_of_its_correction(desk: Desk) -> None:
    refused = send(desk, "maker", PATH, LIST.but(1, 证件号码="22").xlsx()).json()
    assert (refused["list"], refused["refused"]) == (None, True)
    loaded = send(desk, "maker", PATH, LIST.xlsx())
    assert loaded.status_code == 200, loaded.text
    wanted = loaded.json()["list"]["list"]
    for user in ("maker", "supervisor", "tonghua"):
        assert send(desk, user, f"{PATH}/{wanted}/confirmation").status_code == 403, user
    confirmed = send(desk, "second", f"{PATH}/{wanted}/confirmation")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    issue(desk.office, batch(PERSONS))

    new = LIST.but(1, 姓名="赵甲孜").without(3).named(CORRECTED).xlsx()
    asked = {"replaces": wanted, "document": CORRECTED}
    dry = send(desk, "maker", f"{PATH}/replacements", new, **asked, dry_run=True).json()
    assert (dry["list"], [one["kind"] for one in dry["changes"]]) == (None, ["changed", "withdrawn"])
    kept = send(desk, "maker", f"{PATH}/replacements", new, **asked).json()["list"]["list"]
    shown = get(desk, "second", f"{PATH}/{kept}").json()
    assert [one["before"]["name"] for one in shown["changes"]] == ["赵甲子", PERSONS[2]["姓名"]]
    assert all(one["before"]["id_last4"] for one in shown["changes"])
    assert PERSONS[0]["证件号码"] not in str(shown)
    assert send(desk, "second", f"{PATH}/{kept}/confirmation").status_code == 200
    assert send(desk, "supervisor", f"{PATH}/{kept}/proposals").status_code == 403
    proposed = send(desk, "maker", f"{PATH}/{kept}/proposals").json()
    assert [one["state"] for one in proposed["changes"]] == ["proposed", "proposed"]
    listed = get(desk, "supervisor", PATH, status="confirmed").json()["lists"]
    assert [one["list"] for one in listed] == [kept]
    assert get(desk, "tonghua", PATH).json()["lists"] == []
    assert get(desk, "tonghua", f"{PATH}/{kept}").status_code == 403


def test_the_coverage_report_is_for_officials_in_their_own_place(desk: Desk) -> None:
    report = get(desk, "supervisor", "/api/v1/reports/coverage", year=2023).json()
    assert {one["document"] for one in report["documents"]} == {CORRECTED}
    assert get(desk, "supervisor", "/api/v1/reports/coverage", document=DOCUMENT).status_code == 200
    assert get(desk, "tonghua", "/api/v1/reports/coverage").json()["documents"] == []
    assert get(desk, "tonghua", "/api/v1/reports/coverage", region="220100").status_code == 403
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, b""))
    assert desk.call("GET", "/api/v1/reports/coverage", token).status_code == 403
    with desk.visitor() as stranger:
        assert stranger.get("/api/v1/reports/coverage").status_code == 401


@pytest.mark.parametrize(
    ("path", "raw", "headers", "status"),
    [
        (PATH, b"", XLSX, 400),
        (PATH, b"PK\x03\x04 no workbook", XLSX, 400),
        (PATH, b"{}", {"Content-Type": "text/plain"}, 415),
        (f"{PATH}/replacements", b"x", XLSX, 422),
        (f"{PATH}/A000000000000000/confirmation", b"", {}, 404),
        (f"{PATH}/no-list/confirmation", b"", {}, 422),
    ],
)
def test_what_does_not_fit_is_refused(
    desk: Desk, path: str, raw: bytes, headers: dict[str, str], status: int
) -> None:
    with desk.sign_in("maker") as browser:
        assert browser.post(path, content=raw, headers=headers).status_code == status
