"""Filings over HTTP: the answers of the command line, for those whom the table of permissions lets."""

from __future__ import annotations

from functools import cache
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from tests.access.desk import Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES, FAULTY, sample

PATH = "/api/v1/filings"
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WHOLE = (EXAMPLES / DUAL_DIRECTED).read_bytes()


@cache
def one_person(row: int) -> bytes:
    """A filing of one person of the dual-directed sample, different for each row."""
    return (
        sample(DUAL_DIRECTED).with_rows([{}]).with_header(公布文号=f"延州人社发〔2023〕{200 + row}号").xlsx()
    )


def submit(desk: Desk, raw: bytes, user: str = "maker") -> str:
    """File a batch; its id."""
    with desk.sign_in(user) as browser:
        answer = browser.post(PATH, content=raw, headers=XLSX)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["filing"])


def test_the_answer_is_that_of_the_command_line(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        faulty = browser.post(PATH, content=(EXAMPLES / FAULTY).read_bytes(), headers=XLSX).json()
    assert set(faulty) == {"filing", "status", "rows", "findings"}
    assert set(faulty["findings"][0]) == {"row", "column", "code", "severity", "case", "clause", "message"}


def test_a_form_with_one_file_is_the_same_filing(desk: Desk) -> None:
    filing = submit(desk, WHOLE)
    with desk.sign_in("maker") as browser:
        answer = browser.post(PATH, files={"file": ("批次.xlsx", WHOLE, XLSX["Content-Type"])})
        assert answer.json()["filing"] == filing
        for wrong in ({"other": ("a.xlsx", WHOLE)}, [("file", ("a", b"1")), ("file", ("b", b"2"))]):
            answer = browser.post(PATH, files=wrong)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


def test_what_is_no_filing_is_refused_with_a_word(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        noise = browser.post(PATH, content=b"PK\x03\x04 not a workbook", headers=XLSX)
        untyped = browser.post(PATH, content=WHOLE)
        empty = browser.post(PATH, headers=XLSX)
    assert (noise.status_code, noise.json()["code"]) == (400, "unreadable-input")
    assert (untyped.status_code, untyped.json()["code"]) == (415, "unsupported-media-type")
    assert "text/csv" in untyped.headers["accept"]
    assert (empty.status_code, empty.json()["code"]) == (400, "bad-request")


def test_a_body_that_is_announced_too_large_is_not_read(desk: Desk) -> None:
    with desk.visitor() as stranger:
        connection = HTTPConnection(str(stranger.base_url.host), stranger.base_url.port or 80, timeout=60)
    connection.putrequest("POST", PATH)
    connection.putheader("Content-Length", str(1 << 40))
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 413
    connection.close()


def test_nobody_files_without_signing_in(desk: Desk) -> None:
    with desk.visitor() as stranger:
        assert stranger.post(PATH, content=WHOLE, headers=XLSX).status_code == 401
        assert stranger.get(f"{PATH}/F000000000000000").status_code == 401


def test_a_batch_is_approved_by_one_person_and_issued_by_another(desk: Desk) -> None:
    filing = submit(desk, one_person(1))
    with desk.sign_in("maker") as maker, desk.sign_in("checker") as checker:
        early = checker.post(f"{PATH}/{filing}/issue")
        assert (early.status_code, early.json()["code"]) == (409, "conflict")
        approved = maker.post(f"{PATH}/{filing}/approval")
        assert approved.json()["status"] == "approved", approved.text
        same = maker.post(f"{PATH}/{filing}/issue")
        assert (same.status_code, same.json()["code"]) == (403, "not-permitted")
        for _ in range(2):
            issued = checker.post(f"{PATH}/{filing}/issue")
            assert issued.json() == {
                "filing": filing,
                "status": "issued",
                "certificates": {"published": 1},
                "held_at_issue": [],
            }
    assert [
        entry for entry in desk.actions(f"filing/{filing}") if not entry[1].startswith("console:receipt:")
    ] == [
        ("maker", "console:filing:submit"),
        ("maker", "console:filing:approve"),
        ("maker", "console:filing:issue.refused"),
        ("checker", "console:filing:issue"),
    ]


@pytest.mark.parametrize("user", ["supervisor", "county", "city", "tonghua"])
@pytest.mark.parametrize("step", ["approval", "issue"])
def test_only_writers_of_the_province_approve_and_issue(desk: Desk, user: str, step: str) -> None:
    filing = submit(desk, one_person(2))
    with desk.sign_in(user) as browser:
        answer = browser.post(f"{PATH}/{filing}/{step}")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")
    action = "approve" if step == "approval" else "issue"
    assert (user, f"console:filing:{action}.refused") in desk.actions(f"filing/{filing}")


@pytest.mark.parametrize(
    ("user", "status"),
    [("maker", 200), ("city", 200), ("county", 200), ("tonghua", 403), ("supervisor", 403)],
)
def test_a_batch_is_filed_by_those_whose_territory_its_committee_works_in(
    desk: Desk, user: str, status: int
) -> None:
    with desk.sign_in(user) as browser:
        assert browser.post(PATH, content=one_person(3), headers=XLSX).status_code == status


@pytest.mark.parametrize(
    ("user", "status"),
    [("maker", 200), ("supervisor", 200), ("city", 200), ("county", 200), ("tonghua", 403)],
)
def test_a_filing_is_read_in_its_territory_and_every_look_is_noted(
    desk: Desk, user: str, status: int
) -> None:
    filing = submit(desk, one_person(4))
    with desk.sign_in(user) as browser:
        assert browser.get(f"{PATH}/{filing}").status_code == status
    wanted = select(personal_look.c.viewer).where(personal_look.c.object == filing)
    with desk.office.office.engine.begin() as connection:
        viewers = set(connection.scalars(wanted))
    assert (user in viewers) == (status == 200)


def test_an_unknown_filing_is_not_found(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        assert browser.get(f"{PATH}/F000000000000000").status_code == 404
        assert browser.post(f"{PATH}/F000000000000000/approval").status_code == 404
        assert browser.get(f"{PATH}/anything").status_code == 422


def test_writing_without_the_csrf_token_changes_nothing(desk: Desk) -> None:
    filing = submit(desk, one_person(5))
    with desk.sign_in("maker") as browser:
        del browser.headers["x-csrf-token"]
        assert browser.post(f"{PATH}/{filing}/approval").status_code == 403
        assert browser.get(f"{PATH}/{filing}").json()["status"] == "examined"


def test_exports_are_noted(desk: Desk, tmp_path: Path) -> None:
    filing = submit(desk, one_person(1))
    office = desk.office
    office.approval.approve(filing, "maker")
    office.approval.begin_issue(filing, "checker")
    office.office.issuance.run(filing)
    office.office.export(tmp_path, filing=filing)
    (pdf,) = tmp_path.glob("*.pdf")
    with office.office.engine.begin() as connection:
        noted = connection.scalars(select(personal_look.c.object).where(personal_look.c.channel == "cli"))
        assert pdf.stem in set(noted)
