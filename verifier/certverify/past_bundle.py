"""The past bundle: one certificate's whole history with its proofs, as presented (docs/formats/past-bundle.md)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from certverify.errors import BundleError, JsonError
from certverify.evidence import (
    MAX_BUNDLE_BYTES,
    Opening,
    ProvenChunk,
    ProvenLeaf,
    read_hashes,
    read_opening,
    read_proven_chunk,
    read_proven_leaf,
    without,
)
from certverify.strict_json import (
    decode_json,
    encode_canonical,
    items,
    only_keys,
    text,
    truth,
    whole_number,
)

FORMAT = "certsvc-past-bundle/1"
MAX_VERSIONS = 64
MAX_EVENTS = 256
_PARTS = ("format", "whole", "checkpoint", "seal", "chunks", "manifests", "versions")
_EVENT_KEYS = ("index", "leaf", "proof", "manifest", "event_proof", "opening")


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event as presented; `manifest` is the place of its manifest in the bundle's list."""

    leaf: ProvenLeaf
    manifest: int
    event_proof: tuple[bytes, ...]
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class PastVersion:
    """One certificate version: the text of its QR record, and the events on its slot, oldest first."""

    record: str
    events: tuple[PastEvent, ...]


@dataclass(frozen=True, slots=True)
class PastBundle:
    """The parts of a past bundle, none of them verified.

    `whole`: versions from the first to the newest. Otherwise one version alone, with closed events.
    """

    whole: bool
    raw_checkpoint: bytes
    seal: ProvenLeaf
    chunks: tuple[ProvenChunk, ...]
    manifests: tuple[ProvenLeaf, ...]
    versions: tuple[PastVersion, ...]


def decode_past_bundle(raw_bundle: bytes) -> PastBundle:
    """The past bundle in canonical JSON bytes, within its bounds; what is listed once is used. Raises BundleError."""
    try:
        value = decode_json(raw_bundle, limit=MAX_BUNDLE_BYTES)
        bundle = _past_bundle(value)
        canonical = encode_canonical(value) == raw_bundle
    except (JsonError, ValueError) as error:
        raise BundleError("the past bundle cannot be read") from error
    if not canonical:
        raise BundleError("the past bundle is not in its canonical form")
    return bundle


def _past_bundle(value: object) -> PastBundle:
    fields = only_keys(value, _PARTS)
    if fields["format"] != FORMAT:
        raise JsonError("another format")
    bundle = PastBundle(
        whole=truth(fields["whole"]),
        raw_checkpoint=text(fields["checkpoint"]).encode(),
        seal=read_proven_leaf(fields["seal"]),
        chunks=tuple(map(read_proven_chunk, items(fields["chunks"]))),
        manifests=tuple(map(read_proven_leaf, items(fields["manifests"]))),
        versions=tuple(map(_version, items(fields["versions"]))),
    )
    _require_bounds(bundle)
    return bundle


def _version(value: object) -> PastVersion:
    fields = only_keys(value, ("record", "events"))
    return PastVersion(text(fields["record"]), tuple(map(_event, items(fields["events"]))))


def _event(value: object) -> PastEvent:
    fields = only_keys(value, _EVENT_KEYS)
    return PastEvent(
        leaf=read_proven_leaf(without(fields, "manifest", "event_proof", "opening")),
        manifest=whole_number(fields["manifest"]),
        event_proof=read_hashes(fields["event_proof"]),
        opening=read_opening(fields["opening"]),
    )


def _require_bounds(bundle: PastBundle) -> None:
    events = [event for version in bundle.versions for event in version.events]
    if not 1 <= len(bundle.versions) <= MAX_VERSIONS or not all(one.events for one in bundle.versions):
        raise JsonError("a certificate has 1 to 64 versions, each with an event")
    if not bundle.whole and (len(bundle.versions) != 1 or any(event.opening for event in events)):
        raise JsonError("a part is one version, closed")
    if len(events) > MAX_EVENTS:
        raise JsonError("more than 256 events")
    if {event.manifest for event in events} != set(range(len(bundle.manifests))):
        raise JsonError("every manifest is listed once, for the events that name it")
    _require_ascending([manifest.index for manifest in bundle.manifests])
    _require_ascending([chunk.index for chunk in bundle.chunks])
    if len(bundle.chunks) > len(bundle.versions):
        raise JsonError("more chunks than slots")


def _require_ascending(numbers: list[int]) -> None:
    if any(earlier >= later for earlier, later in pairwise(numbers)):
        raise JsonError("parts are out of order, or listed twice")
