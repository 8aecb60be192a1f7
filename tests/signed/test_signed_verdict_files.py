"""The decoder of signed verdicts: what the vectors say, and that nothing that was touched is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from certverify.codes import Code
from certverify.errors import JsonError, NewerFormatError, SignedVerdictError
from certverify.signed_verdict import SignedVerdictCheck, check_signed_verdict
from certverify.signed_verdict_decoding import decode_envelope, decode_statement
from certverify.signed_verdict_meanings import SIGNED_VERDICT_MEANINGS
from certverify.trust import Trust, decode_trust
from certverify.verdict_reading import read_verdict
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.entrypoints.public_api.sample_verdicts import verdict_examples

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
