"""The signed statement over the trust material, `trust.note` (docs/formats/trust-list.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from certsvc.formats.note import encode_note, signature_line
from certsvc.formats.trust import trust_instant

TRUST_NOTE_FORMAT = "certsvc-trust-note/1"
ANCHOR_NAME_SUFFIX = "/trust"


@dataclass(frozen=True, slots=True)
class TrustMaterial:
    """The files that are believed together. `note` is None for material that nobody signs."""

    sequence: int
    trust_list: bytes
    tables: bytes
    policy: bytes
    note: bytes | None


@dataclass(frozen=True, slots=True)
class AnchorSignature:
    """The signature of a trust anchor: key name, raw public key, 64 bytes."""

    name: str
    public_key: bytes
    signature: bytes


def anchor_name(origin: str) -> str:
    """The key name of the trust anchors of a log."""
    return origin + ANCHOR_NAME_SUFFIX


def statement_text(
    origin: str, issued_at: datetime, material: TrustMaterial, previous_note: bytes | None
) -> str:
    """What the trust anchors sign, with its final newline. `previous_note`: the whole note before, None for the first."""
    files = {
        "trust-list.json": material.trust_list,
        "tables.json": material.tables,
        "policy": material.policy,
    }
    lines = [
        TRUST_NOTE_FORMAT,
        origin,
        str(material.sequence),
        trust_instant(issued_at),
        *(f"{name} {sha256(content).hexdigest()}" for name, content in files.items()),
        f"previous {'-' if previous_note is None else sha256(previous_note).hexdigest()}",
    ]
    return "".join(f"{line}\n" for line in lines)


def encode_trust_note(text: str, signatures: Sequence[AnchorSignature]) -> bytes:
    """trust.note."""
    return encode_note(text, [signature_line(one.name, one.public_key, one.signature) for one in signatures])
