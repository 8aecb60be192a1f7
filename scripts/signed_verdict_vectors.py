"""Golden vectors of signed verdicts: genuine ones over the log of the bundle vectors, and what is done to them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from certverify.bundle import check_bundle
from certverify.signed_verdict import check_signed_verdict
from certverify.trust import decode_trust
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.formats.bundle import ProvenChunk, ProvenLeaf
from certsvc.formats.canonical import encode_canonical_json
from certsvc.formats.detached_jws import key_thumbprint
from certsvc.formats.record import record_text
from certsvc.formats.signed_verdict import AskedBy, AskedQuestion, StatusEvidence, encode_signed_verdict
from certsvc.formats.trust import ApiKey, encode_trust_list
from scripts.vector_material import (
    NOW,
    PEOPLE,
    POLICY,
    PREFIX,
    TABLES,
    TRUSTED,
    content_of,
    record_of,
    sign_record,
)

_KEY = Ed25519PrivateKey.from_private_bytes(sha256(b"api key of the vectors").digest())
_RETIRED = Ed25519PrivateKey.from_private_bytes(sha256(b"api key of before, of the vectors").digest())
_STRANGER = Ed25519PrivateKey.from_private_bytes(sha256(b"nobody's api key").digest())
_AT = NOW + timedelta(minutes=30)
_LATER = NOW + timedelta(days=3650)
_RETIRED_ON = date(2026, 6, 30)


def signed_verdict_vectors(bundles: list[bytes]) -> dict[str, Any]:
    """Trust material, and cases: a file, the record shown with it if any, and what a reader says of it."""
    trust = decode_trust(_TRUST_LIST, TABLES, POLICY)
    cases = []
    for name, raw_file, qr in _cases([_Told(bundle, serial) for serial, bundle in enumerate(bundles, 1)]):
        check = check_signed_verdict(raw_file, trust, _LATER, qr)
        said = {"outcome": check.outcome.value, "codes": [code.value for code in check.codes]}
        about = {"about": check.about.value}
        cases.append({"name": name, "file": raw_file.decode(), "qr": qr, **said, **about})
    return {
        "trust_list": _TRUST_LIST.decode(),
        "tables": TABLES.decode(),
        "policy": POLICY.decode(),
        "now": _LATER.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cases": cases,
    }


class _Told:
    """One certificate of the log: its record, its verdict, and the evidence of its slot out of its bundle."""

    def __init__(self, bundle: bytes, serial: int) -> None:
        parts, person = json.loads(bundle), PEOPLE[serial - 1]
        self.record = sign_record(record_of(content_of(serial, person)))
        self.qr = record_text(self.record, PREFIX)
        trust = decode_trust(_TRUST_LIST, TABLES, POLICY)
        self.verdict = check_bundle(bundle, trust, _AT).as_json()
        seal, status = parts["seal"], parts["status"]
        self.evidence = StatusEvidence(
            person.slot,
            parts["checkpoint"].encode(),
            ProvenLeaf(seal["index"], _raw(seal["leaf"]), tuple(map(_raw, seal["proof"]))),
            ProvenChunk(status["chunk_index"], _raw(status["chunk"]), tuple(map(_raw, status["proof"]))),
        )

    def file(
        self,
        key: Ed25519PrivateKey = _KEY,
        at: datetime = _AT,
        by: AskedBy = AskedBy.QR,
        **changes: Any,
    ) -> bytes:
        """Its signed verdict; `changes`: another `verdict`, `evidence` or `record`."""
        given = {"verdict": self.verdict, "evidence": self.evidence, "record": self.record} | changes
        question = AskedQuestion(by, changes.get("place"), given["record"])
        raw_key = key.public_key().public_bytes_raw()
        return encode_signed_verdict(
            question, given["verdict"], given["evidence"], at, key_thumbprint(raw_key), key.sign
        )


def _cases(told: list[_Told]) -> list[tuple[str, bytes, str | None]]:
    first, second, revoked = told[0], told[1], told[2]
    good, seal, status = first.file(), first.evidence.seal, first.evidence.status
    open_answer = _not_found(first.verdict)
    return [
        ("valid, with its record", good, first.qr),
        ("valid, no record shown", good, None),
        ("limited to an area, by manual code", second.file(by=AskedBy.CODE), second.qr),
        ("revoked, by number, name and last four", revoked.file(by=AskedBy.HOLDER), revoked.qr),
        (
            "by a key that was retired later, in its time",
            first.file(_RETIRED, _in_june(), evidence=None),
            None,
        ),
        ("nothing found", first.file(verdict=open_answer, evidence=None, record=None), None),
        (
            "nothing found, a record shown",
            first.file(verdict=open_answer, evidence=None, record=None),
            first.qr,
        ),
        ("no evidence", first.file(evidence=None), first.qr),
        ("revoked before the log knew", first.file(verdict=revoked.verdict | _who(first)), first.qr),
        ("another record shown", good, second.qr),
        ("no record of ours shown", good, "https://zs.example/v#ABC"),
        ("the record of another certificate named", first.file(record=second.record), second.qr),
        ("evidence of another slot", first.file(evidence=second.evidence), first.qr),
        ("told valid, proven revoked", first.file(evidence=revoked.evidence), None),
        ("told authentic unknown, with evidence", first.file(verdict=open_answer), None),
        ("knowledge younger than the checkpoint", first.file(verdict=_younger(first.verdict)), None),
        ("dated before its checkpoint", first.file(at=NOW - timedelta(hours=1)), None),
        ("from the future", first.file(at=_LATER + timedelta(hours=1)), None),
        ("by a retired key, after its time", first.file(_RETIRED), first.qr),
        ("by a stranger", first.file(_STRANGER), first.qr),
        ("the payload changed", _changed(good, payload=_flip(good, "payload")), first.qr),
        ("the payload and its digest changed", _relabelled(good), first.qr),
        ("another's signature", _changed(good, signature=json.loads(second.file())["signature"]), first.qr),
        ("another key named", _headed(good, {"kid": key_thumbprint(_raw_key(_STRANGER))}), first.qr),
        ("a retired key named", _headed(good, {"kid": key_thumbprint(_raw_key(_RETIRED))}), first.qr),
        ("another algorithm", _headed(good, {"alg": "ML-DSA-44"}), first.qr),
        ("another type", _headed(good, {"typ": "JWT"}), first.qr),
        ("a header more", _headed(good, {"crit": ["exp"]}), first.qr),
        ("a later version", _resigned(good, {"schema": "certsvc-signed-verdict/2"}), first.qr),
        ("a code of later", _resigned(good, {"verdict": _with_code(first.verdict)}), first.qr),
        ("a verdict against its findings", _resigned(good, {"verdict": _praised(revoked.verdict)}), None),
        ("a member more", _resigned(good, {"more": 1}), first.qr),
        (
            "a place that is none",
            _resigned(good, {"question": _question(good) | {"place": "吉林"}}),
            first.qr,
        ),
        (
            "the seal damaged",
            first.file(evidence=_with(first, seal=replace(seal, leaf=_bit(seal.leaf)))),
            None,
        ),
        (
            "the chunk damaged",
            first.file(evidence=_with(first, status=replace(status, chunk=_bit(status.chunk)))),
            None,
        ),
        ("the checkpoint of nobody", first.file(evidence=_with(first, checkpoint=b"certsvc\n1\n")), None),
        ("a member outside the signature", _changed(good, header={}), first.qr),
        ("a line end behind it", good + b"\n", first.qr),
        ("not JSON", b"%PDF-1.7", None),
        ("empty", b"", None),
    ]


def _with(told: _Told, **changes: Any) -> StatusEvidence:
    return replace(told.evidence, **changes)


def _who(told: _Told) -> dict[str, Any]:
    return {name: told.verdict[name] for name in ("certificate", "holder", "validity_area", "as_of")}


def _not_found(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return dict(verdict) | {
        "verdict": "undetermined",
        "authentic": "unknown",
        "status": "unknown",
        "as_of": None,
        "checkpoint_age": None,
        "not_established": ["certificate-not-found"],
        "findings": [{"code": "certificate-not-found", "zh": "未查询到。", "en": "Not found."}],
        "certificate": None,
        "holder": None,
        "validity_area": None,
    }


def _younger(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return dict(verdict) | {"as_of": _AT.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _praised(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return dict(verdict) | {"verdict": "passed"}


def _with_code(verdict: Mapping[str, Any]) -> dict[str, Any]:
    later = {"code": "known-later", "zh": "以后", "en": "later"}
    return dict(verdict) | {"findings": [*verdict["findings"], later]}


def _question(file: bytes) -> dict[str, Any]:
    question: dict[str, Any] = _payload(file)["question"]
    return question


def _in_june() -> datetime:
    return datetime(2026, 6, 30, 12, 0, tzinfo=NOW.tzinfo)


def _payload(file: bytes) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(_plain(json.loads(file)["payload"]))
    return payload


def _changed(file: bytes, **changes: Any) -> bytes:
    return encode_canonical_json(json.loads(file) | changes)


def _flip(file: bytes, part: str) -> str:
    return _b64url(_bit(_plain(json.loads(file)[part])))


def _bit(content: bytes) -> bytes:
    """With one bit changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _relabelled(file: bytes) -> bytes:
    """Another payload under a header that has its digest: only the signature can tell."""
    payload = encode_canonical_json(_payload(file) | {"issued_at": "2026-11-20T09:00:00Z"})
    head = {"payload_sha256": sha256(payload).hexdigest()}
    return _changed(_headed(file, head), payload=_b64url(payload))


def _headed(file: bytes, head: Mapping[str, Any]) -> bytes:
    """With another protected header, and the signature of before."""
    before = json.loads(_plain(json.loads(file)["protected"]))
    return _changed(file, protected=_b64url(encode_canonical_json(before | dict(head))))


def _resigned(file: bytes, changes: Mapping[str, Any]) -> bytes:
    """What the key itself would have signed, had it ever signed such a thing."""
    payload = encode_canonical_json(_payload(file) | dict(changes))
    headed = json.loads(_headed(file, {"payload_sha256": sha256(payload).hexdigest()}))
    signed = f"{headed['protected']}.{_b64url(payload)}".encode()
    return encode_canonical_json(
        headed | {"payload": _b64url(payload), "signature": _b64url(_KEY.sign(signed))}
    )


def _raw_key(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _raw(digits: str) -> bytes:
    return base64.b64decode(digits)


def _plain(digits: str) -> bytes:
    return base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))


def _b64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


_TRUST_LIST = encode_trust_list(
    replace(
        TRUSTED,
        environment="production",
        api_keys=(
            ApiKey(_raw_key(_KEY), date(2026, 7, 1), None),
            ApiKey(_raw_key(_RETIRED), date(2026, 1, 1), _RETIRED_ON),
        ),
    )
)
