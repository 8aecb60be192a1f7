"""The bundle, format 1: everything needed to check one certificate without network (docs/formats/bundle.md)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from certsvc.formats.canonical import encode_canonical_json

BUNDLE_FORMAT = "certsvc-bundle/1"


@dataclass(frozen=True, slots=True)
class ProvenLeaf:
    """A leaf, its log index, and its inclusion proof in the checkpoint's tree."""

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProvenChunk:
    """A chunk of the status array and its proof in the seal's status tree."""

    index: int
    chunk: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LedgerEvidence:
    """What the public tree alone proves of one certificate at one checkpoint; holds no personal data."""

    checkpoint: bytes
    issue: ProvenLeaf
    manifest: ProvenLeaf
    event_proof: tuple[bytes, ...]
    seal: ProvenLeaf
    status: ProvenChunk


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the ledger's commitment: the private payload, with the holder's whole document number, and its salt."""

    salt: bytes
    payload: bytes


def encode_bundle(record_text: str, opening: Opening | None, evidence: LedgerEvidence) -> bytes:
    """The bundle's bytes. `record_text` is the QR text without prefix; without an opening the content stays closed."""
    return encode_canonical_json(
        {
            "format": BUNDLE_FORMAT,
            "record": record_text,
            "opening": opening_object(opening),
            "checkpoint": evidence.checkpoint.decode(),
            "issue": leaf_object(evidence.issue),
            "manifest": leaf_object(evidence.manifest) | {"event_proof": hashes_list(evidence.event_proof)},
            "seal": leaf_object(evidence.seal),
            "status": chunk_object(evidence.status),
        }
    )


def opening_object(opening: Opening | None) -> dict[str, str] | None:
    """An opening in a bundle; null where the content stays closed."""
    return None if opening is None else {"salt": _b64(opening.salt), "payload": _b64(opening.payload)}


def leaf_object(proven: ProvenLeaf) -> dict[str, str | int | list[str]]:
    """A leaf in a bundle, with its inclusion proof."""
    return {"index": proven.index, "leaf": _b64(proven.leaf), "proof": hashes_list(proven.proof)}


def chunk_object(proven: ProvenChunk) -> dict[str, str | int | list[str]]:
    """A chunk of the status array in a bundle, with its proof under the seal."""
    return {"chunk_index": proven.index, "chunk": _b64(proven.chunk), "proof": hashes_list(proven.proof)}


def hashes_list(hashes: Iterable[bytes]) -> list[str]:
    """The hashes of a proof in a bundle."""
    return [_b64(item) for item in hashes]


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
