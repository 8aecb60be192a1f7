"""Batch decisions, dependent titles and annulments over HTTP: proposed by the filing's city, confirmed by the province."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.domain.actor import Actor, Role
from certsvc.domain.filing import FilingReport
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

PATH = "/api/v1/batch-decisions"
COUNT = 8


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock, database_url) as opened:
        yield opened


def issued(desk: Desk) -> FilingReport:
    """The filing of 珲春市, issued; it belongs to 延边州 (222400)."""
    report = desk.office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes())
    desk.office.issue(report)
    return report


def form(filing: str, **changed: Any) -> dict[str, Any]:
    good = {"kind": "void", "filing": filing, "document": "延州人社函〔2026〕8号"}
    return {**good, "decided_on": "2026-11-20", "ground": "评审会议未报批准", **changed}


def post(desk: Desk, user: str, path: str, sent: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    with desk.sign_in(user) as browser:
        answer = browser.post(path, json=sent) if sent is not None else browser.post(path)
    return answer.status_code, answer.json()


def test_a_batch_is_looked_at_proposed_confirmed_and_restored(desk: Desk) -> None:
    filing = issued(desk).filing
    status, preview = post(desk, "city", PATH, form(filing, dry_run=True))
    assert (status, preview["certificates"], preview["left_alone"]) == (200, COUNT, {})
    assert (preview["counties"], preview["levels"]) == ({"222404": COUNT}, {"副高级": COUNT})
    assert preview["effective_on"] == {"2023-11-19": COUNT}
    for user in ("tonghua", "supervisor"):
        assert post(desk, user, PATH, form(filing))[0] == 403, user
    status, answer = post(desk, "city", PATH, form(filing))
    assert (status, set(answer)) == (200, {"batch_decision"}), answer
    batch = answer["batch_decision"]
    for user in ("city", "city-checker", "supervisor"):
        assert post(desk, user, f"{PATH}/{batch}/confirmation")[0] == 403, user
    for _ in range(2):
        status, confirmed = post(desk, "checker", f"{PATH}/{batch}/confirmation")
        assert (status, confirmed["status"], confirmed["checker"]) == (200, "confirmed", "checker")
        assert confirmed["progress"] == {"certificates": COUNT, "written": COUNT, "logged": COUNT}
    with desk.sign_in("supervisor") as browser:
        assert browser.get(f"{PATH}/{batch}").json() == confirmed
    with desk.sign_in("tonghua") as browser:
        assert browser.get(f"{PATH}/{batch}").status_code == 403
    (certificate, *_) = desk.office.office.certificates.published(filing=filing)
    assert desk.office.check_qr(certificate)["status"] == "voided"

    lifting = {**form(filing), "kind": "restore", "undoes": batch, "document": "吉人社函〔2026〕9号"}
    assert post(desk, "maker", PATH, lifting)[0] == 400
    del lifting["filing"]
    assert post(desk, "city", PATH, lifting)[0] == 403
    restored = post(desk, "maker", PATH, lifting)[1]["batch_decision"]
    assert post(desk, "second", f"{PATH}/{restored}/confirmation")[1]["progress"]["logged"] == COUNT
    assert desk.office.check_qr(certificate)["status"] == "valid"


def test_a_proposal_is_withdrawn_by_the_authority_that_made_it_and_by_no_other_city(desk: Desk) -> None:
    batch = post(desk, "city", PATH, form(issued(desk).filing))[1]["batch_decision"]
    other = Actor("other-city", Role.MAKER, "220100")
    desk.office.office.actors.register_actor(other, desk.clock.now())
    assert post(desk, "other-city", f"{PATH}/{batch}/withdrawal")[0] == 403
    assert post(desk, "city-checker", f"{PATH}/{batch}/withdrawal")[1]["status"] == "withdrawn"
    assert post(desk, "checker", f"{PATH}/{batch}/confirmation")[0] == 409


def test_the_province_turns_down_a_voiding_that_a_city_proposed(desk: Desk) -> None:
    batch = post(desk, "city", PATH, form(issued(desk).filing))[1]["batch_decision"]
    assert post(desk, "maker", f"{PATH}/{batch}/withdrawal")[1]["status"] == "withdrawn"
    assert desk.actions(f"batch/{batch}")[-1] == ("maker", "console:batch_void:turn_down")
    assert post(desk, "checker", f"{PATH}/{batch}/confirmation")[0] == 409


def test_forms_that_do_not_fit_and_programs_are_refused(desk: Desk) -> None:
    filing = "F" + "0" * 15
    for changed in ({"kind": "destroy"}, {"more": 1}, {"filing": "../etc"}, {"dry_run": "yes"}):
        assert post(desk, "maker", PATH, {**form(filing), **changed})[0] == 422, changed
    assert post(desk, "maker", PATH, form(filing))[0] == 404
    raw = json.dumps(form(filing)).encode()
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, raw))
    assert desk.call("POST", PATH, token, raw).status_code == 403
    with desk.visitor() as stranger:
        assert stranger.get("/api/v1/dependent-titles").status_code == 401


def test_an_annulment_is_recorded_and_what_rests_on_the_proof_is_settled(desk: Desk) -> None:
    raw_rows = issued(desk)
    assert raw_rows.rows.admitted == COUNT
    proof = {"kind": "examination", "reference": "KS-1", "document": "人考函〔2026〕2号"}
    proof |= {"decided_on": "2026-11-01", "ground": "考试违纪，成绩无效"}
    assert post(desk, "city", "/api/v1/annulments", proof)[0] == 403
    status, recorded = post(desk, "maker", "/api/v1/annulments", proof)
    assert status == 200
    step = f"/api/v1/annulments/{recorded['annulment']}"
    assert post(desk, "maker", f"{step}/confirmation")[0] == 403
    assert post(desk, "city", f"{step}/confirmation")[0] == 403
    status, confirmed = post(desk, "checker", f"{step}/confirmation")
    assert (status, confirmed["status"], confirmed["dependent_titles"]) == (200, "confirmed", [])
    assert "KS-1" not in json.dumps(confirmed)
    assert post(desk, "maker", f"{step}/withdrawal")[0] == 409
    grounds = {"document": "人考函〔2026〕3号", "decided_on": "2026-11-02", "ground": "复核认定没有违纪"}
    assert post(desk, "city", f"{step}/lifting", grounds)[0] == 403
    lifting = post(desk, "maker", f"{step}/lifting", grounds)[1]["annulment"]
    assert (
        post(desk, "maker", f"/api/v1/annulments/{lifting}/withdrawal")[1]["lifts"] == recorded["annulment"]
    )
    with desk.sign_in("supervisor") as browser:
        listed = browser.get("/api/v1/annulments?status=confirmed").json()["annulments"]
        assert [(one["annulment"], one["lifted"]) for one in listed] == [(recorded["annulment"], False)]
    with desk.sign_in("city") as browser:
        assert browser.get("/api/v1/annulments").status_code == 403
    with desk.sign_in("supervisor") as browser:
        assert browser.get("/api/v1/dependent-titles?status=open").json() == {"dependent_titles": []}
        assert browser.get("/api/v1/dependent-titles?status=odd").status_code == 422
    with desk.sign_in("city") as browser:
        assert browser.get("/api/v1/dependent-titles").status_code == 403
    settled = {"outcome": "kept", "note": "保留"}
    assert post(desk, "maker", "/api/v1/dependent-titles/T0/settlement", settled)[0] == 404
