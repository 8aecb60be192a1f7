"""The decoder of signed verdicts: what the vectors say, and that nothing that was touched is believed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.codes import Code
from certverify.errors import JsonError, NewerFormatError, SignedVerdictError
from certverify.report import Language
from certverify.signed_verdict import SignedVerdictCheck, check_signed_verdict
from certverify.signed_verdict_decoding import decode_envelope, decode_statement
from certverify.signed_verdict_meanings import SIGNED_VERDICT_MEANINGS
from certverify.signed_verdict_report import render_signed_verdict
from certverify.trust import Trust, decode_trust
from certverify.verdict_reading import read_verdict
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.domain.report_table import SHANGHAI
from certsvc.entrypoints.public_api.sample_verdicts import verdict_examples
from certsvc.formats.note import COSIGNATURE_V1, encode_vkey
from certsvc.formats.trust import encode_policy

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "signed-verdict.json").read_text(encoding="utf-8")
)
CASES = {case["name"]: case for case in VECTORS["cases"]}
GOOD = CASES["valid, with its record"]
NOW = datetime.strptime(VECTORS["now"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
NOT_BELIEVED = {
    Code.SIGNED_VERDICT_UNREADABLE,
    Code.SIGNED_VERDICT_VERSION_UNKNOWN,
    Code.SIGNED_VERDICT_ALTERED,
    Code.SIGNED_VERDICT_FORGED,
    Code.SIGNED_VERDICT_KEY_UNKNOWN,
}


@cache
def trust() -> Trust:
    return decode_trust(*(VECTORS[name].encode() for name in ("trust_list", "tables", "policy")))


def check(raw_file: bytes, qr: str | None = None) -> SignedVerdictCheck:
    return check_signed_verdict(raw_file, trust(), NOW, qr)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=list(CASES))
def test_a_golden_file_is_judged_as_written(case: dict[str, Any]) -> None:
    told = check(case["file"].encode(), case["qr"])
    assert [code.value for code in told.codes] == case["codes"]
    assert (told.outcome.value, told.about.value) == (case["outcome"], case["about"])


def test_every_code_has_a_golden_file() -> None:
    seen = {code for case in VECTORS["cases"] for code in case["codes"]}
    assert {code.value for code in SIGNED_VERDICT_MEANINGS} <= seen


def test_what_no_key_of_the_trust_list_signed_is_not_shown() -> None:
    for case in VECTORS["cases"]:
        told = check(case["file"].encode(), case["qr"])
        if NOT_BELIEVED.intersection(told.codes):
            assert told.statement is None, case["name"]
            assert told.as_json()["told"] is None


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_with_any_bit_changed_is_not_believed(data: st.DataObject) -> None:
    raw = bytearray(GOOD["file"].encode())
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    told = check(bytes(raw))
    assert NOT_BELIEVED.intersection(told.codes)
    assert told.outcome.value != "passed"
    assert told.statement is None


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(GOOD["file"]) - 1), st.binary(max_size=8))
def test_a_file_cut_or_with_something_put_in_is_not_believed(at: int, put_in: bytes) -> None:
    raw: bytes = GOOD["file"].encode()
    for changed in (raw[:at], raw[:at] + put_in + raw[at:]):
        if changed != raw:
            assert check(changed).statement is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_is_given_is_answered_and_never_raised(raw: bytes) -> None:
    for content in (raw, b'{"payload":"' + raw + b'","protected":"","signature":""}'):
        assert check(content).outcome.value == "undetermined"
    for decode in (decode_envelope, decode_statement):
        with pytest.raises((SignedVerdictError, NewerFormatError)):
            decode(raw)


def test_a_verdict_read_back_says_what_it_said() -> None:
    for example in verdict_examples().values():
        value = example.get("value", example)
        assert read_verdict(value).as_json() == value


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, part in inner for one in _paths(part, (*path, key)))][bool(not path) :]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_verdict_of_other_types_is_none(data: st.DataObject) -> None:
    value = json.loads(json.dumps(check(GOOD["file"].encode()).as_json()["told"]))
    path = data.draw(st.sampled_from(_paths(value)))
    other = data.draw(st.sampled_from([1.5, [], {}, True, -1, "", "x", None]))
    where = value
    for part in path[:-1]:
        where = where[part]
    if where[path[-1]] == other and type(where[path[-1]]) is type(other):
        return
    where[path[-1]] = other
    try:
        verdict = read_verdict(value)
    except (JsonError, NewerFormatError):
        return
    assert json.dumps(verdict.as_json(), sort_keys=True) == json.dumps(value, sort_keys=True)


HEADLINES = {
    "yes passed": ("文件可信，当时的结论是通过核验", "genuine, and the verdict then was PASSED"),
    "yes failed": ("文件可信，当时的结论是未通过核验", "genuine, and the verdict then was NOT PASSED"),
    "yes undetermined": ("文件可信，当时的结论是无法判定", "genuine, and the verdict then was CANNOT TELL"),
    "no": ("文件不可信，请勿采信", "not to be believed"),
    "unknown": ("无法判定文件是否可信", "cannot tell whether the file is to be believed"),
}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=list(CASES))
def test_the_first_line_tells_a_file_that_is_not_believed_from_one_that_said_not_passed(
    case: dict[str, Any],
) -> None:
    told = check(case["file"].encode())
    said = told.statement and told.statement.verdict.outcome.value
    zh, en = HEADLINES[f"yes {said}" if told.believed == "yes" else told.believed.value]
    first, second, *_ = render_signed_verdict(told, Language.ZH).splitlines()
    assert first == f"已签名的核验结论：{zh}"
    assert second == f"Signed verdict: {en}"
    assert render_signed_verdict(told, Language.EN).splitlines()[0] == second
    assert told.as_json()["believed"] == told.believed.value
    assert (told.believed == "no") == bool(told.outcome.value == "failed" and said != "failed")


def test_the_golden_files_have_genuine_ones_of_each_outcome_and_every_belief() -> None:
    found = {
        (told.believed.value, told.outcome.value)
        for told in (check(c["file"].encode()) for c in CASES.values())
    }
    assert {("yes", "passed"), ("yes", "failed"), ("no", "failed"), ("unknown", "undetermined")} <= found


def test_a_genuine_file_about_another_certificate_says_both() -> None:
    case = next(one for one in CASES.values() if "signed-verdict-other-record" in one["codes"])
    told = check(case["file"].encode(), case["qr"])
    assert (told.believed.value, told.outcome.value) == ("yes", "failed")
    assert "；但说的不是所出示的证书" in render_signed_verdict(told, Language.ZH).splitlines()[0]


def test_a_file_of_before_the_policy_asked_for_more_witnesses_keeps_its_verdict_and_says_what_is_open() -> (
    None
):
    vkey = VECTORS["policy"].split("\n")[0].removeprefix("log ")
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
    witness = encode_vkey("witness.example/new", key, COSIGNATURE_V1)
    policy = encode_policy(vkey, [("new", witness)], 1)
    later = decode_trust(VECTORS["trust_list"].encode(), VECTORS["tables"].encode(), policy)
    told = check_signed_verdict(GOOD["file"].encode(), later, NOW, GOOD["qr"])
    assert Code.QUORUM_MISSING in told.codes
    assert (told.outcome.value, told.believed.value) == ("passed", "yes")
    assert "quorum-missing" in told.as_json()["not_established"]
    altered = CASES["valid, with its record"]["file"].replace('"payload":"e', '"payload":"f')
    assert check_signed_verdict(altered.encode(), later, NOW).outcome.value != "passed"


def test_an_ended_api_key_is_believed_for_its_days_and_for_no_later_one() -> None:
    listed = json.loads(VECTORS["trust_list"])
    statement = check(GOOD["file"].encode()).statement
    assert statement is not None
    day = statement.issued_at.astimezone(SHANGHAI).date()
    for last, believed, codes in (
        (day, "yes", set()),
        (day - timedelta(days=1), "unknown", {Code.SIGNED_VERDICT_KEY_NOT_IN_FORCE}),
    ):
        kid = json.loads(_decoded(json.loads(GOOD["file"])["protected"]))["kid"]
        (key,) = (one for one in listed["api_keys"] if one["kid"] == kid)
        key["valid_to"] = last.isoformat()
        raw_list = json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        later = decode_trust(raw_list, VECTORS["tables"].encode(), VECTORS["policy"].encode())
        told = check_signed_verdict(GOOD["file"].encode(), later, NOW + timedelta(days=3650))
        assert told.believed.value == believed
        assert codes <= set(told.codes)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
