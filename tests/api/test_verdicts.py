"""Verdicts over HTTP: what an employer is told, by every way of asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from certverify import check_record, load_trust, open_ledger
from certverify.errors import SandboxBusyError
from certverify.pdf_sandbox import PdfSandbox

from certsvc.adapters.key_ring import load_keys
from certsvc.adapters.signers import HeldRecordSigner
from certsvc.domain.decision import DecisionKind
from certsvc.formats.record import QrRecord, encode_record, record_signing_bytes, record_text
from tests.api.asking import GROUND, REFERENCE, PublicOffice, claim, codes, qr_text

DECISION = {"reference": REFERENCE, "date": "2026-11-20", "ground": GROUND, "effective_on": "2026-11-20"}
HUNCHUN, YANJI, YANBIAN, BEIJING = "222404", "222401", "222400", "110101"


def test_a_valid_certificate_passes_by_every_way_of_asking(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    verdicts = [
        shared.verify({"qr": qr_text(certificate)}),
        shared.verify({"qr": qr_text(certificate, prefix="")}),
        shared.verify(claim(certificate)),
        shared.verify_pdf(shared.document(certificate)) | {"comparison": None},
    ]
    assert (verdicts[0]["verdict"], verdicts[0]["status"]) == ("passed", "valid")
    assert all(verdict == verdicts[0] for verdict in verdicts)


def test_the_answer_is_the_one_of_the_command_line_and_names_nobody(shared: PublicOffice) -> None:
    certificate = shared.regular[0]
    folder = shared.office.settings.public_folder
    trust = load_trust(folder)
    outside = check_record(
        qr_text(certificate), trust, open_ledger(folder, trust), shared.clock.now(), None, timedelta(hours=1)
    )
    answer = shared.client.post("/api/v1/verify", json={"qr": qr_text(certificate)})
    assert answer.json() == outside.as_json()
    assert certificate.draft.content.award.name not in answer.text
    assert certificate.draft.content.award.document.number not in answer.text


@pytest.mark.parametrize(
    ("place", "verdict", "valid_here"),
    [
        (None, "passed", "not_asked"),
        (HUNCHUN, "passed", "yes"),
        (YANJI, "failed", "no"),
        (BEIJING, "failed", "no"),
        (YANBIAN, "undetermined", "undetermined"),
        ("229998", "undetermined", "undetermined"),
    ],
)
def test_a_dual_directed_title_counts_in_its_county_alone(
    shared: PublicOffice, place: str | None, verdict: str, valid_here: str
) -> None:
    certificate = shared.dual[0]
    asked: dict[str, Any] = {} if place is None else {"place": place}
    for given in (
        shared.verify({"qr": qr_text(certificate)} | asked),
        shared.verify(claim(certificate) | asked),
        shared.verify_pdf(shared.document(certificate), **asked),
    ):
        assert (given["verdict"], given["valid_here"]) == (verdict, valid_here)
        assert given["validity_area"] == {"code": HUNCHUN, "name": "珲春市"}


def test_a_record_signed_by_somebody_else_is_forged(shared: PublicOffice) -> None:
    text = qr_text(shared.regular[0])
    assert shared.verify({"qr": f"{text[:-2]}{'A' if text[-2] != 'A' else 'B'}Z"})["verdict"] == "failed"
    assert codes(shared.verify({"qr": text[:-1] + "X"}))[0] == "record-altered"
    assert shared.verify({"qr": text[:-40] + "Z"})["verdict"] == "undetermined"
    assert codes(shared.verify({"qr": "你好"}))[0] == "record-unreadable"


def test_a_record_of_our_key_that_the_register_does_not_have_is_not_in_the_log(shared: PublicOffice) -> None:
    """Whoever stole the key could name the slot of somebody else's valid certificate."""
    content = shared.regular[0].draft.content
    signer = record_key(shared)
    record = QrRecord(
        "222099051000001X", 1, content.slot, "何人", "0000", 5, content.award.title, 1, 1, None,
        content.award.acquired_on,
    )  # fmt: skip
    text = record_text(
        encode_record(record, signer.kid, signer.sign(record_signing_bytes(record, signer.kid)))
    )
    verdict = shared.verify({"qr": text})
    assert (verdict["verdict"], verdict["authentic"], codes(verdict)[1]) == (
        "undetermined",
        "yes",
        "not-in-log",
    )


def test_one_changed_byte_of_the_file_is_found(shared: PublicOffice) -> None:
    raw = shared.document(shared.regular[0])
    middle = len(raw) // 2
    altered = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]
    assert codes(shared.verify_pdf(altered))[0] == "document-altered"
    assert codes(shared.verify_pdf(b"%PDF-1.7 something else"))[0] == "document-not-original"
    assert codes(shared.verify_pdf(b""))[0] == "document-unreadable"
    assert codes(shared.verify_pdf(b"<script>"))[0] == "document-unreadable"


@pytest.mark.parametrize("logged", [False, True])
@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (DecisionKind.REVOKE, "revoked", "revoked"),
        (DecisionKind.VOID, "voided", "voided"),
        (DecisionKind.SUSPEND, "suspended", "suspended"),
    ],
)
def test_a_committed_decision_answers_at_once_with_its_reason(
    public: PublicOffice, kind: DecisionKind, status: str, code: str, logged: bool
) -> None:
    certificate, other = public.regular[:2]
    assert public.verify({"qr": qr_text(certificate)})["verdict"] == "passed"
    public.decide(kind, certificate, logged=logged)
    for verdict in (
        public.verify({"qr": qr_text(certificate)}),
        public.verify(claim(certificate)),
        public.verify_pdf(public.document(certificate)),
    ):
        assert (verdict["verdict"], verdict["authentic"], verdict["status"]) == ("failed", "yes", status)
        assert code in codes(verdict)
        from_on = (
            certificate.draft.content.award.acquired_on.isoformat() if kind is DecisionKind.VOID else None
        )
        assert verdict["decision"] == DECISION | ({"effective_on": from_on} if from_on else {})
    untouched = public.verify({"qr": qr_text(other)})
    assert (untouched["verdict"], untouched["decision"]) == ("passed", None)


def test_a_lifted_suspension_counts_once_the_log_has_it(public: PublicOffice) -> None:
    certificate = public.regular[0]
    public.decide(DecisionKind.SUSPEND, certificate)
    public.decide(DecisionKind.REINSTATE, certificate, logged=False)
    assert public.verify({"qr": qr_text(certificate)})["status"] == "suspended"
    public.office.catch_up()
    verdict = public.verify({"qr": qr_text(certificate)})
    assert (verdict["verdict"], verdict["decision"]) == ("passed", None)


def test_an_old_version_names_its_correction_and_the_new_one_passes(public: PublicOffice) -> None:
    certificate = public.regular[0]
    public.decide(DecisionKind.CORRECT, certificate, changes={"name": "更名人"})
    old = public.verify({"qr": qr_text(certificate)})
    assert (old["verdict"], old["status"], old["replaced_by"]) == ("failed", "superseded", 2)
    assert old["decision"] == DECISION
    by_old_name = public.verify(claim(certificate))
    assert by_old_name == old
    new = public.verify(claim(certificate, name="更名人"))
    assert (new["verdict"], new["certificate"]["version"], new["decision"]) == ("passed", 2, None)


def test_valid_needs_a_log_of_the_last_hour_and_revoked_does_not(public: PublicOffice) -> None:
    valid, revoked = public.regular[:2]
    public.decide(DecisionKind.REVOKE, revoked)
    public.clock.advance(timedelta(minutes=60))
    assert public.verify({"qr": qr_text(valid)})["verdict"] == "passed"
    public.clock.advance(timedelta(seconds=1))
    stale = public.verify({"qr": qr_text(valid)})
    assert (stale["verdict"], stale["not_established"][-1]) == ("undetermined", "checkpoint-stale")
    text = next(one["zh"] for one in stale["findings"] if one["code"] == "checkpoint-stale")
    assert "1 小时" in text
    assert public.verify({"qr": qr_text(revoked)})["verdict"] == "failed"
    public.office.republish()
    assert public.verify({"qr": qr_text(valid)})["verdict"] == "passed"


def test_without_a_log_nothing_is_valid_and_what_is_revoked_stays_so(public: PublicOffice) -> None:
    valid, revoked = public.regular[:2]
    public.decide(DecisionKind.REVOKE, revoked)
    (public.office.settings.public_folder / "checkpoint").unlink()
    verdict = public.verify({"qr": qr_text(valid)})
    assert (verdict["verdict"], verdict["status"], verdict["as_of"]) == ("undetermined", "unknown", None)
    assert "tree-missing" in codes(verdict)
    assert public.verify({"qr": qr_text(revoked)})["verdict"] == "failed"


@pytest.mark.parametrize(
    "written", ["{} ", " {}", "{0[0]} {0[1]}·{0[2]}", "{0[0]}　{0[1]}{0[2]}", "{0[0]}-{0[1]}{0[2]}"]
)
def test_separators_of_a_name_do_not_count(shared: PublicOffice, written: str) -> None:
    certificate = next(one for one in shared.regular if len(one.draft.content.award.name) == 3)
    name = written.format(certificate.draft.content.award.name)
    asked = claim(certificate, name=name, number=f" {certificate.draft.content.number.lower()} ")
    assert shared.verify(asked)["verdict"] == "passed"


def record_key(public: PublicOffice) -> HeldRecordSigner:
    settings = public.office.settings
    return load_keys(settings.keys_folder, log_origin=settings.log_origin).record


def test_while_too_many_files_are_examined_the_answer_is_to_come_again(
    shared: PublicOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise SandboxBusyError("no place")

    monkeypatch.setattr(PdfSandbox, "place", busy)
    raw = shared.document(shared.regular[0])
    answer = shared.client.post(
        "/api/v1/verify/pdf", content=raw + b"\n", headers={"Content-Type": "application/pdf"}
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "examination-busy"
    assert shared.verify_pdf(raw)["verdict"] == "passed"
