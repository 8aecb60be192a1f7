"""A log for a replay, leaf by leaf: honest unless a test says otherwise, written from docs/formats/ledger.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.verifier import builders
from tests.verifier.builders import (
    LOG_KEY,
    NO_WITNESS_POLICY,
    NOW,
    ORIGIN,
    RECORD_KEY,
    SLOTS,
    Key,
    b64,
    cbor,
    chunks_of,
    leaf_hash,
    mth,
    sha,
    tables,
    tiles,
    trust_list,
    write_files,
)

HOUR = int(NOW.timestamp()) // 3600
STATUS_AFTER = {1: 1, 2: 6, 3: 3, 4: 4, 5: 5, 6: 2, 7: 1, 8: 1, 9: 0, 10: 7}


@dataclass
class HandLog:
    """Leaves, and the array that they make. Every step appends at the end; `entries` may be bent by a test."""

    slots: int = SLOTS
    hour: int = HOUR
    signer: Key = RECORD_KEY
    entries: list[bytes] = field(default_factory=list)
    last: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    batch: list[bytes] = field(default_factory=list)
    policy: str = NO_WITNESS_POLICY

    def __post_init__(self) -> None:
        self.array = bytearray(self.slots // 2)
        if not self.entries:
            self.seal()

    def event(self, slot: int, kind: int = 1, **changes: Any) -> HandLog:
        """One event on a slot, chained to the last one there unless `changes` say otherwise."""
        before = self.last.get(slot)
        fields = {
            "version": 1, "type": kind, "alg": -8, "kid": self.signer.kid, "slot": slot,
            "seq": 0 if before is None else before[0] + 1,
            "prev": None if before is None else before[1],
            "effective_on": 20_000, "logged_hour": self.hour,
            "commitment": sha(b"%d/%d/%d" % (slot, kind, len(self.entries))),
        }  # fmt: skip
        entry = cbor(list((fields | changes).values()))
        self.last[slot] = (fields["seq"], leaf_hash(entry))
        self.put(slot, STATUS_AFTER[kind])
        return self.add(entry)

    def put(self, slot: int, value: int) -> None:
        """Write into the array what no event says."""
        octet = self.array[slot >> 1]
        self.array[slot >> 1] = octet & 0x0F | value << 4 if slot & 1 else octet & 0xF0 | value

    def add(self, entry: bytes) -> HandLog:
        """Any entry as part of the open batch."""
        self.entries.append(entry)
        self.batch.append(entry)
        return self

    def manifest(self, **changes: Any) -> HandLog:
        """The manifest over the open batch. `signer` signs; what else changes is signed as it is then."""
        signer = changes.pop("signer", self.signer)
        signature = changes.pop("signature", None)
        stated = {
            "version": 1, "type": 100, "alg": -8, "kid": signer.kid,
            "first": len(self.entries) - len(self.batch), "count": len(self.batch),
            "root": mth([leaf_hash(entry) for entry in self.batch]),
        }  # fmt: skip
        signed = list((stated | changes).values())
        signature = signature or signer.private.sign(b"certsvc/manifest/v1\x00" + cbor(signed))
        self.entries.append(cbor([*signed, signature]))
        return self

    def seal(self, **changes: Any) -> HandLog:
        """The seal of the array as it is now."""
        root = mth([leaf_hash(chunk) for chunk in chunks_of(bytes(self.array))])
        stated = {"version": 1, "type": 101, "index": len(self.entries), "slots": self.slots, "root": root}
        self.entries.append(cbor(list((stated | changes).values())))
        self.batch = []
        return self

    def issue(self, *slots: int) -> HandLog:
        """A whole batch of issued certificates."""
        for slot in slots:
            self.event(slot)
        return self.manifest().seal()

    def grow(self) -> HandLog:
        """Double the array."""
        self.array += bytes(self.slots // 2)
        self.slots *= 2
        return self

    @property
    def root(self) -> bytes:
        return mth([leaf_hash(entry) for entry in self.entries])

    def checkpoint(
        self,
        at: datetime = NOW,
        *,
        signer: Key = LOG_KEY,
        cosigners: Sequence[Key] = (),
        origin: str = ORIGIN,
    ) -> bytes:
        """The signed note of the log as it is now."""
        text = f"{origin}\n{len(self.entries)}\n{b64(self.root)}\n"
        lines = [signer.sign_note(text), signer.cosign(text, int(at.timestamp()))]
        lines += [key.cosign(text, int(at.timestamp())) for key in cosigners]
        return (text + "\n" + "".join(lines)).encode()

    def files(self, at: datetime = NOW, **how: Any) -> dict[str, bytes]:
        """The public tree."""
        shards = [bytes(self.array[start : start + 65_536]) for start in range(0, len(self.array), 65_536)]
        roots = [mth([leaf_hash(chunk) for chunk in chunks_of(shard)]) for shard in shards]
        return {
            "trust-list.json": trust_list(),
            "tables.json": tables(),
            "policy": self.policy.encode(),
            "vkey": (LOG_KEY.vkey() + "\n").encode(),
            f"status/{len(self.entries) - 1}/roots": b"".join(roots),
            **{f"status/shard/{root.hex()}": shard for root, shard in zip(roots, shards, strict=True)},
            **tiles(self.entries),
            "checkpoint": self.checkpoint(at, **how),
        }

    def write(self, folder: Path, at: datetime = NOW, **how: Any) -> Path:
        """The public tree in a folder."""
        write_files(folder, self.files(at, **how))
        return folder


def honest_log(batches: int = 4, *, issue: Callable[[int], Sequence[int]] | None = None) -> HandLog:
    """Some batches of certificates, each after the first with a suspension and its lifting or a revocation."""
    log = HandLog()
    slots = issue or (lambda turn: range(turn * 1000, turn * 1000 + 90))
    for turn in range(batches):
        for slot in slots(turn):
            log.event(slot)
        if turn:
            before = slots(turn - 1)
            log.event(before[0], 6).event(before[0], 7).event(before[1], 3)
        log.manifest().seal()
        log.hour += 0
    return log


__all__ = ["HOUR", "HandLog", "builders", "honest_log"]
