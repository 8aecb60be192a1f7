"""The signed verdict, format 1: what was answered to one question, as a file to keep (docs/formats/signed-verdict.md)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from certsvc.formats.bundle import ProvenChunk, ProvenLeaf, chunk_object, leaf_object
from certsvc.formats.canonical import JsonValue, encode_canonical_json
from certsvc.formats.trust import trust_instant

SIGNED_VERDICT_FORMAT: Final = "certsvc-signed-verdict/1"
MEDIA_TYPE: Final = "application/jose+json"
_TYPE: Final = "certsvc-signed-verdict+json"


class AskedBy(StrEnum):
    """What the asker had: the QR symbol, the manual code, or number, name and last four characters."""

    QR = "qr"
    CODE = "code"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """How it was asked, without a name: `record` is the signed QR record that the answer is about, None where there is none.

    Of name and last four characters there is not even a digest: so few possibilities can be tried out.
    """

    by: AskedBy
    place: str | None
    record: bytes | None


@dataclass(frozen=True, slots=True)
class StatusEvidence:
    """What the published log proves of one slot: checkpoint note, the seal that ends the log, the chunk under the seal."""

    slot: int
    checkpoint: bytes
    seal: ProvenLeaf
    status: ProvenChunk


def encode_signed_verdict(
    question: AskedQuestion,
    verdict: JsonValue,
    evidence: StatusEvidence | None,
    issued_at: datetime,
    key_id: str,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """The file: a flattened JWS (RFC 7515 section 7.2.2) in canonical JSON. `verdict` is of docs/formats/verdict.md."""
    payload = encode_canonical_json(
        {
            "schema": SIGNED_VERDICT_FORMAT,
            "issued_at": trust_instant(issued_at),
            "question": {
                "by": question.by.value,
                "place": question.place,
                "record": None if question.record is None else sha256(question.record).hexdigest(),
            },
            "verdict": verdict,
            "evidence": None if evidence is None else _evidence_object(evidence),
        }
    )
    header: dict[str, JsonValue] = {
        "alg": "EdDSA",
        "kid": key_id,
        "typ": _TYPE,
        "payload_sha256": sha256(payload).hexdigest(),
    }
    protected, content = _b64url(encode_canonical_json(header)), _b64url(payload)
    signature = sign(f"{protected}.{content}".encode())
    return encode_canonical_json(
        {"payload": content, "protected": protected, "signature": _b64url(signature)}
    )


def _evidence_object(evidence: StatusEvidence) -> dict[str, JsonValue]:
    return {
        "slot": evidence.slot,
        "checkpoint": evidence.checkpoint.decode(),
        "seal": leaf_object(evidence.seal),
        "status": chunk_object(evidence.status),
    }


def _b64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
