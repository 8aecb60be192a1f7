"""The record of the QR symbol: one record, one text; everything else is refused with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from certverify.base43 import Base43Error, decode_base43
from certverify.errors import KeyUnknownError, RecordAlteredError, RecordUnreadableError, SignatureError
from certverify.record import Record, decode_record
from certverify.trust import decode_trust_list
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier import builders
from tests.verifier.builders import (
    DUAL,
    FIELDS,
    OTHER_RECORD_KEY,
    PREFIX,
    RECORD_KEY,
    base43,
    cbor,
    record_text,
)

TODAY = date(2026, 11, 20)


@given(st.binary(min_size=1, max_size=600).filter(lambda raw: raw[0] != 0))
def test_base_43_gives_back_the_bytes(content: bytes) -> None:
    assert decode_base43(base43(content)) == content


@pytest.mark.parametrize("digits", ["", "0", "0A", "a", "A B", "%", "中", "A" * 1001])
def test_base_43_refuses_what_is_not_canonical(digits: str) -> None:
    with pytest.raises(Base43Error):
        decode_base43(digits)


@pytest.mark.parametrize("prefix", ["", PREFIX, "https://other.example/x#y#"])
def test_a_record_reads_the_same_with_and_without_its_link(prefix: str) -> None:
    signed = decode_record(prefix + record_text(DUAL))
    expected = Record(
        number="2205202600000018",
        version=1,
        slot=70_001,
        name="林晓燕",
        last4="123X",
        series=5,
        title=50201,
        level=2,
        way=4,
        validity_area="222404",
        acquired_on=date(2026, 10, 15),
    )
    assert signed.record == expected
    assert expected.dual_directed
    assert signed.verify(decode_trust_list(builders.trust_list()), TODAY).kid == RECORD_KEY.kid


@pytest.mark.parametrize(
    "change",
    [
        {"number": "220520260000001"},
        {"number": 2205},
        {"version": 0},
        {"version": -1},
        {"slot": -1},
        {"slot": None},
        {"name": ""},
        {"name": "林" * 51},
        {"name": "e\u0301"},
        {"last4": "123"},
        {"level": 0},
        {"level": 6},
        {"way": 4},
        {"area": 222404},
        {"way": 4, "area": 99_999},
        {"way": 4, "area": "222404"},
        {"acquired": 10**9},
        {"acquired": 1.5},
        {"level": True},
    ],
)
def test_a_malformed_item_makes_the_record_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(RecordUnreadableError):
        decode_record(record_text(FIELDS | change))


def test_a_wrong_terminator_behind_a_record_is_an_alteration() -> None:
    with pytest.raises(RecordAlteredError):
        decode_record(record_text()[:-1] + "Y")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Z",
        "#",
        "ZZ",
        "0" + record_text(),
        record_text()[:-1] + "z",
        record_text() + "\n",
        "A" * 1001,
        "#" * 5000,
    ],
)
def test_what_is_no_record_is_unreadable(text: str) -> None:
    with pytest.raises(RecordUnreadableError):
        decode_record(text)


PAYLOAD = cbor([1, *FIELDS.values()])
PROTECTED = cbor({1: -8, 4: RECORD_KEY.kid})


@pytest.mark.parametrize(
    "envelope",
    [
        cbor([PROTECTED, {}, PAYLOAD, bytes(63)]),
        cbor([PROTECTED, {1: 2}, PAYLOAD, bytes(64)]),
        cbor([PROTECTED, {}, PAYLOAD]),
        cbor([cbor({1: -7, 4: RECORD_KEY.kid}), {}, PAYLOAD, bytes(64)]),
        cbor([cbor({1: -8, 4: b"abc"}), {}, PAYLOAD, bytes(64)]),
        cbor([cbor({1: -8, 4: RECORD_KEY.kid, 5: 1}), {}, PAYLOAD, bytes(64)]),
        cbor([PROTECTED, {}, cbor([]), bytes(64)]),
        cbor([PROTECTED, {}, cbor({1: 1}), bytes(64)]),
        cbor([PROTECTED, {}, b"\x98" + PAYLOAD, bytes(64)]),
        b"\xd2" + cbor([PROTECTED, {}, PAYLOAD, bytes(64)]),
        b"\x98\x04" + cbor([PROTECTED, {}, PAYLOAD, bytes(64)])[1:],
        cbor([PROTECTED, {}, PAYLOAD, bytes(64)]) + b"\x00",
    ],
)
def test_another_envelope_is_unreadable(envelope: bytes) -> None:
    with pytest.raises(RecordUnreadableError):
        decode_record(base43(envelope) + "Z")


def test_a_newer_format_is_read_as_far_as_its_signature() -> None:
    signed = decode_record(record_text({"all": "new"}, version=9))
    assert (signed.record, signed.format_version) == (None, 9)
    signed.verify(decode_trust_list(builders.trust_list()), TODAY)


@pytest.mark.parametrize(
    ("signer", "valid_from", "valid_to"),
    [
        (OTHER_RECORD_KEY, "2026-01-01", None),
        (RECORD_KEY, "2026-11-21", None),
        (RECORD_KEY, "2026-01-01", "2026-10-14"),
    ],
)
def test_a_key_outside_the_list_or_its_dates_is_unknown(
    signer: Any, valid_from: str, valid_to: str | None
) -> None:
    entry = {"kid": RECORD_KEY.kid.hex(), "alg": "Ed25519", "public_key": builders.b64(RECORD_KEY.public)}
    trust_list = builders.trust_list(record_keys=[entry | {"valid_from": valid_from, "valid_to": valid_to}])
    with pytest.raises(KeyUnknownError):
        decode_record(record_text(signer=signer)).verify(decode_trust_list(trust_list), TODAY)


def test_a_signature_by_another_key_under_a_known_kid_is_a_forgery() -> None:
    signed = decode_record(record_text(signer=OTHER_RECORD_KEY, kid=RECORD_KEY.kid))
    with pytest.raises(SignatureError):
        signed.verify(decode_trust_list(builders.trust_list()), TODAY)


@given(st.integers(0, 1000), st.sampled_from(builders.ALPHABET))
def test_no_changed_character_leaves_a_record_believed(at: int, char: str) -> None:
    good = record_text()
    at %= len(good)
    text = good[:at] + char + good[at + 1 :]
    if text == good:
        return
    with pytest.raises((RecordUnreadableError, RecordAlteredError, KeyUnknownError, SignatureError)):
        decode_record(text).verify(decode_trust_list(builders.trust_list()), TODAY)
