"""Receipts and reconciliation: an event that was submitted and never logged can be shown by who submitted it."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from certverify.cli import main
from certverify.errors import CertverifyError, KeyUnknownError, LogReceiptError, SignatureError
from certverify.log_receipt import Promise, decode_log_receipt, judge_promise
from certverify.note import decode_verifier_key
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from certsvc.adapters.ledger_schema import outbox_event
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import UnknownReference
from certsvc.formats.log_receipt import log_receipt_text
from certsvc.formats.note import encode_note, signature_line
from tests.decisions.deciders import Deciders, decision_day, issue_sun, open_deciders
from tests.ledger.conftest import LOG_KEY, ORIGIN
from tests.ledger.test_vectors import load

SUBMITTED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
COMMITMENTS = (bytes(32), bytes([1] * 32))
KEYS = [decode_verifier_key(load("log-receipt")["vkey"])]


def signed(text: str) -> bytes:
    return encode_note(text, [signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode()))])


def receipt_text() -> str:
    return log_receipt_text(ORIGIN, SUBMITTED, SUBMITTED + timedelta(hours=1), COMMITMENTS)


def test_the_golden_receipt_is_written_and_read_alike() -> None:
    vector = load("log-receipt")
    assert signed(receipt_text()).decode() == vector["receipt"]
    receipt = decode_log_receipt(vector["receipt"].encode(), KEYS)
    assert (receipt.origin, receipt.commitments) == (ORIGIN, COMMITMENTS)
    assert receipt.due_at - receipt.submitted_at == timedelta(hours=1)


@pytest.mark.parametrize("what", load("log-receipt")["malformed"])
def test_a_malformed_receipt_is_refused(what: str) -> None:
    text = load("log-receipt")["malformed"][what]
    with pytest.raises(LogReceiptError):
        decode_log_receipt(signed(text), KEYS)


def test_a_receipt_by_an_unknown_key_is_told_from_a_forged_one() -> None:
    text = receipt_text()
    forged = encode_note(text, [signature_line(ORIGIN, LOG_KEY.public_key, bytes(64))])
    with pytest.raises(SignatureError):
        decode_log_receipt(forged, KEYS)
    unknown = encode_note(text, [signature_line(ORIGIN, bytes(32), bytes(64))])
    with pytest.raises(KeyUnknownError):
        decode_log_receipt(unknown, KEYS)


@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_nothing_else(raw: bytes) -> None:
    with pytest.raises(CertverifyError):
        decode_log_receipt(raw, KEYS)


def test_a_checkpoint_is_no_receipt() -> None:
    root = b64encode(bytes(32)).decode()
    with pytest.raises(LogReceiptError):
        decode_log_receipt(signed(f"{ORIGIN}\n1\n{root}\n"), KEYS)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Deciders, str, str]]:
    """孙建国's certificate, and its revocation: the office, the filing, the decision."""
    deciders = open_deciders(tmp_path_factory.mktemp("decided"), decision_day())
    certificate = issue_sun(deciders)
    stored = deciders.decide(DecisionKind.REVOKE, certificate.draft.content.number)
    yield deciders, certificate.draft.filing, stored.id
    deciders.close()


def checked(capsys: pytest.CaptureFixture[str], file: Path, folder: Path, *more: str) -> tuple[int, str]:
    code = main(["receipt", str(file), "--trust", str(folder), *more])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("of", ["filing", "decision"])
def test_a_promise_that_was_kept_is_checked_with_public_bytes_alone(
    decided: tuple[Deciders, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], of: str
) -> None:
    deciders, filing, decision = decided
    receipts = deciders.office.ledger_desk.receipts
    raw = receipts.for_filing(filing) if of == "filing" else receipts.for_decision(decision)
    assert raw == (receipts.for_filing(filing) if of == "filing" else receipts.for_decision(decision))
    assert "孙建国" not in raw.decode()
    assert "229906" not in raw.decode()
    (tmp_path / "receipt").write_bytes(raw)
    code, out = checked(capsys, tmp_path / "receipt", deciders.office.settings.public_folder, "--json")
    answer = json.loads(out)
    assert (code, answer["promise"]) == (0, "kept")
    assert None not in answer["leaf_indices"]


def test_nothing_is_promised_before_it_is_committed(decided: tuple[Deciders, str, str]) -> None:
    deciders, _, _ = decided
    with pytest.raises(UnknownReference):
        deciders.office.ledger_desk.receipts.for_decision("D000000000000000")
    with pytest.raises(UnknownReference):
        deciders.office.ledger_desk.receipts.for_filing("F000000000000000")


@pytest.mark.parametrize(
    ("minutes", "code", "promise"), [(30, 2, Promise.OPEN), (59, 2, Promise.OPEN), (61, 1, Promise.BROKEN)]
)
def test_an_operator_who_never_logs_a_submitted_event_is_convicted_after_the_due_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], minutes: int, code: int, promise: Promise
) -> None:
    deciders = open_deciders(tmp_path / "home", decision_day())
    certificate = issue_sun(deciders)
    office = deciders.office
    decision = deciders.propose(DecisionKind.REVOKE, certificate.draft.content.number)
    office.deciding.confirm(decision, "checker")  # committed; the operator looks away from the outbox
    (tmp_path / "receipt").write_bytes(office.ledger_desk.receipts.for_decision(decision))
    deciders.clock.advance(timedelta(minutes=minutes))
    office.republish()
    found, out = checked(capsys, tmp_path / "receipt", office.settings.public_folder, "--json")
    assert (found, json.loads(out)["promise"]) == (code, promise.value)
    assert office.ledger_desk.reconciliation.report().sound == (minutes < 60)
    deciders.close()


def test_an_event_that_was_logged_late_is_told() -> None:
    receipt = decode_log_receipt(signed(receipt_text()), KEYS)
    leaves = [bytes.fromhex(one) for one in load("log-receipt")["late_leaves"]]
    assert judge_promise(receipt, iter(leaves), None).promise is Promise.LATE
    assert judge_promise(receipt, iter(leaves[:1]), None).promise is Promise.OPEN


def test_a_tree_that_lacks_entries_says_nothing_of_the_promise(
    decided: tuple[Deciders, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deciders, filing, _ = decided
    (tmp_path / "receipt").write_bytes(deciders.office.ledger_desk.receipts.for_filing(filing))
    shutil.copytree(deciders.office.settings.public_folder, tmp_path / "tree")
    for file in (tmp_path / "tree/tile/entries").rglob("*"):
        if file.is_file():
            file.unlink()
    assert checked(capsys, tmp_path / "receipt", tmp_path / "tree")[0] == 2
    (tmp_path / "receipt").write_bytes(b"something else")
    assert checked(capsys, tmp_path / "receipt", tmp_path / "tree")[0] == 2


def test_an_office_in_order_reconciles(decided: tuple[Deciders, str, str]) -> None:
    report = decided[0].office.ledger_desk.reconciliation.report()
    assert report.sound, report
    assert report.waiting == 0


@pytest.mark.parametrize("kind", ["issued", "revoked", "credit_opened"])
def test_a_record_whose_event_was_taken_out_of_the_outbox_is_named(tmp_path: Path, kind: str) -> None:
    from certsvc.formats.leaf import EventKind

    deciders = open_deciders(tmp_path / "home", decision_day())
    number = issue_sun(deciders).draft.content.number
    deciders.decide(DecisionKind.REVOKE, number)
    chosen = outbox_event.c.kind == int(EventKind[kind.upper()])
    with deciders.office.engine.begin() as connection:
        subject = connection.execute(select(outbox_event.c.certificate_number).where(chosen)).scalar_one()
        connection.execute(delete(outbox_event).where(chosen))
    report = deciders.office.ledger_desk.reconciliation.report()
    assert not report.sound
    assert subject in {one.subject for one in report.unqueued}
    deciders.close()


def test_the_commands_say_what_is_overdue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTSVC_HOME", str(tmp_path / "home"))
    deciders = open_deciders(tmp_path / "home", decision_day())
    certificate = issue_sun(deciders)
    deciders.close()
    assert CliRunner().invoke(certsvc, ["ledger", "reconcile"]).exit_code == 0
    given = ["ledger", "receipt", "--filing", certificate.draft.filing, "--out", str(tmp_path / "receipt")]
    assert CliRunner().invoke(certsvc, given).exit_code == 0
    assert (tmp_path / "receipt").read_bytes().startswith(b"certsvc.example/jilin-titles/log-receipt/1\n")
    with deciders.office.engine.begin() as connection:
        connection.execute(update(outbox_event).values(leaf_index=None, manifest_index=None))
    deciders.office.engine.dispose()
    result = CliRunner().invoke(certsvc, ["ledger", "reconcile", "--json"])
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["sound"], answer["waiting"]) == (1, False, 1)
    assert answer["overdue"][0]["subject"] == certificate.draft.content.number
    assert CliRunner().invoke(certsvc, ["ledger", "receipt"]).exit_code == 2
