"""An outsider's replay: a public tree in a folder, every leaf checked, the array and the root made anew."""

from __future__ import annotations

import random
import tempfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cbor2
from certverify.checkpoint import Checkpoint
from certverify.merkle import leaf_hash, root_of_hashes
from certverify.replay_follow import Follower
from certverify.tree import PublicTree, tile_path
from certverify.trust import RecordKey, record_kid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.timing import Measurement, Scale, Target, elapsed
from bench.versions import versions
from certsvc.formats.leaf import SlotStatus
from certsvc.formats.status import StatusArray

HOUR = 498_000
EVENTS_A_BATCH = 1_000
ONE_LATER_EVENT_IN = 50
MOST_LEAVES = 1_000_000
_STATUS = {1: SlotStatus.VALID, 3: SlotStatus.REVOKED}


def measure(scale: Scale) -> list[Measurement]:
    """Leaves a second of a whole replay: batches of 1,000, one event in fifty a revocation of an earlier certificate."""
    leaves = min(scale.replayed, MOST_LEAVES)
    with tempfile.TemporaryDirectory(prefix="certsvc-bench-") as folder:
        public = Path(folder) / "public"
        log = _SyntheticLog(leaves)
        log.write(public)
        floor = leaves / elapsed(lambda: _bare_hashes(log.entries))
        checkpoint = Checkpoint("bench", len(log.entries), log.root)
        size, follower = len(log.entries), Follower(Path(folder) / "replay")
        taken = elapsed(lambda: follower.follow(PublicTree(public), checkpoint, HOUR * 3600, log.trust_list))
    return [
        Measurement(
            "replay_per_second",
            f"replay of a public tree of {size:,} leaves by an outsider",
            size / taken,
            "1/s",
            floor,
            "bare hashing of the same entries and of the nodes over them, a second",
            versions("cbor2", "cryptography"),
            Target(MOST_LEAVES / 60),
        )
    ]


class _SyntheticLog:
    """At least `leaves` leaves in whole batches, and their public files."""

    def __init__(self, leaves: int) -> None:
        self._dice = random.Random(7)
        self._signer = Ed25519PrivateKey.generate()
        raw_key = self._signer.public_key().public_bytes_raw()
        self._kid = record_kid(raw_key)
        key = RecordKey(self._kid, self._signer.public_key(), date(2020, 1, 1), None)
        self.trust_list: Any = SimpleNamespace(record_keys={self._kid: key})
        slots = 131_072
        while slots <= 2 * leaves:
            slots *= 2
        self._array = StatusArray(slots)
        self._free = iter(self._dice.sample(range(slots), leaves))
        self._open: list[tuple[int, bytes]] = []
        self.entries: list[bytes] = []
        self._hashes: list[bytes] = []
        self._seal()
        while len(self.entries) < leaves:
            self._batch(min(EVENTS_A_BATCH, leaves))
        self.root = root_of_hashes(self._hashes)

    def write(self, public: Path) -> None:
        """The files that a replay reads."""
        row = self._hashes
        for number in range(0, len(self.entries), 256):
            part = self.entries[number : number + 256]
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
            _write(public, "entries", number // 256, len(part), bundle)
        level = 0
        while row:
            for number in range(0, len(row), 256):
                part = row[number : number + 256]
                _write(public, str(level), number // 256, len(part), b"".join(part))
            row = [root_of_hashes(row[at : at + 256]) for at in range(0, len(row) - len(row) % 256, 256)]
            level += 1

    def _batch(self, count: int) -> None:
        first = len(self.entries)
        for _ in range(count):
            if self._open and self._dice.randrange(ONE_LATER_EVENT_IN) == 0:
                at = self._dice.randrange(len(self._open))
                self._open[at], self._open[-1] = self._open[-1], self._open[at]
                slot, prev = self._open.pop()
                self._event(3, slot, 1, prev)
            else:
                slot = next(self._free)
                self._event(1, slot, 0, None)
                self._open.append((slot, self._hashes[-1]))
        stated = [1, 100, -8, self._kid, first, count, root_of_hashes(self._hashes[first:])]
        signature = self._signer.sign(b"certsvc/manifest/v1\x00" + cbor2.dumps(stated, canonical=True))
        self._add([*stated, signature])
        self._seal()

    def _event(self, kind: int, slot: int, seq: int, prev: bytes | None) -> None:
        committed = sha256(b"%d/%d" % (slot, kind)).digest()
        self._add([1, kind, -8, self._kid, slot, seq, prev, 20_700, HOUR, committed])
        self._array[slot] = _STATUS[kind]

    def _seal(self) -> None:
        self._add([1, 101, len(self.entries), self._array.slots, self._array.root])

    def _add(self, fields: list[Any]) -> None:
        entry = cbor2.dumps(fields, canonical=True)
        self.entries.append(entry)
        self._hashes.append(leaf_hash(entry))


def _bare_hashes(entries: list[bytes]) -> bytes:
    return root_of_hashes([sha256(b"\x00" + entry).digest() for entry in entries])


def _write(public: Path, level: str, number: int, width: int, content: bytes) -> None:
    path = public / "tile" / level / (tile_path(number) + ("" if width == 256 else f".p/{width}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
