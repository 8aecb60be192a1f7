"""Logs with the lives of certificates in them, and past bundles of these, written from docs/formats alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from certverify.trust import Trust, decode_trust

from tests.verifier.builders import (
    EPOCH,
    FIELDS,
    OTHER_RECORD_KEY,
    RECORD_KEY,
    SLOTS,
    Key,
    Log,
    b64,
    cbor,
    chunks_of,
    leaf_hash,
    manifest_leaf,
    path,
    private_payload,
    record_text,
    sha,
)

ISSUED, CORRECTED, REVOKED, VOIDED, SUSPENDED, REINSTATED = 1, 2, 3, 5, 6, 7
WORDS = {1: "issued", 2: "corrected", 3: "revoked", 5: "voided", 6: "suspended", 7: "reinstated"}
STATUS_AFTER = {1: 1, 2: 6, 3: 3, 5: 5, 6: 2, 7: 1}
FIRST = dict(FIELDS)
SECOND = FIELDS | {"version": 2, "slot": 90_000, "name": "林晓艳"}
OTHER = FIELDS | {"number": "2205202600000026", "slot": 70_002, "name": "王强", "last4": "0017"}
NO_HASHES: list[str] = []


@dataclass(frozen=True)
class Happened:
    """Something that happens to a certificate version; `on` is the day from which it counts, November 2026."""

    fields: dict[str, Any]
    kind: int
    on: int | None = None
    replaced_by: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def effective(self) -> int:
        return self.fields["acquired"] if self.on is None else (date(2026, 11, self.on) - EPOCH).days

    def payload(self) -> bytes:
        if self.kind == ISSUED:
            return private_payload(self.fields, **self.changes)
        content = {
            "format": "certsvc-content/1",
            "event": WORDS[self.kind],
            "decision": "D0123456789ABCDE",
            "number": self.fields["number"],
            "version": self.fields["version"],
            "slot": self.fields["slot"],
            "document_ref": f"吉人社〔2026〕{self.on}号",
            "decided_on": day(self.effective),
            "effective_on": day(self.effective),
            "recorded_on": day(self.effective),
            "ground": "经核查",
            "document_sha256": None,
            "replaced_by": self.replaced_by,
        }
        return canonical(content | self.changes)


@dataclass
class Logged:
    """An event in the log, with what opens it."""

    index: int
    entry: bytes
    manifest: int
    salt: bytes
    payload: bytes


@dataclass
class PastLog(Log):
    """A log that grows batch by batch, each on a day of November 2026 at ten in the morning in Shanghai."""

    def __post_init__(self) -> None:
        self.array = bytearray(SLOTS // 2)
        self.entries = [cbor([1, 101, 0, SLOTS, self.status_root])]
        self.logged: dict[int, list[Logged]] = {}

    def batch(
        self, logged_on: int, *happened: Happened, signer: Key = RECORD_KEY, flipped: bool = False
    ) -> None:
        """Events, their manifest (with a bit of its signature flipped where asked), a seal.

        The events name the authority's first key, or the next one where that signs; a thief's name is in the manifest alone.
        """
        kid = OTHER_RECORD_KEY.kid if signer is OTHER_RECORD_KEY else RECORD_KEY.kid
        hour = int(datetime(2026, 11, logged_on, 2, tzinfo=UTC).timestamp()) // 3600
        first = len(self.entries)
        raw_events: list[bytes] = []
        for one in happened:
            index, salt = first + len(raw_events), sha(b"%d" % (first + len(raw_events)))
            slot, payload = one.fields["slot"], one.payload()
            chain = self.logged.setdefault(slot, [])
            seq, prev = len(chain), leaf_hash(chain[-1].entry) if chain else None
            committed = sha(b"certsvc/commitment/v1\x00" + salt + payload)
            entry = cbor([1, one.kind, -8, kid, slot, seq, prev, one.effective, hour, committed])
            chain.append(Logged(index, entry, first + len(happened), salt, payload))
            raw_events.append(entry)
            low = self.array[slot >> 1] & (0x0F if slot & 1 else 0xF0)
            self.array[slot >> 1] = low | STATUS_AFTER[one.kind] << (4 if slot & 1 else 0)
        manifest = manifest_leaf(first, raw_events, signer)
        if flipped:
            manifest = manifest[:-1] + bytes([manifest[-1] ^ 1])
        self.entries += [*raw_events, manifest]
        self.seal()

    def grown(self) -> PastLog:
        """A copy that can go on by itself."""
        return copy.deepcopy(self)

    def past(self, *versions: dict[str, Any], opened: bool = True, whole: bool = True) -> dict[str, Any]:
        """The past bundle of a certificate whose versions have these fields."""
        hashes, chunks = self.hashes, chunks_of(bytes(self.array))
        events = [one for fields in versions for one in self.logged[fields["slot"]]]
        manifests = sorted({one.manifest for one in events})

        def proven(index: int) -> dict[str, Any]:
            return {
                "index": index,
                "leaf": b64(self.entries[index]),
                "proof": list(map(b64, path(index, hashes))),
            }

        def event(one: Logged) -> dict[str, Any]:
            first = one.manifest
            while first > 0 and is_event(self.entries[first - 1]):
                first -= 1
            covered = [leaf_hash(entry) for entry in self.entries[first : one.manifest]]
            return proven(one.index) | {
                "manifest": manifests.index(one.manifest),
                "event_proof": list(map(b64, path(one.index - first, covered))),
                "opening": {"salt": b64(one.salt), "payload": b64(one.payload)} if opened else None,
            }

        chunk_hashes = [leaf_hash(chunk) for chunk in chunks]
        return {
            "format": "certsvc-past-bundle/1",
            "whole": whole,
            "checkpoint": self.checkpoint(),
            "seal": proven(len(self.entries) - 1),
            "chunks": [
                {
                    "chunk_index": number,
                    "chunk": b64(chunks[number]),
                    "proof": list(map(b64, path(number, chunk_hashes))),
                }
                for number in sorted({fields["slot"] // 512 for fields in versions})
            ],
            "manifests": [proven(index) for index in manifests],
            "versions": [
                {
                    "record": record_text(fields),
                    "events": [event(one) for one in self.logged[fields["slot"]]],
                }
                for fields in versions
            ],
        }

    def trust(self) -> Trust:
        files = self.trust_files()
        return decode_trust(files["trust-list.json"], files["tables.json"], files["policy"])


def is_event(entry: bytes) -> bool:
    import cbor2

    return bool(cbor2.loads(entry)[1] < 100)


def a_life(**given: Any) -> PastLog:
    """Issued, suspended and reinstated, corrected, the second version suspended and reinstated; another one beside it."""
    log = PastLog(**given)
    log.batch(10, Happened(OTHER, ISSUED), Happened(FIRST, ISSUED))
    log.batch(12, Happened(FIRST, SUSPENDED, 11))
    log.batch(13, Happened(FIRST, REINSTATED, 13))
    log.batch(14, Happened(FIRST, CORRECTED, 14, replaced_by=2))
    log.batch(14, Happened(SECOND, ISSUED))
    log.batch(16, Happened(FIRST, SUSPENDED, 15), Happened(SECOND, SUSPENDED, 15))
    log.batch(18, Happened(FIRST, CORRECTED, 17, replaced_by=2), Happened(SECOND, REINSTATED, 17))
    return log


def revoked(life: PastLog) -> PastLog:
    """The same life after a revocation of 19 November that counts from 9 November on."""
    log = life.grown()
    log.batch(19, Happened(FIRST, REVOKED, 9), Happened(SECOND, REVOKED, 9))
    return log


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def tidied(
    bundle: dict[str, Any], versions: Sequence[int] = (FIRST["slot"], SECOND["slot"])
) -> dict[str, Any]:
    """The bundle with manifests that no event names taken out, as a careful forger would; chunks of `versions` alone."""
    result = copy.deepcopy(bundle)
    events = [event for version in result["versions"] for event in version["events"]]
    used = sorted({event["manifest"] for event in events})
    result["manifests"] = [result["manifests"][place] for place in used]
    for event in events:
        event["manifest"] = used.index(event["manifest"])
    wanted = {slot // 512 for slot in versions}
    result["chunks"] = [chunk for chunk in result["chunks"] if chunk["chunk_index"] in wanted]
    return result


def day(number: int) -> str:
    return date.fromordinal(EPOCH.toordinal() + number).isoformat()
