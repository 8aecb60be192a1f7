"""Decisions over HTTP: proposed by one official, confirmed by another of the same authority, effective at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.access.desk import PROGRAM, Desk
from tests.support.workbooks import DUAL_DIRECTED, EXAMPLES

PATH = "/api/v1/decisions"


@pytest.fixture(scope="module")
def numbers(desk: Desk) -> list[str]:
    """Certificates of 珲春市, which belongs to 延边州 (222400)."""
    report = desk.office.submit((EXAMPLES / DUAL_DIRECTED).read_bytes())
    return [one.draft.content.number for one in desk.office.issue(report)]


def proposal(number: str, kind: str = "revoke", **changed: Any) -> dict[str, Any]:
    """A proposal as JSON."""
    return {
        "kind": kind,
        "number": number,
        "document": "吉人社函〔2026〕18号",
        "decided_on": "2026-11-20",
        "ground": "申报材料不实",
    } | changed


def propose(desk: Desk, user: str, **form: Any) -> tuple[int, dict[str, Any]]:
    """Propose by an official: status and answer."""
    with desk.sign_in(user) as browser:
        answer = browser.post(PATH, json=form)
    return answer.status_code, answer.json()


def confirm(desk: Desk, user: str, decision: str) -> tuple[int, dict[str, Any]]:
    """Confirm by an official: status and answer."""
    with desk.sign_in(user) as browser:
        answer = browser.post(f"{PATH}/{decision}/confirmation")
    return answer.status_code, answer.json()


def test_two_persons_of_the_province_revoke_and_it_counts_at_once(desk: Desk, numbers: list[str]) -> None:
    status, answer = propose(desk, "maker", **proposal(numbers[0]))
    assert (status, set(answer)) == (200, {"decision"}), answer
    decision = answer["decision"]
    assert propose(desk, "maker", **proposal(numbers[0])) == (200, answer)
    for user in ("maker", "supervisor", "city"):
        status, refused = confirm(desk, user, decision)
        assert (status, refused["code"]) == (403, "not-permitted"), user
    for _ in range(2):
        status, confirmed = confirm(desk, "checker", decision)
        assert (status, confirmed["status"], confirmed["checker"]) == (200, "confirmed", "checker")
    assert desk.actions(f"decision/{decision}") == [
        ("maker", "console:revoke:propose"),
        ("maker", "console:revoke:confirm.refused"),
        ("supervisor", "console:revoke:confirm.refused"),
        ("city", "console:revoke:confirm.refused"),
        ("checker", "console:revoke:confirm"),
    ]
    (certificate,) = desk.office.office.certificates.published(number=numbers[0])
    assert desk.office.check_qr(certificate)["status"] == "revoked"


@pytest.mark.parametrize("user", ["city", "county", "tonghua", "supervisor"])
def test_only_the_province_revokes(desk: Desk, numbers: list[str], user: str) -> None:
    status, answer = propose(desk, user, **proposal(numbers[1]))
    assert (status, answer["code"]) == (403, "not-permitted")
    place = "POST /api/v1/decisions" if user == "supervisor" else f"certificate/{numbers[1]}"
    assert (user, "console:revoke:propose.refused") in desk.actions(place)


def test_the_responsible_city_suspends_and_another_one_does_not(desk: Desk, numbers: list[str]) -> None:
    form = proposal(numbers[2], "suspend", document="延州人社函〔2026〕3号", ground="正在核查")
    for user in ("tonghua", "county"):
        status, answer = propose(desk, user, **form)
        assert (status, answer["code"]) == (403, "not-permitted"), user
    status, answer = propose(desk, "city", **form)
    assert status == 200, answer
    assert confirm(desk, "checker", answer["decision"])[0] == 403
    assert confirm(desk, "city-checker", answer["decision"])[0] == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "destroy"},
        {"decided_on": "yesterday"},
        {"ground": 7},
        {"more": "than asked"},
        {"changes": {"name": 1}},
        {"number": "x" * 33},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_form_that_does_not_fit_is_refused_without_repeating_it(
    desk: Desk, numbers: list[str], changed: dict[str, Any]
) -> None:
    status, answer = propose(desk, "maker", **(proposal(numbers[3]) | changed))
    assert (status, answer["code"]) == (422, "unprocessable-content")
    assert str(next(iter(changed.values()))) not in str(answer.get("errors"))


def test_what_is_no_json_or_names_nothing_is_refused(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        assert browser.post(PATH, content=b"{").status_code == 415
        for raw in (b"{", b""):
            answer = browser.post(PATH, content=raw, headers={"Content-Type": "application/json"})
            assert answer.status_code == 400, raw
        assert browser.post(PATH, json=proposal("JL00000000000000")).status_code == 404
        assert browser.post(f"{PATH}/D0/confirmation").status_code == 404


def test_programs_do_not_decide(desk: Desk, numbers: list[str]) -> None:
    raw = json.dumps(proposal(numbers[3])).encode()
    token = desk.programs[PROGRAM].token(desk.claims(PROGRAM, raw))
    assert desk.call("POST", PATH, token, raw).status_code == 403


def test_who_checks_sees_what_they_confirm(desk: Desk, numbers: list[str]) -> None:
    form = proposal(numbers[4], "suspend", document="延州人社函〔2026〕4号", ground="正在核查")
    decision = propose(desk, "city", **form)[1]["decision"]
    for user in ("city-checker", "maker", "supervisor"):
        with desk.sign_in(user) as browser:
            shown = browser.get(f"{PATH}/{decision}").json()
        assert form.items() <= shown.items()
        assert (shown["status"], shown["maker"], shown["checker"]) == ("proposed", "city", None)
    for user in ("tonghua", "county"):
        with desk.sign_in(user) as browser:
            assert browser.get(f"{PATH}/{decision}").status_code == 403
        assert (user, "console:decision:read.refused") in desk.actions(f"decision/{decision}")
    with desk.visitor() as stranger:
        assert stranger.get(f"{PATH}/{decision}").status_code == 401


def test_a_decision_is_withdrawn_by_the_authority_that_proposed_it(desk: Desk, numbers: list[str]) -> None:
    form = proposal(numbers[5], "suspend", document="延州人社函〔2026〕5号", ground="正在核查")
    path = f"{PATH}/{propose(desk, 'city', **form)[1]['decision']}/withdrawal"
    for user in ("tonghua", "maker", "supervisor"):
        with desk.sign_in(user) as browser:
            assert browser.post(path).status_code == 403, user
    for _ in range(2):
        with desk.sign_in("city-checker") as browser:
            answer = browser.post(path)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert confirm(desk, "city-checker", answer.json()["decision"])[0] == 409


def test_unknown_decisions_are_neither_shown_nor_withdrawn(desk: Desk) -> None:
    with desk.sign_in("maker") as browser:
        assert browser.get(f"{PATH}/D0").status_code == 404
        assert browser.post(f"{PATH}/D0/withdrawal").status_code == 404
