"""A holder shows chosen fields of a certificate to one recipient, for a while, and can end it at any time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.adapters.clock import FixedClock
from certsvc.domain.caller import Purpose
from certsvc.domain.decision import DecisionKind
from certsvc.domain.share_grant import CODE_LENGTH, code_digest, new_code, written_code
from tests.access.desk import Desk, open_desk, register
from tests.support.workbooks import DUAL_DIRECTED, sample

OPEN, GRANTS = "/api/v1/share-grants/open", "/api/v1/holder/share-grants"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    """A desk on 2024-06-03 with the portal of the holders registered."""
    with open_desk(
        tmp_path / "home", FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC)), database_url
    ) as opened:
        key = ed25519.Ed25519PrivateKey.generate()
        opened.programs["portal"] = register(opened, "portal", key, Purpose.HOLDER_PORTAL)
        yield opened


@pytest.fixture
def certificate(desk: Desk) -> PublicCertificate:
    """A dual-directed certificate of 珲春市."""
    return desk.office.issue(desk.office.submit(sample(DUAL_DIRECTED).xlsx()))[0]


def holder_of(certificate: PublicCertificate) -> dict[str, str]:
    award = certificate.draft.content.award
    return {"name": award.name, "id_number": award.document.number}


def ask(desk: Desk, path: str, body: dict[str, Any], program: str = "portal") -> Any:
    raw = json.dumps(body).encode()
    answer = desk.call("POST", path, desk.programs[program].token(desk.claims(program, raw)), raw)
    return answer.json() | {"http": answer.status_code}


def make(desk: Desk, certificate: PublicCertificate, **given: Any) -> Any:
    body = {
        "holder": holder_of(certificate),
        "number": certificate.draft.content.number,
        "fields": ["name", "title"],
        "recipient": "某公司",
    } | given
    return ask(desk, GRANTS, body)


def open_grant(desk: Desk, code: str) -> Any:
    with desk.visitor() as anybody:
        answer = anybody.post(OPEN, json={"code": code})
    return answer.json() | {"http": answer.status_code}


def test_the_recipient_sees_what_the_holder_chose_and_the_area_with_it(
    desk: Desk, certificate: PublicCertificate
) -> None:
    made = make(desk, certificate)
    seen = open_grant(desk, made["code"].lower().replace("-", " "))
    award = certificate.draft.content.award
    assert {one["field"]: one["value"] for one in seen["fields"]} == {
        "name": award.name,
        "title": "高级农艺师",
        "validity_area": "珲春市",
    }
    assert (seen["status"], seen["recipient"], seen["ends_at"]) == ("valid", "某公司", "2024-06-10T02:00:00Z")
    assert award.document.number not in json.dumps(seen)


def test_the_holder_sees_when_it_was_opened_and_can_end_it(
    desk: Desk, certificate: PublicCertificate
) -> None:
    made, own = make(desk, certificate), {"holder": holder_of(certificate)}
    open_grant(desk, made["code"])
    desk.clock.advance(timedelta(minutes=5))
    open_grant(desk, made["code"])
    (listed,) = ask(desk, f"{GRANTS}/list", own)["grants"]
    assert listed["openings"] == ["2024-06-03T02:00:00Z", "2024-06-03T02:05:00Z"]
    assert listed["views"] == 2
    assert "code" not in listed
    cancelled = ask(desk, f"{GRANTS}/{made['grant']}/cancellation", own)
    assert ask(desk, f"{GRANTS}/{made['grant']}/cancellation", own) == cancelled
    refused = open_grant(desk, made["code"])
    assert (refused["http"], refused["code"]) == (404, "unknown-reference")
    assert "授权已失效" in refused["detail"]
    assert desk.actions(f"share-grant/{made['grant']}") == [
        ("portal", "portal:share:make"),
        ("portal", "portal:share:cancel"),
    ]


def test_a_grant_ends_by_itself_at_its_instant(desk: Desk, certificate: PublicCertificate) -> None:
    made = make(desk, certificate, days=1)
    desk.clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert open_grant(desk, made["code"])["http"] == 200
    desk.clock.advance(timedelta(seconds=1))
    assert open_grant(desk, made["code"])["http"] == 404


def test_every_code_that_opens_nothing_is_answered_alike(desk: Desk, certificate: PublicCertificate) -> None:
    made = make(desk, certificate, days=1)
    desk.clock.advance(timedelta(days=2))
    answers = [open_grant(desk, code) for code in (made["code"], "ABCD-EFGH-JKMN-PQRS", "x", "授权")]
    assert len({(one["http"], one["detail"], one["code"]) for one in answers}) == 1


def test_a_revocation_shows_at_once(desk: Desk, certificate: PublicCertificate) -> None:
    made = make(desk, certificate)
    office, number = desk.office.office, certificate.draft.content.number
    today = desk.clock.today()
    decision = office.deciding.propose(
        DecisionKind.REVOKE, number, "吉人社撤〔2024〕7号", today, "材料不实", "maker"
    )
    office.confirm_decision(decision, "second")
    assert (seen := open_grant(desk, made["code"]))["status"] == "revoked"
    assert seen["status_label"] == "已撤销"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"fields": ["id_number"]}, 400),
        ({"fields": []}, 422),
        ({"recipient": " "}, 400),
        ({"days": 0}, 422),
        ({"days": 181}, 422),
        ({"number": "222023052000017X"}, 404),
        ({"holder": {"name": "王莉", "id_number": "229905198307160444"}}, 404),
    ],
)
def test_a_grant_is_refused_for(
    desk: Desk, certificate: PublicCertificate, given: dict[str, Any], status: int
) -> None:
    assert make(desk, certificate, **given)["http"] == status


def test_only_the_portal_may_ask_for_holders(desk: Desk, certificate: PublicCertificate) -> None:
    own = {"holder": holder_of(certificate)}
    assert ask(desk, f"{GRANTS}/list", own, program="upstream")["http"] == 403
    with desk.sign_in("maker") as official:
        assert official.post(f"{GRANTS}/list", json=own).status_code == 403
    other = {"holder": {"name": "王莉", "id_number": "229905198307160444"}}
    made = make(desk, certificate)
    assert ask(desk, f"{GRANTS}/{made['grant']}/cancellation", other)["http"] == 404
    assert open_grant(desk, made["code"])["http"] == 200


def test_codes_are_fair_and_read_in_any_writing() -> None:
    pieces = iter([b"\xff" * CODE_LENGTH, bytes(range(CODE_LENGTH))])
    code = new_code(lambda _count: next(pieces))
    assert code == "23456789ABCDEFGH"
    assert written_code(code) == "2345-6789-ABCD-EFGH"
    assert code_digest("2345 6789-abcd efgh") == code_digest(code)


def test_a_certificate_that_is_not_published_is_none_here(desk: Desk) -> None:
    office = desk.office.office
    report = desk.office.submit(sample(DUAL_DIRECTED).xlsx())
    office.approval.approve(report.filing, "maker")
    office.approval.begin_issue(report.filing, "checker")
    next(office.issuance.resume(report.filing))  # broken off after the drafts
    draft = office.certificates.drafts(report.filing, 1)[0].content
    holder = {"name": draft.award.name, "id_number": draft.award.document.number}
    body = {"holder": holder, "number": draft.number, "fields": ["title"], "recipient": "某公司"}
    assert ask(desk, GRANTS, body)["http"] == 404
    office.issuance.run(report.filing)
    assert ask(desk, GRANTS, body)["http"] == 200


def test_a_correction_shows_when_it_is_published(desk: Desk, certificate: PublicCertificate) -> None:
    made = make(desk, certificate, fields=["unit"])
    office, number = desk.office.office, certificate.draft.content.number
    decision = office.deciding.propose(
        DecisionKind.CORRECT,
        number,
        "吉人社更〔2024〕7号",
        desk.clock.today(),
        "单位名称有误",
        "maker",
        {"unit_name": "珲春市农业技术推广总站"},
    )
    office.deciding.confirm(decision, "second")  # not sealed yet
    seen = open_grant(desk, made["code"])
    assert seen["fields"][-1]["value"] == certificate.draft.content.award.unit_name
    assert (seen["status"], seen["status_label"]) == ("superseded", "已换发")
    office.confirm_decision(decision, "second")
    seen = open_grant(desk, made["code"])
    assert seen["fields"][-1]["value"] == "珲春市农业技术推广总站"
    assert seen["status"] == "valid"


def test_nobody_is_told_valid_by_an_old_log(desk: Desk, certificate: PublicCertificate) -> None:
    made = make(desk, certificate)
    desk.clock.advance(timedelta(minutes=61))
    seen = open_grant(desk, made["code"])
    assert (seen["status"], seen["status_label"]) == ("unknown", "无法判定")
    desk.office.office.republish()
    assert open_grant(desk, made["code"])["status"] == "valid"
