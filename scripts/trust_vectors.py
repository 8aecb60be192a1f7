"""Golden vectors of the signed trust material: a chain of four lists with a change of anchor, and what is done to it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.formats.detached_jws import key_thumbprint
from certsvc.formats.note import encode_vkey
from certsvc.formats.trust import LogKey, RecordKey, TrustList, encode_policy, encode_trust_list
from certsvc.formats.trust_note import (
    AnchorSignature,
    TrustMaterial,
    anchor_name,
    encode_trust_note,
    statement_text,
)
from scripts.vector_material import LOG_KEY, NOW, ORIGIN, PREFIX, RECORD_KEY, TABLES

_ANCHOR_A = Ed25519PrivateKey.from_private_bytes(sha256(b"first trust anchor of the vectors").digest())
_ANCHOR_B = Ed25519PrivateKey.from_private_bytes(sha256(b"second trust anchor of the vectors").digest())
_STRANGER = Ed25519PrivateKey.from_private_bytes(sha256(b"nobody's trust anchor").digest())
_NEW_LOG = Ed25519PrivateKey.from_private_bytes(sha256(b"new log key of the vectors").digest())
_NAME = anchor_name(ORIGIN)
_OLD_VKEY = encode_vkey(ORIGIN, LOG_KEY.public_key)
_NEW_VKEY = encode_vkey(ORIGIN, _NEW_LOG.public_key().public_bytes_raw())


def trust_vectors() -> dict[str, Any]:
    """The files of a tree, the keys that may be pinned, and cases: which files are changed, and what a reader says."""
    chain = _chain()
    files = _tree(chain)
    return {
        "anchors": {"first": _vkey(_ANCHOR_A), "second": _vkey(_ANCHOR_B), "stranger": _vkey(_STRANGER)},
        "files": _encoded(files),
        "texts": [(one.note or b"").decode().split("\n\n")[0] + "\n" for one in chain],
        "cases": [
            {"name": name, "anchor": anchor, "code": code, "changes": _encoded(changes)}
            for name, anchor, code, changes in _cases(chain, files)
        ],
        "lists": [
            {"name": name, "holds": name in _GOOD_LISTS, "list": json.dumps(changed)}
            for name, changed in _lists(json.loads(chain[-1].trust_list))
        ],
    }


_GOOD_LISTS = {
    "as it is",
    "no anchor",
    "a leap day",
    "a record key of an unknown algorithm",
    "record keys of unknown algorithms alone",
    "no API keys, as before there were any",
    "an API key",
    "an API key that has ended",
    "an API key of an unknown algorithm",
}


def _lists(whole: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The newest list and what may not stand in one, each alone: a reader takes what it knows, and nothing else."""
    log, (log_key, *_), (record_key, *_) = whole["log"], whole["log"]["keys"], whole["record_keys"]
    document_key = {
        "alg": "ES256",
        "certificate": "",
        "chain": [],
        "valid_from": "2026-01-01",
        "valid_to": None,
    }
    foreign_key = {
        "kid": "0a1b2c3d",
        "alg": "ML-DSA-44",
        "public_key": base64.b64encode(bytes(1312)).decode(),
        "valid_from": "2026-01-01",
        "valid_to": None,
    }
    foreign_api_key = foreign_key | {"kid": "B" * 42 + "A"}
    raw_api_key = _STRANGER.public_key().public_bytes_raw()
    api_key = foreign_key | {
        "kid": key_thumbprint(raw_api_key),
        "alg": "Ed25519",
        "public_key": base64.b64encode(raw_api_key).decode(),
    }
    layout = {"name": "v1", "head_length": 1, "head_sha256": "00" * 32}

    def logs(keys: object) -> dict[str, Any]:
        return whole | {"log": log | {"keys": keys}}

    def dated(day: object) -> dict[str, Any]:
        return whole | {"record_keys": [record_key | {"valid_from": day}]}

    return [
        ("as it is", whole),
        ("no anchor", whole | {"anchors": []}),
        ("an unknown member", whole | {"more": 1}),
        ("an unknown member named like a prototype's", whole | {"__proto__": {}}),
        ("a member is missing", {name: value for name, value in whole.items() if name != "layouts"}),
        ("an unknown member of the log", whole | {"log": log | {"more": 1}}),
        ("an unknown member of a log key", logs([log_key | {"more": 1}])),
        ("an unknown member of a record key", whole | {"record_keys": [record_key | {"more": 1}]}),
        ("an unknown member of a document key", whole | {"document_keys": [document_key | {"more": 1}]}),
        ("an unknown member of a layout", whole | {"layouts": [layout | {"more": 1}]}),
        ("a log key twice", logs([log_key, log_key])),
        ("a log key twice with other dates", logs([log_key, log_key | {"valid_to": "2026-12-31"}])),
        ("no log key", logs([])),
        (
            "a record key twice",
            whole | {"record_keys": [record_key, record_key | {"valid_to": "2026-12-31"}]},
        ),
        ("no API keys, as before there were any", {k: v for k, v in whole.items() if k != "api_keys"}),
        ("an API key", whole | {"api_keys": [api_key]}),
        ("an API key that has ended", whole | {"api_keys": [api_key | {"valid_to": "2026-12-31"}]}),
        ("an API key twice", whole | {"api_keys": [api_key, api_key | {"valid_to": "2026-12-31"}]}),
        ("an API key under another's thumbprint", whole | {"api_keys": [api_key | {"kid": "A" * 43}]}),
        ("an API key under a kid of records", whole | {"api_keys": [api_key | {"kid": "0a1b2c3d"}]}),
        (
            "an API key with a padded thumbprint",
            whole | {"api_keys": [api_key | {"kid": api_key["kid"] + "="}]},
        ),
        ("an API key of an unknown algorithm", whole | {"api_keys": [foreign_api_key, api_key]}),
        ("an API key of no algorithm", whole | {"api_keys": [foreign_api_key | {"alg": ""}]}),
        ("an unknown member of an API key", whole | {"api_keys": [api_key | {"more": 1}]}),
        ("an API key of a short key", whole | {"api_keys": [api_key | {"public_key": "AAAA"}]}),
        ("API keys that are no list", whole | {"api_keys": {}}),
        ("an anchor twice", whole | {"anchors": whole["anchors"] * 2}),
        (
            "an anchor twice under two names",
            whole | {"anchors": [*whole["anchors"], _vkey(_ANCHOR_B, "elsewhere")]},
        ),
        ("an anchor that is no text", whole | {"anchors": [1]}),
        ("prefixes that are no list", whole | {"qr_prefixes": {}}),
        ("layouts that are no list", whole | {"layouts": {}}),
        ("document keys that are no list", whole | {"document_keys": None}),
        ("a digest in capitals", whole | {"tables_sha256": "AA" * 32}),
        ("a short digest", whole | {"tables_sha256": "aa" * 31}),
        ("sequence 0", whole | {"sequence": 0}),
        ("a sequence as text", whole | {"sequence": "4"}),
        ("a day that no calendar has", dated("2026-02-30")),
        ("a day without date", dated("")),
        ("a day with a line end", dated("2026-01-01\n")),
        ("a day that is no text", dated(20260101)),
        ("a leap day", dated("2024-02-29")),
        ("a record key of an unknown algorithm", whole | {"record_keys": [foreign_key, record_key]}),
        ("record keys of unknown algorithms alone", whole | {"record_keys": [foreign_key]}),
        ("a record key of an unknown algorithm, twice", whole | {"record_keys": [foreign_key, foreign_key]}),
        (
            "a record key of an unknown algorithm under the kid of a known one",
            whole | {"record_keys": [foreign_key | {"kid": record_key["kid"]}, record_key]},
        ),
        ("a record key of no algorithm", whole | {"record_keys": [foreign_key | {"alg": ""}]}),
        ("an algorithm that is no text", whole | {"record_keys": [foreign_key | {"alg": 6}]}),
        (
            "an unknown algorithm, a kid in capitals",
            whole | {"record_keys": [foreign_key | {"kid": "0A1B2C3D"}]},
        ),
        ("an unknown algorithm, no key", whole | {"record_keys": [foreign_key | {"public_key": ""}]}),
        (
            "an unknown algorithm, not base64",
            whole | {"record_keys": [foreign_key | {"public_key": "====="}]},
        ),
        ("an unknown algorithm, no day", whole | {"record_keys": [foreign_key | {"valid_from": None}]}),
        ("an unknown algorithm, a member more", whole | {"record_keys": [foreign_key | {"more": 1}]}),
        ("an instant that no clock shows", whole | {"issued_at": "2026-11-20T25:00:00Z"}),
        ("an instant that is no text", whole | {"issued_at": ["2026-11-20T08:00:00Z"]}),
    ]


def _cases(
    chain: list[TrustMaterial], files: dict[str, bytes]
) -> list[tuple[str, str | None, str | None, dict[str, bytes | None]]]:
    unreadable, forged = "trust-unreadable", "trust-forged"
    newest, text = chain[-1], _text_of(chain[-1])
    by_stranger = encode_trust_note(text, [_signature(text, _STRANGER)])
    borrowed = encode_trust_note(text, [replace(_signature(text, _ANCHOR_B), signature=bytes(64))])
    older = {
        "trust-list.json": chain[2].trust_list,
        "policy": chain[2].policy,
        "trust.note": chain[2].note,
    }
    false_list = replace(newest, trust_list=newest.trust_list.replace(b'"test"', b'"production"'))
    false_text = statement_text(ORIGIN, NOW + timedelta(days=3), false_list, chain[2].note)
    false_tree = {
        "trust-list.json": false_list.trust_list,
        "trust.note": encode_trust_note(false_text, [_signature(false_text, _STRANGER)]),
    }
    stolen = _material(4, date(2026, 11, 22), (_STRANGER,))
    stolen_text = statement_text(ORIGIN, NOW + timedelta(days=3), stolen, chain[2].note)
    cut = newest.trust_list.replace(f'"{_vkey(_ANCHOR_B)}"'.encode(), b"")
    return [
        ("nothing pinned", None, None, {}),
        ("the present anchor pinned", "second", None, {}),
        ("the anchor of before pinned, through the chain", "first", None, {}),
        ("a stranger pinned", "stranger", forged, {}),
        ("an older whole publication", None, None, older),
        (
            "the list of before with the note of now",
            None,
            unreadable,
            {"trust-list.json": chain[2].trust_list},
        ),
        ("another policy", None, unreadable, {"policy": files["policy"] + b"# \n"}),
        ("other tables", None, unreadable, {"tables.json": files["tables.json"] + b" "}),
        ("the note is missing", None, unreadable, {"trust.note": None}),
        ("the note is cut off", None, unreadable, {"trust.note": files["trust.note"][:-9]}),
        ("the note of another format", None, unreadable, {"trust.note": _reformatted(files["trust.note"])}),
        ("one bit of the list", None, unreadable, {"trust-list.json": _flipped(files["trust-list.json"])}),
        ("signed by a stranger", None, forged, {"trust.note": by_stranger}),
        ("an anchor's name under a wrong signature", None, forged, {"trust.note": borrowed}),
        ("a false list signed by a stranger", None, forged, false_tree),
        ("a false list without anchors, nothing pinned", None, None, {"trust-list.json": cut}),
        ("a false list without anchors, an anchor pinned", "second", forged, {"trust-list.json": cut}),
        (
            "a list that names a stranger, signed by him alone",
            "second",
            forged,
            {
                "trust-list.json": stolen.trust_list,
                "policy": stolen.policy,
                "trust.note": encode_trust_note(stolen_text, [_signature(stolen_text, _STRANGER)]),
            },
        ),
        ("the chain has a gap", "first", unreadable, {"trust/3.note": None}),
        ("an earlier list was exchanged", "first", forged, {"trust/3.json": chain[1].trust_list}),
        ("an earlier note was exchanged", "first", forged, {"trust/3.note": chain[1].note}),
    ]


def _chain() -> list[TrustMaterial]:
    """1 begins; 2 announces a log key; 3 adds the second anchor, signed by both; 4 ends the old log key and first anchor."""
    plans: list[tuple[date | None, tuple[Ed25519PrivateKey, ...], tuple[Ed25519PrivateKey, ...]]] = [
        (None, (_ANCHOR_A,), (_ANCHOR_A,)),
        (None, (_ANCHOR_A,), (_ANCHOR_A,)),
        (None, (_ANCHOR_B,), (_ANCHOR_A, _ANCHOR_B)),
        (date(2026, 11, 22), (_ANCHOR_B,), (_ANCHOR_B,)),
    ]
    chain: list[TrustMaterial] = []
    for at, (ended_on, anchors, signers) in enumerate(plans):
        material = _material(at + 1, ended_on, anchors)
        previous = chain[-1].note if chain else None
        text = statement_text(ORIGIN, NOW + timedelta(days=at), material, previous)
        note = encode_trust_note(text, [_signature(text, key) for key in signers])
        chain.append(replace(material, note=note))
    return chain


def _material(sequence: int, ended_on: date | None, anchors: tuple[Ed25519PrivateKey, ...]) -> TrustMaterial:
    old = LogKey(_OLD_VKEY, date(2026, 1, 1), ended_on)
    new = LogKey(_NEW_VKEY, date(2026, 11, 21), None)
    keys = {1: (old,), 4: (new, old)}.get(sequence, (old, new))
    trust = TrustList(
        sequence=sequence,
        issued_at=NOW + timedelta(days=sequence - 1),
        environment="test",
        qr_prefixes=(PREFIX,),
        log_origin=ORIGIN,
        log_keys=keys,
        record_keys=(RecordKey(RECORD_KEY.kid, RECORD_KEY.public_key, date(2026, 1, 1), None),),
        document_keys=(),
        layouts=(),
        tables=TABLES,
        anchors=tuple(_vkey(key) for key in anchors),
    )
    return TrustMaterial(sequence, encode_trust_list(trust), TABLES, encode_policy(keys[0].vkey), None)


def _tree(chain: list[TrustMaterial]) -> dict[str, bytes]:
    kept = {
        f"trust/{one.sequence}.{kind}": content
        for one in chain
        for kind, content in (("json", one.trust_list), ("note", one.note or b""))
    }
    newest = chain[-1]
    return kept | {
        "trust-list.json": newest.trust_list,
        "tables.json": newest.tables,
        "policy": newest.policy,
        "trust.note": newest.note or b"",
    }


def _text_of(material: TrustMaterial) -> str:
    return (material.note or b"").decode().split("\n\n")[0] + "\n"


def _signature(text: str, key: Ed25519PrivateKey) -> AnchorSignature:
    return AnchorSignature(_NAME, key.public_key().public_bytes_raw(), key.sign(text.encode()))


def _vkey(key: Ed25519PrivateKey, name: str = _NAME) -> str:
    return encode_vkey(name, key.public_key().public_bytes_raw())


def _reformatted(note: bytes) -> bytes:
    return note.replace(b"certsvc-trust-note/1", b"certsvc-trust-note/2")


def _flipped(raw_list: bytes) -> bytes:
    return raw_list.replace(b'"valid_to":"2026-11-22"', b'"valid_to":"2026-11-23"')


def _encoded(files: dict[str, bytes] | dict[str, bytes | None]) -> dict[str, str | None]:
    return {
        path: None if content is None else base64.b64encode(content).decode()
        for path, content in files.items()
    }
