"""Receipts and reconciliation: an event that was submitted and never logged can be shown by who submitted it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify.cli import main
from certverify.errors import (
    CertverifyError,
    KeyNotInForceError,
    KeyUnknownError,
    LogReceiptError,
    SignatureError,
)
from certverify.log_key import LogKey, log_key
from certverify.log_receipt import Promise, decode_log_receipt, judge_promise
from certverify.note import decode_verifier_key
from certverify.trust import decode_trust_list
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from certsvc.adapters.file_keys import FileLogSigner
from certsvc.adapters.ledger_schema import outbox_event
from certsvc.domain.decision import DecisionKind
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.errors import UnknownReference
from certsvc.formats.log_receipt import log_receipt_text
from certsvc.formats.note import encode_note, encode_vkey, signature_line
from tests.decisions.deciders import Deciders, decision_day, issue_sun, open_deciders
from tests.ledger.conftest import LOG_KEY, ORIGIN
from tests.ledger.test_vectors import load
from tests.verifier import builders

SUBMITTED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
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


def checked(
    capsys: pytest.CaptureFixture[str], file: Path, folder: Path, *more: str, now: datetime = LATER
) -> tuple[int, str]:
    code = main(["receipt", str(file), "--trust", str(folder), *more], lambda: now)
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
    vector = load("log-receipt")
    receipt = decode_log_receipt(signed(receipt_text()), KEYS)
    trust_list = decode_trust_list(vector["trust_list"].encode())
    leaves = [bytes.fromhex(one) for one in vector["late_leaves"]]
    assert judge_promise(receipt, iter(leaves), None, trust_list).promise is Promise.LATE
    assert judge_promise(receipt, iter(leaves[:2]), None, trust_list).promise is Promise.OPEN


@pytest.mark.parametrize("case", load("log-receipt")["covered"], ids=lambda case: case["what"])
def test_an_event_counts_only_where_a_manifest_of_the_authority_covers_it(case: dict[str, Any]) -> None:
    vector = load("log-receipt")
    receipt = decode_log_receipt(signed(receipt_text()), KEYS)
    trust_list = decode_trust_list(vector["trust_list"].encode())
    leaves = [bytes.fromhex(one) for one in case["leaves"]]
    if case["promise"] is None:
        with pytest.raises(KeyUnknownError):
            judge_promise(receipt, iter(leaves), receipt.due_at + timedelta(hours=1), trust_list)
    else:
        kept = judge_promise(receipt, iter(leaves), receipt.due_at + timedelta(hours=1), trust_list)
        assert kept.promise == case["promise"]


def dated(first: str, last: str | None) -> LogKey:
    ended_on = None if last is None else date.fromisoformat(last)
    return log_key(KEYS[0], date.fromisoformat(first), ended_on)


@pytest.mark.parametrize(
    ("first", "last", "in_force"),
    [
        ("2026-01-01", None, True),
        ("2026-11-20", "2026-11-20", True),
        ("2025-01-01", "2026-11-19", False),
        ("2026-11-21", None, False),
    ],
)
def test_the_key_of_a_receipt_is_in_force_on_the_day_of_submission(
    first: str, last: str | None, in_force: bool
) -> None:
    if in_force:
        assert decode_log_receipt(signed(receipt_text()), [dated(first, last)]).origin == ORIGIN
    else:
        with pytest.raises(KeyNotInForceError):
            decode_log_receipt(signed(receipt_text()), [dated(first, last)])


def test_a_wrong_signature_of_any_known_key_spoils_a_receipt() -> None:
    text = receipt_text()
    other = FileLogSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)), ORIGIN)
    keys = [KEYS[0], decode_verifier_key(encode_vkey(ORIGIN, other.public_key))]
    good = signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode()))
    wrong = signature_line(ORIGIN, other.public_key, bytes(64))
    for lines in ([good, wrong], [wrong, good]):
        for known in (keys, keys[::-1]):
            with pytest.raises(SignatureError):
                decode_log_receipt(encode_note(text, lines), known)


def promised(
    folder: Path, log: builders.Log, *, submitted: timedelta, commitment: bytes | None = None
) -> Path:
    """A receipt of the log in `folder` for its one event, submitted that long ago and due an hour later."""
    given = builders.sha(b"certsvc/commitment/v1\x00" + log.salt + log.payload)
    at = builders.NOW - submitted
    text = log_receipt_text(
        builders.ORIGIN, at, at + timedelta(hours=1), [given if commitment is None else commitment]
    )
    (folder / "receipt").write_text(f"{text}\n{log.log_key.sign_note(text)}", encoding="utf-8")
    log.write(folder / "tree")
    return folder / "receipt"


WITNESSED = builders.Log(witness_at=builders.NOW, policy=builders.WITNESS_POLICY)
MISSING = bytes(32)


@pytest.mark.parametrize(
    ("log", "commitment", "code", "problem", "promise"),
    [
        (WITNESSED, None, 0, None, "kept"),
        (WITNESSED, MISSING, 1, None, "broken"),
        (replace(WITNESSED, witness_at=None), None, 2, "quorum-missing", None),
        (replace(WITNESSED, witness_at=None), MISSING, 2, "quorum-missing", None),
        (replace(WITNESSED, witness_at=builders.NOW - timedelta(hours=5)), MISSING, 2, None, "open"),
        (builders.Log(cosigned_at=builders.NOW - timedelta(hours=5)), MISSING, 2, None, "open"),
        (builders.Log(cosigned_at=None), None, 2, "checkpoint-age-unknown", None),
        (builders.Log(cosigned_at=None), MISSING, 2, "checkpoint-age-unknown", None),
        (builders.Log(cosigned_at=builders.NOW + timedelta(days=1)), None, 2, "checkpoint-from-future", None),
    ],
)
def test_nothing_is_said_of_a_promise_on_a_checkpoint_that_the_policy_does_not_accept(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    log: builders.Log,
    commitment: bytes | None,
    code: int,
    problem: str | None,
    promise: str | None,
) -> None:
    file = promised(tmp_path, log, submitted=timedelta(hours=3), commitment=commitment)
    found, out = checked(capsys, file, tmp_path / "tree", "--json", now=builders.NOW)
    answer = json.loads(out)
    assert (found, answer["problem"], answer["promise"]) == (code, problem, promise)


@pytest.mark.parametrize("valid_to", ["2026-11-19", "2026-11-20"])
def test_a_receipt_by_a_retired_key_convicts_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], valid_to: str
) -> None:
    new = builders.key(builders.ORIGIN, 9)
    entry = builders.log_entry((new, "2026-11-19", None), (builders.LOG_KEY, "2026-01-01", valid_to))
    log = builders.Log(log_key=new, trust_changes={"log": entry}, policy=f"log {new.vkey()}\nquorum none\n")
    file = promised(tmp_path, log, submitted=timedelta(hours=3), commitment=MISSING)
    text = file.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
    file.write_text(f"{text}\n{builders.LOG_KEY.sign_note(text)}", encoding="utf-8")
    found, out = checked(capsys, file, tmp_path / "tree", "--json", now=builders.NOW)
    retired = valid_to == "2026-11-19"
    answer = json.loads(out)
    expected = (2, "receipt-key-not-in-force", None) if retired else (1, None, "broken")
    assert (found, answer["problem"], answer["promise"]) == expected


def test_a_receipt_is_held_against_the_pinned_anchor_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = promised(tmp_path, builders.Log(), submitted=timedelta(hours=3))
    anchor = builders.key("anchor.example/a", 8).vkey()
    code, out = checked(capsys, file, tmp_path / "tree", "--json", "--anchor", anchor, now=builders.NOW)
    assert (code, json.loads(out)["problem"]) == (2, "trust-forged")
    (tmp_path / "tree/trust-list.json").unlink()
    code, out = checked(capsys, file, tmp_path / "tree", "--json", "--anchor", anchor, now=builders.NOW)
    assert (code, json.loads(out)["problem"]) == (2, "trust-unreadable")


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_answer_fits_any_terminal(tmp_path: Path, more: tuple[str, ...]) -> None:
    file = promised(tmp_path, builders.Log(), submitted=timedelta(hours=3))
    told = subprocess.run(
        [sys.executable, "-m", "certverify", "receipt", str(file), "--trust", str(tmp_path / "tree"), *more],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert told.returncode in (
        0,
        2,
    )  # the clock of this machine decides whether the checkpoint is of the future
    assert told.stderr == b""
    assert told.stdout.isascii()


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
