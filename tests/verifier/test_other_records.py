"""Annotated copies and historical records: what their vectors say, and what a checker without network answers."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from certverify import Verdict, check_bundle, check_record, load_trust, open_ledger
from certverify.codes import Code
from certverify.errors import KeyUnknownError, RecordAlteredError, RecordUnreadableError, SignatureError
from certverify.record import decode_record, formats_of_layout
from certverify.report import Language, render
from certverify.schema import verdict_schema
from certverify.trust import decode_trust_list
from certverify.verdict import Outcome
from jsonschema_rs import Draft202012Validator

from tests.verifier import builders
from tests.verifier.builders import DUAL, EPOCH, FIELDS, NOW, PREFIX, RECORD_KEY, Log, record_text

VECTORS = Path(__file__).parents[1] / "vectors"
SCHEMA = Draft202012Validator(verdict_schema())
COPY = {"id": "J7K2MXP9QRTVWY34", "recipient": "长春市第一建筑公司", "purpose": "投标"}
OLD: dict[str, Any] = {
    "reference": "H00000000980312A",
    "version": 2,
    "slot": 70_001,
    "name": "王建国",
    "last4": "0312",
    "title": "中学高级教师",
    "series": "中学教师",
    "level": None,
    "acquired": "1998-06",
    "quality": "B",
}


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_bytes())


def copy_text(ends_on: date = date(2026, 12, 31), fields: dict[str, Any] = FIELDS) -> str:
    return record_text(fields | COPY | {"ends_on": (ends_on - EPOCH).days}, version=2)


def old_text(**changes: Any) -> str:
    return record_text(OLD | changes, version=3)


def answer(folder: Path, text: str, now: datetime = NOW, place: str | None = None, **log: Any) -> Verdict:
    Log(**log).write(folder)
    trust = load_trust(folder)
    verdict = check_record(text, trust, open_ledger(folder, trust), now, place)
    SCHEMA.validate(verdict.as_json())
    return verdict


def codes(verdict: Verdict) -> list[str]:
    return [item.code.value for item in verdict.findings if item.code is not Code.NO_WITNESSES]


def trust_of(name: str) -> Any:
    vectors = load(name)
    entry = {"kid": vectors["kid"], "alg": "Ed25519", "valid_from": "2020-01-01", "valid_to": None}
    entry["public_key"] = builders.b64(bytes.fromhex(vectors["public_key"]))
    return decode_trust_list(builders.trust_list(record_keys=[entry]))


@pytest.mark.parametrize(
    "case", load("annotated-records")["good"], ids=lambda case: case["fields"]["copy_id"]
)
def test_an_annotated_copy_decodes_to_its_fields(case: dict[str, Any]) -> None:
    signed, fields = decode_record(case["text"]), case["fields"]
    assert signed.signed_bytes.hex() == case["signed_hex"]
    signed.verify(trust_of("annotated-records"), date(2026, 11, 20))
    assert signed.record is not None
    assert signed.copy is not None
    told, own = asdict(signed.record), dict(fields["certificate"])
    assert told.pop("last4") == own.pop("id_last4")
    assert told | {"acquired_on": told["acquired_on"].isoformat()} == own
    assert (signed.copy.id, signed.copy.recipient, signed.copy.purpose, signed.copy.ends_on.isoformat()) == (
        fields["copy_id"],
        fields["recipient"],
        fields["purpose"],
        fields["ends_on"],
    )
    assert signed.historical is None


@pytest.mark.parametrize(
    "case", load("historical-records")["good"], ids=lambda case: case["fields"]["reference"]
)
def test_a_historical_record_decodes_to_its_fields(case: dict[str, Any]) -> None:
    signed = decode_record(case["text"])
    assert signed.signed_bytes.hex() == case["signed_hex"]
    signed.verify(trust_of("historical-records"), date(2026, 11, 20))
    assert (signed.record, signed.copy) == (None, None)
    assert signed.historical is not None
    told, fields = asdict(signed.historical), dict(case["fields"])
    assert told.pop("last4") == fields.pop("id_last4")
    assert told == fields


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, case) for name in ("annotated-records", "historical-records") for case in load(name)["bad"]],
    ids=lambda value: value["name"] if isinstance(value, dict) else value,
)
def test_a_hostile_record_is_refused_with_its_code(name: str, case: dict[str, str]) -> None:
    error = {
        "record-unreadable": RecordUnreadableError,
        "record-altered": RecordAlteredError,
        "record-forged": SignatureError,
    }[case["code"]]
    with pytest.raises(error):
        decode_record(case["text"]).verify(trust_of(name), date(2026, 11, 20))


def test_a_copy_that_has_not_ended_passes_and_says_for_whom_it_is(tmp_path: Path) -> None:
    verdict = answer(tmp_path, PREFIX + copy_text())
    assert (verdict.outcome, codes(verdict)) == (Outcome.PASSED, ["annotated-copy"])
    assert verdict.as_json()["annotation"] == COPY | {"ends_on": "2026-12-31", "ended": False}
    assert verdict.certificate is not None
    assert verdict.certificate.number == FIELDS["number"]
    (note,) = (item for item in verdict.findings if item.code is Code.ANNOTATED_COPY)
    assert (
        note.zh == "本件是加注件：仅供“长春市第一建筑公司”用于“投标”，2026年12月31日（含当日）以前可以使用。"
    )
    assert "“长春市第一建筑公司”, for the purpose “投标”" in note.en


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        (datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), True),
    ],
)
def test_a_copy_ends_with_its_last_day_in_shanghai(tmp_path: Path, now: datetime, ended: bool) -> None:
    verdict = answer(tmp_path, copy_text(date(2026, 11, 20)), now)
    assert verdict.outcome is (Outcome.FAILED if ended else Outcome.PASSED)
    assert codes(verdict) == ["copy-ended" if ended else "annotated-copy"]
    assert (verdict.authentic, verdict.status) == ("yes", "valid")
    assert verdict.as_json()["annotation"]["ended"] is ended


def test_an_ended_copy_says_how_its_certificate_stands(tmp_path: Path) -> None:
    verdict = answer(tmp_path, copy_text(date(2026, 11, 1)))
    (said,) = (item for item in verdict.findings if item.code is Code.COPY_ENDED)
    assert said.zh == (
        "本加注件已于2026年11月1日到期，不能再用；证书本身的状态：有效。请向持证人索取新的加注件。"
    )
    assert "status of the certificate itself: valid" in said.en


def test_the_revocation_of_the_certificate_is_named_before_its_copy(tmp_path: Path) -> None:
    verdict = answer(tmp_path, copy_text(date(2026, 11, 1)), status=3)
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, ["revoked", "copy-ended"])


def test_an_ended_copy_fails_without_a_fresh_log_too(tmp_path: Path) -> None:
    verdict = answer(tmp_path, copy_text(date(2026, 11, 1)), cosigned_at=NOW - timedelta(days=30))
    assert (verdict.outcome, codes(verdict)) == (Outcome.FAILED, ["checkpoint-stale", "copy-ended"])


def test_a_copy_of_a_limited_title_counts_in_its_county_only(tmp_path: Path) -> None:
    text = copy_text(fields=DUAL)
    here = answer(tmp_path / "here", text, place="222404", fields=dict(DUAL))
    there = answer(tmp_path / "there", text, place="220102", fields=dict(DUAL))
    assert (here.outcome, codes(here)) == (Outcome.PASSED, ["annotated-copy", "area-limited"])
    assert (there.outcome, there.valid_here) == (Outcome.FAILED, "no")


@pytest.mark.parametrize(
    ("valid_to", "known"), [("2026-10-01", False), ("2026-10-02", True), ("2026-12-31", True)]
)
def test_a_key_that_ended_before_the_copy_can_have_been_made_does_not_speak_for_it(
    valid_to: str, known: bool
) -> None:
    entry = {"kid": RECORD_KEY.kid.hex(), "alg": "Ed25519", "public_key": builders.b64(RECORD_KEY.public)}
    listed = builders.trust_list(record_keys=[entry | {"valid_from": "2020-01-01", "valid_to": valid_to}])
    fields = FIELDS | {"acquired": (date(2023, 1, 1) - EPOCH).days}
    signed = decode_record(copy_text(date(2026, 12, 31), fields))
    if known:
        signed.verify(decode_trust_list(listed), date(2026, 12, 31))
    else:
        with pytest.raises(KeyUnknownError):
            signed.verify(decode_trust_list(listed), date(2026, 12, 31))


def test_a_historical_record_is_authentic_by_its_signature_alone(tmp_path: Path) -> None:
    verdict = answer(tmp_path, PREFIX + old_text(), place="222404", status=7)
    assert (verdict.outcome, verdict.authentic, verdict.status) == (Outcome.PASSED, "yes", "historical")
    assert (codes(verdict), verdict.valid_here) == (["historical"], "not_asked")
    assert (verdict.certificate, verdict.holder) == (None, "王**")
    assert verdict.as_json()["historical"] == {
        "reference": "H00000000980312A",
        "version": 2,
        "label": "历史数据",
        "original_number": None,
        "title": "中学高级教师",
        "series": "中学教师",
        "level": None,
        "acquired": "1998-06",
        "precision": "month",
        "quality": "B",
        "issuing_body": None,
        "committee": None,
        "document": None,
    }


@pytest.mark.parametrize(
    ("status", "outcome", "said"),
    [
        (1, Outcome.UNDETERMINED, ["not-in-log"]),
        (0, Outcome.UNDETERMINED, ["not-in-log"]),
        (3, Outcome.FAILED, ["revoked"]),
        (6, Outcome.FAILED, ["superseded"]),
    ],
)
def test_a_historical_record_stands_as_its_slot_says(
    tmp_path: Path, status: int, outcome: Outcome, said: list[str]
) -> None:
    verdict = answer(tmp_path, old_text(), status=status)
    assert (verdict.outcome, codes(verdict)) == (outcome, said)


@pytest.mark.parametrize("text", [copy_text(), old_text()])
def test_a_bundle_holds_no_record_but_a_certificates_own(text: str, tmp_path: Path) -> None:
    log = Log()
    log.write(tmp_path)
    bundle = json.dumps(log.bundle() | {"record": text}).encode()
    verdict = check_bundle(bundle, load_trust(tmp_path), NOW)
    assert (verdict.outcome, codes(verdict)) == (Outcome.UNDETERMINED, ["bundle-unreadable"])
    assert verdict.certificate is None


@pytest.mark.parametrize(
    ("layout", "formats"),
    [
        ("certificate/v1", {1}),
        ("annotated-copy/v1", {2}),
        ("statement/v1", {3}),
        ("report/v1", {1, 2}),
        ("certificate-copy/v1", set()),
        ("", set()),
    ],
)
def test_a_layout_carries_records_of_its_own_kind(layout: str, formats: set[int]) -> None:
    assert formats_of_layout(layout) == formats


def test_the_report_names_copy_and_old_title_in_both_languages(tmp_path: Path) -> None:
    copy = answer(tmp_path / "copy", copy_text())
    old = answer(tmp_path / "old", old_text(), status=7)
    assert "加注件：J7K2MXP9QRTVWY34　接收单位：长春市第一建筑公司　用途：投标　到期日：2026-12-31" in render(
        copy, Language.ZH
    )
    assert "Recipient: 长春市第一建筑公司" in render(copy, Language.EN)
    assert "原记载职称：中学教师　中学高级教师　取得时间：1998-06　材料质量：B" in render(old, Language.ZH)
    assert "Title as recorded (in Chinese): 中学高级教师" in render(old, Language.EN)
