"""Verification reports: a verdict as a signed page that can be filed, and that leads to the verdict of the day it is read."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from certsvc.adapters.access_schema import personal_look as look
from certsvc.domain.decision import DecisionKind
from certsvc.domain.decision_text import LONGEST_GROUND
from certsvc.formats.manual_code import manual_code
from tests.api.asking import REFERENCE, PublicOffice, claim, qr_text


def asked(public: PublicOffice, question: dict[str, Any]) -> httpx.Response:
    return public.client.post("/api/v1/report", json=question)


def report(public: PublicOffice, question: dict[str, Any]) -> PdfReader:
    answer = asked(public, question)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="verification-report-R\w{15}\.pdf"', answer.headers["content-disposition"]
    )
    return PdfReader(BytesIO(answer.content), strict=True)


def page_text(reader: PdfReader) -> str:
    return re.sub(r"\s", "", reader.pages[0].extract_text())


def embedded(reader: PdfReader) -> dict[str, Any]:
    ((name, (content,)),) = reader.attachments.items()
    assert name == "verdict.json"
    verdict: dict[str, Any] = json.loads(content)
    return verdict


def test_the_report_states_the_verdict_and_embeds_it(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    question = {"qr": qr_text(certificate)}
    reader = report(shared, question)
    assert embedded(reader) == shared.verify(question)
    text = page_text(reader)
    for words in ("核验报告", "通过核验", "有效", certificate.draft.content.number, "2026年11月20日16时0"):
        assert words in text
    assert certificate.draft.content.award.name not in text
    assert certificate.draft.content.award.document.number not in text


def test_a_report_can_be_asked_for_in_all_three_ways(shared: PublicOffice) -> None:
    certificate = shared.regular[1]
    ways = [
        {"qr": qr_text(certificate)},
        {"code": manual_code(certificate.record)},
        claim(certificate),
    ]
    texts = [report(shared, way) for way in ways]
    assert {embedded(one)["certificate"]["number"] for one in texts} == {certificate.draft.content.number}


def test_its_symbol_is_the_certificates_own_so_that_it_leads_to_the_status_of_today(
    public: PublicOffice,
) -> None:
    certificate = public.regular[0]
    reader = report(public, {"qr": qr_text(certificate, "https://elsewhere.example/v#")})
    link = next(
        note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"] if "/A" in note.get_object()
    )
    assert link == qr_text(certificate)
    public.decide(DecisionKind.REVOKE, certificate)
    assert public.verify({"qr": link})["status"] == "revoked"
    later = report(public, {"qr": link})
    assert "未通过核验" in page_text(later)
    assert REFERENCE in page_text(later)


def test_a_report_on_a_title_of_one_county_says_so_in_its_sentence_and_its_marks(
    shared: PublicOffice,
) -> None:
    question = {"qr": qr_text(shared.dual[0])}
    text = page_text(report(shared, question))
    assert "双定向" in text
    assert text.count("仅在珲春市范围内有效") >= 3
    elsewhere = report(shared, question | {"place": "222401"})
    assert embedded(elsewhere)["valid_here"] == "no"
    assert "未通过核验" in page_text(elsewhere)


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({"qr": "https://zs.example/v#ABC"}, 409, "conflict"),
        ({"number": "222023052000017X", "name": "无此人", "id_last4": "0000"}, 404, "unknown-reference"),
        ({"code": "22222-22222-22223"}, 422, None),
        ({}, 422, None),
    ],
)
def test_what_the_authority_did_not_sign_has_no_report(
    shared: PublicOffice, question: dict[str, Any], status: int, code: str | None
) -> None:
    before = shared.looks()
    answer = asked(shared, question)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code
    assert shared.looks() == before


def test_the_longest_ground_and_characters_that_no_font_has_are_printed_as_far_as_they_go(
    public: PublicOffice,
) -> None:
    certificate, ground = public.regular[0], "한申报材料造假" + "，" + "情节严重" * 120
    public.decide(DecisionKind.REVOKE, certificate, ground=ground[:LONGEST_GROUND])
    reader = report(public, {"qr": qr_text(certificate)})
    assert "：〓申报材料造假，情节严重" in page_text(reader)
    assert "（全文见所附verdict.json）" in page_text(reader)
    assert embedded(reader)["decision"]["ground"] == ground[:LONGEST_GROUND]


def test_a_report_by_code_says_so_and_its_number_stands_in_the_log_of_looks(shared: PublicOffice) -> None:
    text = page_text(report(shared, {"code": manual_code(shared.regular[1].record)}))
    assert "输入校验码" in text
    with shared.office.engine.begin() as connection:
        purpose = connection.scalar(select(look.c.purpose).order_by(look.c.position.desc()).limit(1))
    assert purpose.startswith("核验报告 R")
    assert purpose.removeprefix("核验报告 ") in text


def test_a_forged_record_has_no_report(shared: PublicOffice) -> None:
    text = qr_text(shared.regular[0])
    forged = text[:-40] + ("A" if text[-40] != "A" else "B") + text[-39:]
    assert asked(shared, {"qr": forged}).status_code == 409


def test_every_report_is_noted_as_a_look(shared: PublicOffice) -> None:
    before = shared.looks()
    report(shared, {"qr": qr_text(shared.regular[2])})
    assert shared.looks()[len(before) :] == [("api", "public", shared.regular[2].draft.content.number)]


def test_the_file_of_a_report_checks_as_the_certificate_of_today(shared: PublicOffice) -> None:
    raw = asked(shared, {"qr": qr_text(shared.regular[0])}).content
    verdict = shared.verify_pdf(raw)
    assert verdict["verdict"] == "passed"
    assert "document-is-report" in [one["code"] for one in verdict["findings"]]
