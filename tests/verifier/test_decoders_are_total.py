"""Any bytes give a value or the one error that the decoder declares."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import cbor2
import pytest
from certverify import errors
from certverify.base43 import Base43Error, decode_base43
from certverify.bundle import decode_bundle
from certverify.checkpoint import decode_checkpoint
from certverify.images import qr_texts
from certverify.leaf import decode_leaf
from certverify.note import decode_note, decode_verifier_key
from certverify.past_bundle import decode_past_bundle
from certverify.policy import decode_policy
from certverify.record import decode_record, decode_record_bytes
from certverify.strict_cbor import decode_cbor
from certverify.strict_json import decode_json
from certverify.tlog_proof import decode_tlog_proof
from certverify.trust import decode_tables, decode_trust, decode_trust_list
from certverify.trust_note import decode_trust_note
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.past.builders import FIRST, SECOND, a_life, canonical
from tests.verifier import builders
from tests.verifier.builders import LOG_KEY, NO_WITNESS_POLICY, Log, cbor

LOG = Log()
TRUST_NOTE = (
    f"certsvc-trust-note/1\n{builders.ORIGIN}\n1\n2026-11-01T00:00:00Z\ntrust-list.json {'0' * 64}\n"
    f"tables.json {'1' * 64}\npolicy {'2' * 64}\nprevious -\n\n{LOG_KEY.sign_note('text')}"
).encode()

BYTE_DECODERS: list[Any] = [
    pytest.param(lambda raw: decode_cbor(raw, limit=400), errors.CborError, LOG.entries[1], id="cbor"),
    pytest.param(lambda raw: decode_json(raw, limit=400), errors.JsonError, b'{"a": [1, null]}', id="json"),
    pytest.param(
        decode_record_bytes, errors.RecordUnreadableError, builders.record_bytes(builders.FIELDS), id="record"
    ),
    pytest.param(decode_leaf, errors.LeafError, LOG.entries[1], id="event"),
    pytest.param(decode_leaf, errors.LeafError, LOG.entries[2], id="manifest"),
    pytest.param(decode_leaf, errors.LeafError, LOG.entries[3], id="seal"),
    pytest.param(decode_note, errors.NoteError, LOG.checkpoint().encode(), id="note"),
    pytest.param(decode_checkpoint, errors.CheckpointError, LOG.checkpoint().encode(), id="checkpoint"),
    pytest.param(decode_policy, errors.PolicyError, NO_WITNESS_POLICY.encode(), id="policy"),
    pytest.param(
        decode_tlog_proof,
        errors.TlogProofError,
        b"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 1\n\n" + LOG.checkpoint().encode(),
        id="tlog proof",
    ),
    pytest.param(decode_trust_list, errors.TrustListError, builders.trust_list(), id="trust list"),
    pytest.param(decode_trust_note, errors.TrustListError, TRUST_NOTE, id="trust note"),
    pytest.param(decode_tables, errors.TrustListError, builders.tables(), id="tables"),
    pytest.param(decode_bundle, errors.BundleError, json.dumps(LOG.bundle()).encode(), id="bundle"),
    pytest.param(
        decode_past_bundle, errors.BundleError, canonical(a_life().past(FIRST, SECOND)), id="past bundle"
    ),
]
TEXT_DECODERS: list[Any] = [
    pytest.param(decode_base43, (Base43Error,), id="base 43"),
    pytest.param(decode_record, (errors.RecordUnreadableError, errors.RecordAlteredError), id="record"),
    pytest.param(decode_verifier_key, (errors.NoteError,), id="verifier key"),
]
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 1 << 64)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=64),
    lambda inner: (
        st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=14,
)


def survives(decode: Callable[[Any], object], declared: Any, presented: Any) -> None:
    with contextlib.suppress(*declared if isinstance(declared, tuple) else (declared,)):
        decode(presented)


@pytest.mark.parametrize(("decode", "declared", "good"), BYTE_DECODERS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_bytes_are_a_value_or_the_declared_error(
    decode: Callable[[bytes], object], declared: type[Exception], good: bytes, data: st.DataObject
) -> None:
    decode(good)
    survives(decode, declared, data.draw(st.binary(max_size=300)))
    at = data.draw(st.integers(0, len(good) - 1))
    patch = data.draw(st.binary(max_size=4))
    survives(decode, declared, good[:at] + patch + good[at + data.draw(st.integers(0, 3)) :])


@pytest.mark.parametrize(("decode", "declared"), TEXT_DECODERS)
@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=80)
    | st.text(builders.ALPHABET, max_size=400)
    | st.text("+/=abcAE4#Z ", max_size=60)
)
def test_any_text_is_a_value_or_the_declared_error(
    decode: Callable[[str], object], declared: tuple[type[Exception], ...], text: str
) -> None:
    survives(decode, declared, text)


@settings(max_examples=80, deadline=None)
@given(PLAIN)
def test_any_cbor_structure_is_a_leaf_a_record_or_refused(value: Any) -> None:
    raw_item = cbor(value)
    survives(decode_leaf, errors.LeafError, raw_item)
    survives(decode_record_bytes, errors.RecordUnreadableError, raw_item)
    survives(decode_leaf, errors.LeafError, cbor([1, 1, -8, LOG_KEY.kid, value, 0, None, 1, 1, bytes(32)]))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20), st.integers(0, 8))
def test_any_value_in_a_bundle_or_trust_list_is_read_or_refused(text: str, at: int) -> None:
    bundle = LOG.bundle()
    bundle[list(bundle)[at % len(bundle)]] = text
    survives(decode_bundle, errors.BundleError, json.dumps(bundle).encode())
    listed = json.loads(builders.trust_list())
    listed[list(listed)[at % len(listed)]] = text
    survives(decode_trust_list, errors.TrustListError, json.dumps(listed).encode())


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"BM", b"GIF89a", b"RIFF"]),
    st.binary(max_size=200),
)
def test_any_bytes_are_a_picture_or_refused(head: bytes, tail: bytes) -> None:
    survives(qr_texts, errors.ImageError, head + tail)


@pytest.mark.parametrize(
    "raw_item",
    [
        b"\x81" * 300,
        b"\x18\x01",
        b"\x9f\xff",
        b"\xa2\x01\x01\x01\x02",
        b"\x01\x01",
        b"\xf5",
        b"\xf7",
        b"\xfb" + bytes(8),
        b"\xc1\x01",
        b"\xd8\x23\x61\x28",
        cbor2.dumps(cbor2.CBORTag(36, "a")),
        b"\x61\xff",
        b"\x5b" + b"\xff" * 8,
        bytes(401),
    ],
)
def test_cbor_outside_the_formats_is_refused(raw_item: bytes) -> None:
    with pytest.raises(errors.CborError):
        decode_cbor(raw_item, limit=400)


@pytest.mark.parametrize(
    "raw_text",
    [b"", b"{", b'{"a":1,"a":2}', b"1.5", b"NaN", b"[" * 100_000, b"\xff", b"9" * 30, b"1" * 500_000],
)
def test_json_outside_the_formats_is_refused(raw_text: bytes) -> None:
    with pytest.raises(errors.JsonError):
        decode_json(raw_text, limit=400_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "certsvc-trust-list/2"},
        {"environment": "staging"},
        {"issued_at": "2026-11-01"},
        {"log": builders.log_entry() | {"origin": "another"}},
        {"log": builders.log_entry() | {"keys": []}},
        {"log": builders.log_entry((LOG_KEY, "2026-01-01", None), (LOG_KEY, "2026-02-01", None))},
        {"log": builders.changed(builders.log_entry(), "keys", 0, "vkey", to=LOG_KEY.vkey(4))},
        {"log": builders.changed(builders.log_entry(), "keys", 0, "valid_from", to="2026-13-01")},
        {"log": builders.changed(builders.log_entry(), "keys", 0, "valid_to", to="")},
        {"sequence": 0},
        {"sequence": "1"},
        {"anchors": [LOG_KEY.vkey(4)]},
        {"anchors": [LOG_KEY.vkey(), LOG_KEY.vkey()]},
        {"anchors": None},
        {"record_keys": [json.loads(builders.trust_list())["record_keys"][0]] * 2},
        {"record_keys": [json.loads(builders.trust_list())["record_keys"][0] | {"kid": "00000000"}]},
        {"record_keys": [json.loads(builders.trust_list())["record_keys"][0] | {"alg": ""}]},
        {"tables_sha256": "AB" * 32},
        {"more": 1},
    ],
)
def test_a_contradictory_trust_list_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(errors.TrustListError):
        decode_trust_list(builders.trust_list(**changes))


@pytest.mark.parametrize(
    ("trust_list", "tables", "policy"),
    [
        (builders.trust_list(tables_sha256="00" * 32), builders.tables(), NO_WITNESS_POLICY),
        (builders.trust_list(), builders.tables() + b" ", NO_WITNESS_POLICY),
        (builders.trust_list(), builders.tables(), f"log {builders.WITNESS_KEY.vkey()}\nquorum none\n"),
        (builders.trust_list(), builders.tables(), "nonsense\n"),
    ],
)
def test_trust_files_must_belong_together(trust_list: bytes, tables: bytes, policy: str) -> None:
    with pytest.raises(errors.TrustListError):
        decode_trust(trust_list, tables, policy.encode())
