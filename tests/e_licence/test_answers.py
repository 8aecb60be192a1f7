"""Who is given which metadata: everybody masked, registered programs whole, and nobody anything by an identifier alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema_rs import Draft202012Validator

from certsvc.adapters.access_schema import personal_look
from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.decision import DecisionKind
from certsvc.domain.e_licence import e_licence_identifier
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.entrypoints.e_licence_objects import answer_schema
from certsvc.formats.manual_code import manual_code
from tests.access.desk import PROGRAM, Desk
from tests.api.asking import claim, qr_text
from tests.e_licence.conftest import LIBRARY

PATH, IDENTIFIER, RECORDS = (
    "/api/v1/e-licence",
    "/api/v1/e-licence/identifier",
    "/api/v1/e-licence-records",
)
PURPOSE = "电子证照元数据"
SCHEMA = Draft202012Validator(answer_schema())


def asked(desk: Desk, body: dict[str, Any], path: str = PATH) -> Any:
    with desk.visitor() as anybody:
        answer = anybody.post(path, json=body)
    return answer.json() | {"http": answer.status_code}


def asked_by_program(desk: Desk, body: dict[str, Any], program: str = LIBRARY) -> Any:
    raw = json.dumps(body).encode()
    answer = desk.call("POST", RECORDS, desk.programs[program].token(desk.claims(program, raw)), raw)
    return answer.json() | {"http": answer.status_code}


def looks(desk: Desk) -> list[tuple[str, str, str]]:
    """Channel, viewer and object of every look at metadata, oldest first."""
    with desk.office.office.engine.begin() as connection:
        rows = connection.execute(personal_look.select().order_by(personal_look.c.position)).all()
    return [(one.channel, one.viewer, one.object) for one in rows if one.purpose == PURPOSE]


def identifier_of(desk: Desk, certificate: PublicCertificate) -> str:
    return e_licence_identifier(certificate.draft.content, desk.office.office.settings.e_licence_codes)


def test_everybody_who_shows_the_record_or_knows_the_holder_sees_the_holder_masked(
    desk: Desk, certificate: PublicCertificate
) -> None:
    before = len(looks(desk))
    content = certificate.draft.content
    by_record, by_claim = asked(desk, {"qr": qr_text(certificate)}), asked(desk, claim(certificate))
    by_code = asked(desk, {"code": manual_code(certificate.record)})
    assert by_record == by_claim == by_code
    assert by_record.pop("http") == 200
    SCHEMA.validate(by_record)
    fields = by_record["e_licence"]
    assert (fields["ZZBH"], fields["ZZBS"]) == (content.number, identifier_of(desk, certificate))
    assert (fields["KZ_YXQY"], by_record["status"], by_record["status_label"]) == ("珲春市", "valid", "有效")
    shown = json.dumps(by_record, ensure_ascii=False)
    assert content.award.name not in shown
    assert fields["CZZTDM"] == "*" * 14 + content.award.document.last4
    assert looks(desk)[before:] == [("api", "public", content.number)] * 3


def test_whatever_does_not_agree_has_one_and_the_same_answer_and_is_no_look(
    desk: Desk, certificate: PublicCertificate
) -> None:
    before = len(looks(desk))
    refused = [
        asked(desk, question) | {"instance": ""}
        for question in (
            {"qr": qr_text(certificate)[:-1] + "X"},
            {"qr": "x"},
            {"code": manual_code(b"no such record")},
            {"qr": identifier_of(desk, certificate)},
            claim(certificate, number="2220230510009999"),
            claim(certificate, name="何人"),
            claim(certificate, id_last4="0000"),
        )
    ]
    assert all(answer == refused[0] for answer in refused)
    assert (refused[0]["http"], refused[0]["code"]) == (404, "unknown-reference")
    assert len(looks(desk)) == before


def test_a_revoked_title_says_so_beside_its_metadata(
    desk: Desk, certificates: tuple[PublicCertificate, ...]
) -> None:
    certificate = certificates[1]
    office, number = desk.office.office, certificate.draft.content.number
    decision = office.deciding.propose(
        DecisionKind.REVOKE, number, "吉人社撤〔2024〕7号", desk.clock.today(), "材料不实", "maker"
    )
    office.confirm_decision(decision, "second")
    answer = asked(desk, {"qr": qr_text(certificate)})
    assert (answer["status"], answer["status_label"]) == ("revoked", "已撤销")


def test_a_corrected_certificate_names_the_version_that_it_replaces(
    desk: Desk, certificates: tuple[PublicCertificate, ...]
) -> None:
    certificate = certificates[2]
    office, number = desk.office.office, certificate.draft.content.number
    old = claim(certificate)
    decision = office.deciding.propose(
        DecisionKind.CORRECT,
        number,
        "吉人社更〔2024〕1号",
        desk.clock.today(),
        "姓名更正",
        "maker",
        {"name": "更名人"},
    )
    office.confirm_decision(decision, "second")
    first, second = asked(desk, old), asked(desk, old | {"name": "更名人"})
    assert (first["status"], first["e_licence"]["KZ_BBH"]) == ("superseded", "001")
    assert (second["status"], second["e_licence"]["KZ_BBH"]) == ("valid", "002")
    assert second["e_licence"]["KZ_GLZZBS"] == first["e_licence"]["ZZBS"]


def test_a_registered_program_sees_everything_and_others_nothing(
    desk: Desk, certificate: PublicCertificate
) -> None:
    before = len(looks(desk))
    content = certificate.draft.content
    whole = asked_by_program(desk, {"qr": qr_text(certificate)})
    assert asked_by_program(desk, claim(certificate)) == whole
    assert whole.pop("http") == 200
    SCHEMA.validate(whole)
    holder = (whole["e_licence"]["CZZT"], whole["e_licence"]["CZZTDM"])
    assert holder == (content.award.name, content.award.document.number)
    assert looks(desk)[before:] == [("service", LIBRARY, content.number)] * 2
    refused = asked_by_program(desk, {"qr": qr_text(certificate)}, PROGRAM)
    assert (refused["http"], refused["code"]) == (403, "not-permitted")
    assert (PROGRAM, "api:e_licence:read.refused") in desk.actions("e-licence")
    assert asked(desk, {"qr": qr_text(certificate)}, RECORDS)["http"] == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "2220230520000014"},
        {"qr": "x", "number": "2220230520000014"},
        {"identifier": "1.2.156.3005.2"},
    ],
)
def test_a_program_asks_in_one_whole_way(desk: Desk, body: dict[str, Any]) -> None:
    assert asked_by_program(desk, body)["http"] == 422


def test_an_identifier_alone_says_nothing_of_any_certificate(
    desk: Desk, certificate: PublicCertificate
) -> None:
    before = len(looks(desk))
    known = identifier_of(desk, certificate)
    answer = asked(desk, {"identifier": known}, IDENTIFIER)
    assert (answer["http"], answer["right"], answer["fault"]) == (200, True, None)
    assert answer["parts"]["serial"] == certificate.draft.content.number
    somebody = "1.2.156.3005.2.111000000000000A23099.11220000000000019E.2220260400000001.001.L"
    other = asked(desk, {"identifier": somebody}, IDENTIFIER)
    assert {**other, "parts": None} == {**answer, "parts": None}
    assert asked(desk, {"identifier": known})["http"] == 422
    assert len(looks(desk)) == before


@pytest.mark.parametrize(
    ("identifier", "fault", "words"),
    [
        ("1.2.156.3005.2.111000000000000A23099.11220000000000019E.2220260400000001.001.M", "check", "校验位"),
        ("1.2.156.3005.2", "form", "不是电子证照标识"),
        ("林晓棠", "form", "不是电子证照标识"),
    ],
)
def test_a_wrong_identifier_is_said_to_be_wrong(desk: Desk, identifier: str, fault: str, words: str) -> None:
    answer = asked(desk, {"identifier": identifier}, IDENTIFIER)
    assert (answer["right"], answer["fault"], answer["parts"]) == (False, fault, None)
    assert words in answer["zh"]


def test_reading_is_refused_with_the_method_to_use(desk: Desk) -> None:
    with desk.visitor() as anybody:
        answers = [anybody.get(path) for path in (PATH, IDENTIFIER)]
    assert [(one.status_code, one.headers["allow"]) for one in answers] == [(405, "POST")] * 2


def test_the_operator_reads_them_whole_and_the_look_is_noted(
    desk: Desk, certificate: PublicCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(looks(desk))
    office, content = desk.office.office, certificate.draft.content
    monkeypatch.setattr("certsvc.entrypoints.cli.e_licence_commands.opened_office", lambda: office)
    result = CliRunner().invoke(certsvc, ["certificate", "metadata", content.number, "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    SCHEMA.validate(shown)
    assert shown["e_licence"]["CZZTDM"] == content.award.document.number
    told = CliRunner().invoke(certsvc, ["certificate", "metadata", content.number]).stdout
    assert f"ZZBS\t证照标识\t{shown['e_licence']['ZZBS']}" in told
    assert told.endswith("当前状态：有效\n")
    assert looks(desk)[before:] == [("cli", "operator", content.number)] * 2
    assert CliRunner().invoke(certsvc, ["certificate", "metadata", "2220230510009999"]).exit_code != 0
