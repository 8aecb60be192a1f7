"""Encoders and the reader's decoders are two halves of one format; numbers, notes and policies read as written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from certverify.base43 import decode_base43
from certverify.errors import SignatureError
from certverify.leaf import EventLeaf as ReadEvent
from certverify.leaf import decode_leaf
from certverify.note import SignatureType, decode_note, decode_verifier_key
from certverify.policy import decode_policy
from certverify.record import decode_record
from certverify.strict_json import decode_json, encode_canonical
from hypothesis import given, settings
from hypothesis import strategies as st

from certsvc.domain.certificate_number import (
    CertificateNumber,
    build_certificate_number,
    parse_certificate_number,
)
from certsvc.domain.levels import Level
from certsvc.formats.base43 import encode_base43
from certsvc.formats.calendar_units import day_number, hour_number
from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.commitment import commit
from certsvc.formats.leaf import EventKind, EventLeaf, encode_event_leaf
from certsvc.formats.note import (
    COSIGNATURE_V1,
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from certsvc.formats.record import (
    QrRecord,
    derive_record_kid,
    encode_record,
    record_signing_bytes,
    record_text,
)
from certsvc.formats.trust import encode_policy
from tests.ledger.conftest import LOG_KEY, ORIGIN, RECORD_KEY

NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=50)
PARTS = st.tuples(
    st.integers(1000, 9999), st.integers(1, 99), st.sampled_from(Level), st.integers(1, 999_999)
)


@given(st.binary(min_size=1, max_size=120).filter(lambda content: content[0] != 0))
def test_base43_comes_back(content: bytes) -> None:
    assert decode_base43(encode_base43(content)) == content


@pytest.mark.parametrize("content", [b"", b"\0", b"\0a"])
def test_base43_refuses_what_would_lose_a_byte(content: bytes) -> None:
    with pytest.raises(ValueError):
        encode_base43(content)


@given(NAMES, st.integers(0, 1 << 34), st.dates(date(1970, 1, 1)), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_record_reads_as_written(name: str, slot: int, acquired_on: date, dual: bool) -> None:
    record = QrRecord(
        number=build_certificate_number(2026, 5, Level.SENIOR, 1),
        version=1,
        slot=slot,
        name=name,
        id_last4="123X",
        series=5,
        title=50101,
        level=1,
        way=4 if dual else 1,
        validity_area="222404" if dual else None,
        acquired_on=acquired_on,
    )
    signature = RECORD_KEY.sign(record_signing_bytes(record, RECORD_KEY.kid))
    read = decode_record(record_text(encode_record(record, RECORD_KEY.kid, signature), "https://x/v#"))
    assert read.record is not None
    assert (read.record.name, read.record.slot, read.record.acquired_on) == (name, slot, acquired_on)
    assert read.record.validity_area == record.validity_area
    assert (read.kid, read.signature) == (RECORD_KEY.kid, signature)


@pytest.mark.parametrize(
    "change",
    [
        {"way": 4},
        {"validity_area": "222404"},
        {"number": "22"},
        {"name": ""},
        {"name": "一" * 51},
        {"version": 0},
        {"slot": -1},
    ],
)
def test_a_record_that_no_reader_would_take_is_never_made(change: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "number": build_certificate_number(2026, 5, Level.SENIOR, 1),
        "version": 1,
        "slot": 1,
        "name": "林青禾",
        "id_last4": "0017",
        "series": 5,
        "title": 50101,
        "level": 1,
        "way": 1,
        "validity_area": None,
        "acquired_on": date(2026, 1, 1),
    }
    with pytest.raises(ValueError):
        QrRecord(**(fields | change))  # type: ignore[arg-type]


def test_a_key_is_named_by_the_kid_of_its_bytes() -> None:
    assert derive_record_kid(RECORD_KEY.public_key) == RECORD_KEY.kid


@given(st.sampled_from(EventKind), st.integers(0, 1 << 34), st.integers(0, 300), st.dates(date(1970, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_any_event_leaf_reads_as_written(kind: EventKind, slot: int, seq: int, effective_on: date) -> None:
    leaf = EventLeaf(
        kind, RECORD_KEY.kid, slot, seq, bytes(32) if seq else None, effective_on, 498_608, b"c" * 32
    )
    read = decode_leaf(encode_event_leaf(leaf))
    assert isinstance(read, ReadEvent)
    assert (int(read.type), read.slot, read.seq, read.prev) == (int(kind), slot, seq, leaf.prev)
    assert (read.effective_on, read.logged_hour) == (day_number(effective_on), 498_608)
    assert read.type.status_after == int(kind.status_after)


@pytest.mark.parametrize(("seq", "prev"), [(0, bytes(32)), (1, None)])
def test_only_the_first_event_has_no_predecessor(seq: int, prev: bytes | None) -> None:
    with pytest.raises(ValueError):
        EventLeaf(EventKind.REVOKED, b"kid!", 1, seq, prev, date(2026, 1, 1), 1, bytes(32))


def test_days_and_hours_are_counted_from_1970() -> None:
    assert day_number(date(1970, 1, 2)) == 1
    assert hour_number(datetime(1970, 1, 1, 1, 59, 59, tzinfo=UTC)) == 1
    with pytest.raises(ValueError):
        day_number(date(1969, 12, 31))
    with pytest.raises(ValueError):
        hour_number(datetime(2026, 1, 1))  # the naive instant is the point


JSON = st.recursive(
    st.none() | st.integers(-(1 << 50), 1 << 50) | st.text(max_size=8),
    lambda inner: st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5))
def test_canonical_json_is_the_readers_canonical_json(value: dict[str, object]) -> None:
    encoded = encode_canonical_json(value)  # type: ignore[arg-type]
    read = decode_json(encoded, limit=1 << 20)
    assert read == value
    assert encode_canonical(read) == encoded


def test_a_salt_of_another_length_commits_to_nothing() -> None:
    with pytest.raises(ValueError):
        commit(b"short", b"{}")


def test_a_note_carries_signature_and_cosignature_of_one_key() -> None:
    text = checkpoint_text(ORIGIN, 5, bytes(32))
    message = cosignature_message(text, 1_700_000_000)
    lines = [
        signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode())),
        cosignature_line(ORIGIN, LOG_KEY.public_key, 1_700_000_000, LOG_KEY.sign(message)),
    ]
    note = decode_note(encode_note(text, lines))
    key = decode_verifier_key(encode_vkey(ORIGIN, LOG_KEY.public_key))
    assert note.signed_by(key)
    assert note.cosigned_at(key.as_type(SignatureType.COSIGNATURE_V1)) == 1_700_000_000
    other = decode_note(encode_note(text.replace("5", "6"), lines))
    with pytest.raises(SignatureError):
        other.signed_by(key)


def test_the_verifier_key_is_that_of_the_specification() -> None:
    key = decode_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert encode_vkey("example.com/foo", key.raw_key).endswith(
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    )


def test_a_policy_reads_as_written() -> None:
    log = encode_vkey(ORIGIN, LOG_KEY.public_key)
    assert decode_policy(encode_policy(log)).quorum is None
    witness = encode_vkey("witness.example/w", RECORD_KEY.public_key, COSIGNATURE_V1)
    policy = decode_policy(encode_policy(log, [("w", witness)], quorum=1))
    assert not policy.satisfied_by(frozenset())
    assert policy.satisfied_by(frozenset([b"w"]))
    with pytest.raises(ValueError):
        encode_policy(log, [], quorum=1)


@given(PARTS)
def test_a_certificate_number_reads_as_built(parts: tuple[int, int, Level, int]) -> None:
    number = build_certificate_number(*parts)
    assert len(number) == 16
    assert parse_certificate_number(number) == CertificateNumber(*parts)
    assert str(CertificateNumber(*parts)) == number


@given(PARTS, st.integers(0, 15), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_is_always_found(
    parts: tuple[int, int, Level, int], at: int, symbol: str
) -> None:
    number = build_certificate_number(*parts)
    changed = number[:at] + symbol + number[at + 1 :]
    assert changed == number or parse_certificate_number(changed) is None


@pytest.mark.parametrize(
    "text",
    ["", "22", "2220260520000010", "22 2026052000001X", "２２20260520000010", "2220260520000010\n"],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_certificate_number(text) is None


@pytest.mark.parametrize("parts", [(999, 5, 1), (2026, 0, 1), (2026, 100, 1), (2026, 5, 0), (2026, 5, 10**6)])
def test_a_number_out_of_range_is_never_built(parts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        build_certificate_number(parts[0], parts[1], Level.SENIOR, parts[2])
