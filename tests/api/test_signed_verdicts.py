"""Signed verdicts: an answer that is filed, and that convinces years later without asking the service again."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from certverify import load_trust
from certverify.cli import main
from certverify.signed_verdict import SignedVerdictCheck, check_signed_verdict

from certsvc.adapters.certificate_store import PublicCertificate
from certsvc.domain.decision import DecisionKind
from certsvc.formats.manual_code import manual_code
from tests.api.asking import PublicOffice, claim, qr_text


def asked(public: PublicOffice, question: dict[str, Any]) -> httpx.Response:
    return public.client.post("/api/v1/signed-verdict", json=question)


def signed(public: PublicOffice, question: dict[str, Any]) -> bytes:
    answer = asked(public, question)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/jose+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def checked(public: PublicOffice, raw: bytes, qr: str | None = None) -> SignedVerdictCheck:
    trust = load_trust(public.office.settings.public_folder)
    return check_signed_verdict(raw, trust, public.clock.now(), qr)


def payload(raw: bytes) -> dict[str, Any]:
    digits = json.loads(raw)["payload"]
    said: dict[str, Any] = json.loads(urlsafe_b64decode(digits + "=" * (-len(digits) % 4)))
    return said


def codes(check: SignedVerdictCheck) -> set[str]:
    return {code.value for code in check.codes} - {"test-environment", "no-witnesses"}


def test_the_signed_verdict_says_what_the_verdict_says_and_proves_the_status_by_itself(
    shared: PublicOffice,
) -> None:
    certificate = shared.regular[0]
    question = {"qr": qr_text(certificate)}
    raw = signed(shared, question)
    check = checked(shared, raw, question["qr"])
    assert payload(raw)["verdict"] == shared.verify(question)
    answer = check.as_json()
    assert (answer["verdict"], answer["about_record"], codes(check)) == ("passed", "yes", set())
    assert answer["proven"]["status"] == "valid"
    assert answer["proven"]["slot"] == certificate.draft.content.slot
    assert answer["question"]["record"] == sha256(certificate.record).hexdigest()


def test_it_is_signed_by_the_key_that_is_published_for_programs(shared: PublicOffice) -> None:
    raw = signed(shared, {"qr": qr_text(shared.regular[0])})
    (published,) = shared.office.credit.published_keys()["keys"]  # type: ignore[misc]
    assert checked(shared, raw).kid == published["kid"]


def test_it_can_be_asked_for_in_all_three_ways_and_always_binds_the_record(shared: PublicOffice) -> None:
    certificate = shared.regular[1]
    ways = {
        "qr": {"qr": qr_text(certificate)},
        "code": {"code": manual_code(certificate.record)},
        "holder": claim(certificate),
    }
    for by, question in ways.items():
        check = checked(shared, signed(shared, question), qr_text(certificate))
        assert check.outcome.value == "passed"
        assert check.as_json()["question"] == {
            "by": by,
            "place": None,
            "record": sha256(certificate.record).hexdigest(),
        }


def test_it_carries_neither_name_nor_id_number(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    award = certificate.draft.content.award
    for question in ({"qr": qr_text(certificate)}, claim(certificate)):
        said = json.dumps(payload(signed(shared, question)), ensure_ascii=False)
        assert award.name not in said
        assert award.document.number not in said
        assert award.document.number[-4:] not in json.dumps(payload(signed(shared, question))["question"])


def test_the_place_of_use_is_part_of_question_and_verdict(shared: PublicOffice) -> None:
    question = {"qr": qr_text(shared.dual[0]), "place": "222401"}
    answer = checked(shared, signed(shared, question)).as_json()
    assert (answer["verdict"], answer["told"]["valid_here"]) == ("failed", "no")
    assert answer["question"]["place"] == "222401"


@pytest.mark.parametrize(
    "question",
    [
        {"qr": "https://zs.example/v#ABC"},
        {"number": "222023052000017X", "name": "无此人", "id_last4": "0000"},
        {"number": "222023052000017X", "name": "另一人", "id_last4": "1111", "place": "222404"},
    ],
)
def test_what_is_not_found_is_signed_as_not_found_and_names_no_record(
    shared: PublicOffice, question: dict[str, Any]
) -> None:
    raw = signed(shared, question)
    check = checked(shared, raw, qr_text(shared.regular[0]))
    assert check.outcome.value == "undetermined"
    assert codes(check) == {"signed-verdict-no-evidence", "signed-verdict-names-no-record"}
    assert payload(raw)["question"]["record"] is None
    assert payload(raw)["evidence"] is None


def test_a_forged_record_is_signed_as_forged_without_being_named(shared: PublicOffice) -> None:
    text = qr_text(shared.regular[0])
    forged = text[:-40] + ("A" if text[-40] != "A" else "B") + text[-39:]
    raw = signed(shared, {"qr": forged})
    assert payload(raw)["verdict"]["verdict"] == "failed"
    assert payload(raw)["question"]["record"] is None


def test_a_verdict_on_one_certificate_is_not_taken_for_anothers(shared: PublicOffice) -> None:
    raw = signed(shared, {"qr": qr_text(shared.regular[0])})
    check = checked(shared, raw, qr_text(shared.regular[1]))
    assert (check.outcome.value, check.about.value) == ("failed", "no")
    assert codes(check) == {"signed-verdict-other-record"}


def test_a_revocation_is_signed_at_once_and_again_with_its_proof(public: PublicOffice) -> None:
    certificate: PublicCertificate = public.regular[0]
    question = {"qr": qr_text(certificate)}
    before = signed(public, question)
    public.decide(DecisionKind.REVOKE, certificate, logged=False)
    ahead = checked(public, signed(public, question))
    assert (ahead.outcome.value, codes(ahead)) == ("failed", {"signed-verdict-ahead"})
    public.office.record_waiting()
    public.office.publish()
    proven = checked(public, signed(public, question), question["qr"])
    assert proven.as_json()["proven"]["status"] == "revoked"
    assert (proven.outcome.value, codes(proven)) == ("failed", set())
    assert checked(public, before, question["qr"]).outcome.value == "passed"  # as it was told then


def test_the_file_still_checks_years_later_at_the_command_line(
    shared: PublicOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = shared.regular[2]
    file = tmp_path / "verdict.json"
    file.write_bytes(signed(shared, {"qr": qr_text(certificate)}))
    tree = str(shared.office.settings.public_folder)
    later = shared.clock.now() + timedelta(days=7 * 365)
    given = ["verdict", str(file), "--trust", tree, "--qr", qr_text(certificate)]
    assert main([*given, "--json"], clock=lambda: later) == 0
    assert (
        json.loads(capsys.readouterr().out)["told"]["certificate"]["number"]
        == certificate.draft.content.number
    )
    assert main(given, clock=lambda: later) == 0
    text = capsys.readouterr().out
    for words in ("文件可信", "针对所出示的证书记录：是", "状态位", "核验结果：通过核验"):
        assert words in text
    assert main([*given, "--lang", "en"], clock=lambda: later) == 0
    assert "About the record shown: yes" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["missing.json", "empty.json"])
def test_a_file_that_is_none_accuses_nobody(
    shared: PublicOffice, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    tree = str(shared.office.settings.public_folder)
    assert main(["verdict", str(tmp_path / name), "--trust", tree, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["verdict"] == "undetermined"


def test_reading_and_other_content_are_refused(shared: PublicOffice) -> None:
    assert shared.client.get("/api/v1/signed-verdict").status_code == 405
    assert shared.client.post("/api/v1/signed-verdict", content=b"%PDF-1.7").status_code == 415
    assert asked(shared, {"pdf": "x"}).status_code == 422
