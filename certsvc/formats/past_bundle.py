"""The past bundle, format 1: a certificate's whole history with its proofs in one file (docs/formats/past-bundle.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certsvc.formats.bundle import (
    Opening,
    ProvenChunk,
    ProvenLeaf,
    chunk_object,
    hashes_list,
    leaf_object,
    opening_object,
)
from certsvc.formats.canonical import encode_canonical_json

PAST_BUNDLE_FORMAT = "certsvc-past-bundle/1"
MAX_VERSIONS = 64
MAX_EVENTS = 256
MAX_PAST_BUNDLE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event leaf with its proofs. `manifest_index`: the log index of the manifest that covers it."""

    leaf: ProvenLeaf
    manifest_index: int
    event_proof: tuple[bytes, ...]
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class ProvenVersion:
    """A certificate version: the QR text without prefix, and all events on its slot, oldest first."""

    record_text: str
    events: tuple[ProvenEvent, ...]


@dataclass(frozen=True, slots=True)
class PastEvidence:
    """What all versions share: the checkpoint, its seal, the chunks of their slots, the manifests of their events."""

    checkpoint: bytes
    seal: ProvenLeaf
    chunks: tuple[ProvenChunk, ...]
    manifests: tuple[ProvenLeaf, ...]


def encode_past_bundle(evidence: PastEvidence, versions: Sequence[ProvenVersion], *, whole: bool) -> bytes:
    """The bundle's bytes; manifests and chunks ascend by index.

    `versions`: from the first to the newest, or (not `whole`) one of them with closed events.
    """
    place = {manifest.index: number for number, manifest in enumerate(evidence.manifests)}
    return encode_canonical_json(
        {
            "format": PAST_BUNDLE_FORMAT,
            "whole": whole,
            "checkpoint": evidence.checkpoint.decode(),
            "seal": leaf_object(evidence.seal),
            "chunks": [chunk_object(chunk) for chunk in evidence.chunks],
            "manifests": [leaf_object(manifest) for manifest in evidence.manifests],
            "versions": [
                {
                    "record": version.record_text,
                    "events": [
                        leaf_object(event.leaf)
                        | {
                            "manifest": place[event.manifest_index],
                            "event_proof": hashes_list(event.event_proof),
                            "opening": opening_object(event.opening),
                        }
                        for event in version.events
                    ],
                }
                for version in versions
            ],
        }
    )
