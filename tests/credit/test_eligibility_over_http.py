"""The application system asks over HTTP: nobody else may, the answer is signed, every question is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.clock import FixedClock
from certsvc.adapters.jose_algorithms import NamedAlgorithms
from certsvc.domain.decision import DecisionKind
from tests.access.desk import PROGRAM, Desk, open_desk
from tests.credit.asking import APPLICATION_SYSTEM, PATH, ask, question, register_application_system, send
from tests.decisions.deciders import SUN, Deciders
from tests.support.workbooks import REGULAR, sample

UNKNOWN = {"姓名": "林晓棠", "证件号码": "229901198503171022"}
ENGINEERING = {"series": "工程技术人员", "level": "正高级"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """孙建国 holds 高级工程师 since 2023; nothing is known against him."""
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path_factory.mktemp("eligibility"), clock) as opened:
        register_application_system(opened)
        row = {**SUN, "申报级别": "副高级", "职称名称": "高级工程师", "现职称": "工程师"}
        row |= {"现职称级别": "中级"}
        opened.office.issue(opened.office.submit(sample(REGULAR).with_rows([row]).xlsx()))
        yield opened


def checked(desk: Desk, body: bytes, signature: str) -> dict[str, Any]:
    """The header of a signature that holds over the body by the published key, as any library checks it."""
    with desk.visitor() as visitor:
        answer = visitor.get("/api/v1/keys")
    (key,) = answer.json()["keys"]
    assert "d" not in key
    protected, _, signed = signature.split(".")
    from base64 import urlsafe_b64encode

    whole = f"{protected}.{urlsafe_b64encode(body).rstrip(b'=').decode()}.{signed}"
    found = jws.deserialize_compact(whole, OKPKey.import_key(key), registry=NamedAlgorithms("EdDSA"))
    assert found.payload == body
    assert found.headers()["kid"] == key["kid"] == OKPKey.import_key(key).thumbprint()
    return found.headers()


def test_an_eligible_person_with_base_title_and_tenure(desk: Desk) -> None:
    told = ask(desk, SUN, **ENGINEERING).told
    assert (told["eligible"], told["reasons"], told["free_on"], told["note"]) == (True, [], None, None)
    (title,) = told["titles"]
    assert (title["level"], title["title"], title["dual_directed"]) == ("副高级", "高级工程师", False)
    assert told["base_title"] == title["number"]
    assert told["tenure_start"]["source"] == "base_title"


def test_the_answer_is_signed_over_its_exact_bytes_and_bound_to_the_question(desk: Desk) -> None:
    answer = ask(desk, SUN, **ENGINEERING)
    assert checked(desk, answer.body, answer.signature)["alg"] == "EdDSA"
    assert answer.told["question_sha256"] == sha256(answer.raw_question).hexdigest()
    assert answer.told["format"] == "certsvc-eligibility/1"
    with pytest.raises(Exception, match="bad_signature"):
        checked(desk, answer.body + b" ", answer.signature)
    for personal in (str(SUN["证件号码"]), "孙建国"):
        assert personal not in answer.body.decode()


def test_an_unknown_person_gets_an_answer_of_the_same_shape(desk: Desk) -> None:
    known, unknown = ask(desk, SUN, **ENGINEERING).told, ask(desk, UNKNOWN, **ENGINEERING).told
    assert set(known) == set(unknown)
    assert unknown["eligible"] is True
    assert unknown["note"] == "本系统没有可提供的职称记录。"
    assert [one["code"] for one in unknown["reasons"]] == ["base-title-missing"]


def test_under_a_wrong_name_no_title_is_told(desk: Desk) -> None:
    told = ask(desk, {**SUN, "姓名": "孙健国"}, **ENGINEERING).told
    assert (told["titles"], told["base_title"], told["tenure_start"]) == ([], None, None)
    assert [one["code"] for one in told["reasons"]] == ["name-differs"]


def test_nobody_but_a_program_with_the_purpose_may_ask(desk: Desk) -> None:
    raw = question(SUN)
    assert send(desk, raw, PROGRAM).status_code == 403
    with desk.visitor() as visitor:
        assert visitor.post(PATH, content=raw).status_code == 401
    for person in ("maker", "supervisor"):
        with desk.sign_in(person) as official:
            assert official.post(PATH, content=raw).status_code == 403
    assert (PROGRAM, "api:eligibility:ask.refused") in desk.actions("eligibility")


def test_the_purpose_opens_nothing_else(desk: Desk) -> None:
    program = desk.programs[APPLICATION_SYSTEM]
    filing = sample(REGULAR).with_rows([SUN]).xlsx()
    xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    for method, path, body, kind in (
        ("GET", "/api/v1/cancelled-years", b"", "application/json"),
        ("POST", "/api/v1/filings", filing, xlsx),
    ):
        token = program.token(desk.claims(APPLICATION_SYSTEM, body))
        assert desk.call(method, path, token, body, kind).status_code == 403, path


def test_every_question_is_written_down_without_the_number(desk: Desk) -> None:
    ask(desk, UNKNOWN)
    with desk.office.office.engine.begin() as connection:
        last = connection.execute(select(personal_look).order_by(personal_look.c.position.desc())).first()
    assert last is not None
    assert (last.channel, last.viewer, last.purpose) == ("service", APPLICATION_SYSTEM, "核查申报资格")
    assert last.object.startswith("P")
    assert len(last.object) == 20
    assert UNKNOWN["证件号码"] not in repr(last)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"id_number": "229901198503171023"}, 400),
        ({"series": "炼金术"}, 400),
        ({"level": "教授"}, 400),
        ({"way": "走后门"}, 400),
        ({"name": ""}, 400),
        ({"applied_on": "2026-02-30"}, 422),
        ({"id_kind": "学生证"}, 422),
        ({"extra": 1}, 422),
        ({"id_number": "2" * 100}, 422),
    ],
    ids=str,
)
def test_a_question_that_is_not_right_is_a_problem_that_repeats_no_number(
    desk: Desk, changed: dict[str, Any], status: int
) -> None:
    raw = question(UNKNOWN, **changed)
    answer = send(desk, raw)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(raw)["id_number"] not in answer.text


def test_codes_are_understood_as_well_as_words(desk: Desk) -> None:
    told = ask(desk, SUN, series="5", level="1", way="1").told
    assert (told["series"], told["level"], told["way"]) == ("工程技术人员", "正高级", "常规评审")


def test_the_keys_are_for_everybody_and_stay_the_same(desk: Desk) -> None:
    with desk.visitor() as visitor:
        first, again = (visitor.get("/api/v1/keys") for _ in range(2))
    assert first.status_code == 200
    assert first.content == again.content
    (key,) = first.json()["keys"]
    assert {key["kty"], key["crv"], key["alg"], key["use"]} == {"OKP", "Ed25519", "EdDSA", "sig"}


def test_a_program_that_asks_too_often_is_told_to_wait(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock, eligibility_per_minute=2) as desk:
        register_application_system(desk)
        answers = [send(desk, question(UNKNOWN)) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[-1].headers["Retry-After"]) >= 1


def test_bars_are_told_with_clause_and_first_free_day(tmp_path: Path, database_url: str) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock, database_url) as desk:
        register_application_system(desk)
        row = sample(REGULAR).with_rows([SUN])
        (certificate,) = desk.office.issue(desk.office.submit(row.xlsx()))
        Deciders(desk.office, clock).decide(DecisionKind.REVOKE, certificate.draft.content.number)
        with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
            form = {
                "name": "孙建国",
                "id_kind": "居民身份证",
                "id_number": SUN["证件号码"],
                "year": 2024,
                "document": "吉人社取〔2024〕3号",
                "decided_on": "2024-06-03",
                "ground": "业绩材料与他人雷同",
            }
            step = maker.post("/api/v1/cancelled-years", json=form).json()["step"]
            assert maker.post(f"/api/v1/cancelled-years/{step}/confirmation").status_code == 403
            assert second.post(f"/api/v1/cancelled-years/{step}/confirmation").json()["status"] == "confirmed"
            (listed,) = maker.get("/api/v1/cancelled-years").json()["steps"]
            assert (listed["id_last4"], listed["year"]) == ("0515", 2024)
        told = ask(desk, SUN, applied_on=date(2024, 7, 1)).told
        assert told["eligible"] is False
        bars = {one["code"]: (one["clause"], one["free_on"]) for one in told["reasons"] if one["free_on"]}
        assert bars == {
            "credit-block": ("吉人社函〔2022〕38号 四（二）", "2027-06-03"),
            "year-cancelled": ("吉人社函〔2022〕38号 四（四）", "2025-01-01"),
        }
        assert told["free_on"] == "2027-06-03"
        assert told["titles"] == []
        for day, eligible in ((date(2027, 6, 2), False), (date(2027, 6, 3), True)):
            assert ask(desk, SUN, applied_on=day).told["eligible"] is eligible
        with desk.sign_in("maker") as maker, desk.sign_in("second") as second:
            lifting = {
                "document": "吉人社恢〔2024〕1号",
                "decided_on": "2024-06-03",
                "ground": "复核后不成立",
            }
            lifted = maker.post(f"/api/v1/cancelled-years/{step}/lifting", json=lifting).json()["step"]
            assert second.post(f"/api/v1/cancelled-years/{lifted}/confirmation").status_code == 200
        codes = {one["code"] for one in ask(desk, SUN, applied_on=date(2024, 7, 1)).told["reasons"]}
        assert "year-cancelled" not in codes
        assert "credit-block" in codes


def test_a_title_is_told_once_its_certificate_is_published(tmp_path: Path, database_url: str) -> None:
    clock = FixedClock(datetime(2024, 6, 3, 2, 0, tzinfo=UTC))
    with open_desk(tmp_path, clock, database_url) as desk:
        register_application_system(desk)
        office = desk.office.office
        report = desk.office.submit(sample(REGULAR).with_rows([SUN]).xlsx())
        office.approval.approve(report.filing, "maker")
        office.approval.begin_issue(report.filing, "checker")
        next(office.issuance.resume(report.filing))  # broken off after the drafts
        assert ask(desk, SUN, **ENGINEERING).told["titles"] == []
        assert office.filings.titles_held([SUN["证件号码"]]), "the gate refuses the same title again"
        office.issuance.run(report.filing)
        assert len(ask(desk, SUN, **ENGINEERING).told["titles"]) == 1
