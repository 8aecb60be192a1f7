"""A small authority, log and witness for tests, written from docs/formats alone: keys from fixed seeds, equal bytes."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verifier.merkle_tree import consistency as consistency
from tests.verifier.merkle_tree import leaf_hash as leaf_hash
from tests.verifier.merkle_tree import mth as mth
from tests.verifier.merkle_tree import path as path
from tests.verifier.merkle_tree import sha as sha

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ORIGIN = "log.example/zc"
PREFIX = "https://zc.example/v#"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
SLOTS = 131_072
EPOCH = date(1970, 1, 1)

# number, version, slot, name, last4, series, title, level, way, area, acquired
FIELDS: dict[str, Any] = {
    "number": "2205202600000018",
    "version": 1,
    "slot": 70_001,
    "name": "林晓燕",
    "last4": "123X",
    "series": 5,
    "title": 50201,
    "level": 2,
    "way": 1,
    "area": None,
    "acquired": (date(2026, 10, 15) - EPOCH).days,
}
DUAL: dict[str, Any] = FIELDS | {"way": 4, "area": 222404}


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def cbor(value: Any) -> bytes:
    return cbor2.dumps(value, canonical=True)


# --- Keys ---


@dataclass(frozen=True)
class Key:
    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def kid(self) -> bytes:
        return sha(b"certsvc/record-key/v1\x00" + self.public)[:4]

    def note_id(self, kind: int) -> bytes:
        return sha(self.name.encode() + b"\n" + bytes([kind]) + self.public)[:4]

    def vkey(self, kind: int = 1) -> str:
        return f"{self.name}+{self.note_id(kind).hex()}+{b64(bytes([kind]) + self.public)}"

    def sign_note(self, text: str) -> str:
        return f"\u2014 {self.name} {b64(self.note_id(1) + self.private.sign(text.encode()))}\n"

    def cosign(self, text: str, time: int) -> str:
        signature = self.private.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"\u2014 {self.name} {b64(self.note_id(4) + time.to_bytes(8, 'big') + signature)}\n"


def key(name: str, seed: int) -> Key:
    return Key(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


RECORD_KEY = key("record", 1)
OTHER_RECORD_KEY = key("other", 2)
LOG_KEY = key(ORIGIN, 3)
WITNESS_KEY = key("witness.example/w", 4)


# --- QR record ---


def base43(content: bytes) -> str:
    number, digits = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 43)
        digits = ALPHABET[digit] + digits
    return digits


def record_bytes(
    fields: dict[str, Any], signer: Key = RECORD_KEY, version: int = 1, kid: bytes | None = None
) -> bytes:
    protected = cbor({1: -8, 4: kid or signer.kid})
    payload = cbor([version, *fields.values()])
    signature = signer.private.sign(cbor(["Signature1", protected, b"", payload]))
    return cbor([protected, {}, payload, signature])


def record_text(fields: dict[str, Any] = FIELDS, **how: Any) -> str:
    return base43(record_bytes(fields, **how)) + "Z"


# --- Trust material ---


def tables() -> bytes:
    names = {
        "format": "certsvc-tables/1",
        "series": {"5": "工程技术人员"},
        "titles": {"50201": "高级工程师"},
        "levels": {"2": "副高级"},
        "ways": {"1": "评审", "4": "双定向"},
        "regions": {"222404": "珲春市", "222400": "延边朝鲜族自治州", "220102": "南关区", "220101": "市辖区"},
    }
    return json.dumps(names, ensure_ascii=False).encode()


def log_entry(*keys: tuple[Key, str, str | None]) -> dict[str, Any]:
    """The `log` of a trust list; without keys, the usual one."""
    listed = keys or ((LOG_KEY, "2026-01-01", None),)
    return {
        "origin": ORIGIN,
        "keys": [
            {"vkey": key.vkey(), "valid_from": valid_from, "valid_to": valid_to}
            for key, valid_from, valid_to in listed
        ],
    }


def trust_list(**changes: Any) -> bytes:
    listed = {
        "format": "certsvc-trust-list/1",
        "sequence": 1,
        "issued_at": "2026-11-01T00:00:00Z",
        "environment": "production",
        "qr_prefixes": [PREFIX],
        "log": log_entry(),
        "record_keys": [
            {
                "kid": RECORD_KEY.kid.hex(),
                "alg": "Ed25519",
                "public_key": b64(RECORD_KEY.public),
                "valid_from": "2026-01-01",
                "valid_to": None,
            }
        ],
        "document_keys": [],
        "layouts": [{"name": "certificate/v1", "head_length": 10, "head_sha256": "00" * 32}],
        "tables_sha256": sha(tables()).hex(),
        "anchors": [],
    }
    return json.dumps(listed | changes).encode()


NO_WITNESS_POLICY = f"log {LOG_KEY.vkey()}\nquorum none\n"
WITNESS_POLICY = f"log {LOG_KEY.vkey()}\nwitness w {WITNESS_KEY.vkey(4)}\nquorum w\n"


# --- Log ---


def event_leaf(fields: dict[str, Any], payload: bytes, salt: bytes, kind: int = 1) -> bytes:
    committed = sha(b"certsvc/commitment/v1\x00" + salt + payload)
    return cbor(
        [1, kind, -8, RECORD_KEY.kid, fields["slot"], 0, None, fields["acquired"], 497_000, committed]
    )


def manifest_leaf(first: int, events: Sequence[bytes], signer: Key = RECORD_KEY) -> bytes:
    stated = [1, 100, -8, signer.kid, first, len(events), mth([leaf_hash(event) for event in events])]
    return cbor([*stated, signer.private.sign(b"certsvc/manifest/v1\x00" + cbor(stated))])


def private_payload(fields: dict[str, Any], **changes: Any) -> bytes:
    content = {
        "format": "certsvc-content/1",
        "event": "issued",
        **{
            name: fields[name]
            for name in ("number", "version", "slot", "name", "series", "title", "level", "way")
        },
        "sex": "女",
        "born_on": "1985-01-01",
        "id_kind": "居民身份证",
        "id_number": "22990119850101" + fields["last4"],
        "specialty": "公路工程",
        "validity_area": None if fields["area"] is None else str(fields["area"]),
        "acquired_on": date.fromordinal(EPOCH.toordinal() + fields["acquired"]).isoformat(),
        "issued_on": "2026-11-10",
        "announcement_on": "2026-11-01",
        "committee_code": "G01",
        "committee_name": "公路工程高级评审委员会",
        "announcing_body": "某厅",
        "announcement_ref": "2026-1",
        "issuer": "吉林省人力资源和社会保障厅",
        "unit_name": None,
        "unit_region": None,
    }
    return json.dumps(content | changes, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chunks_of(array: bytes) -> list[bytes]:
    return [array[at : at + 256] for at in range(0, len(array), 256)]


def checkpoint_note(size: int, root: bytes, signatures: Sequence[str] = (), origin: str = ORIGIN) -> str:
    return f"{origin}\n{size}\n{b64(root)}\n\n" + "".join(signatures)


@dataclass
class Log:
    """The leaves of a log and its status array, and everything public that follows from them."""

    fields: dict[str, Any] = field(default_factory=lambda: dict(FIELDS))
    status: int = 1
    filler: int = 0
    entries: list[bytes] = field(default_factory=list)
    cosigned_at: datetime | None = NOW
    witness_at: datetime | None = None
    policy: str = NO_WITNESS_POLICY
    trust_changes: dict[str, Any] = field(default_factory=dict)
    log_key: Key = LOG_KEY
    payload: bytes = b""

    def __post_init__(self) -> None:
        self.salt = bytes(range(32))
        self.payload = self.payload or private_payload(self.fields)
        self.array = bytearray(SLOTS // 2)
        slot = self.fields["slot"]
        if slot < SLOTS:
            self.array[slot >> 1] |= self.status << (4 if slot & 1 else 0)
        empty = mth([leaf_hash(chunk) for chunk in chunks_of(bytes(SLOTS // 2))])
        self.entries = [cbor([1, 101, 0, SLOTS, empty])]
        events = [event_leaf(FIELDS | {"slot": n}, b"%d" % n, self.salt) for n in range(self.filler)]
        events.append(event_leaf(self.fields, self.payload, self.salt))
        self.manifest_events = events
        self.entries += [*events, manifest_leaf(1, events)]
        self.issue_index = len(events)
        self.manifest_index = self.issue_index + 1
        self.seal()

    def seal(self) -> None:
        """Append the seal of the array as it is now."""
        self.entries.append(cbor([1, 101, len(self.entries), SLOTS, self.status_root]))

    def later(self, status: int, cosigned_at: datetime | None = NOW, seals: int = 1) -> Log:
        """The same log after more seals, with another status in the slot."""
        grown = copy.deepcopy(self)
        slot, grown.cosigned_at = self.fields["slot"], cosigned_at
        low = grown.array[slot >> 1] & (0x0F if slot & 1 else 0xF0)
        grown.array[slot >> 1] = low | status << (4 if slot & 1 else 0)
        for _ in range(seals):
            grown.seal()
        return grown

    @property
    def hashes(self) -> list[bytes]:
        return [leaf_hash(entry) for entry in self.entries]

    @property
    def status_root(self) -> bytes:
        return mth([leaf_hash(chunk) for chunk in chunks_of(bytes(self.array))])

    def checkpoint(self) -> str:
        text = f"{ORIGIN}\n{len(self.entries)}\n{b64(mth(self.hashes))}\n"
        signatures = [self.log_key.sign_note(text)]
        if self.cosigned_at is not None:
            signatures.append(self.log_key.cosign(text, int(self.cosigned_at.timestamp())))
        if self.witness_at is not None:
            signatures.append(WITNESS_KEY.cosign(text, int(self.witness_at.timestamp())))
        return text + "\n" + "".join(signatures)

    def bundle(self) -> dict[str, Any]:
        hashes, seal_index = self.hashes, len(self.entries) - 1
        chunk = self.fields["slot"] // 512
        chunk_hashes = [leaf_hash(item) for item in chunks_of(bytes(self.array))]
        event_hashes = [leaf_hash(event) for event in self.manifest_events]

        def proven(index: int) -> dict[str, Any]:
            return {
                "index": index,
                "leaf": b64(self.entries[index]),
                "proof": list(map(b64, path(index, hashes))),
            }

        return {
            "format": "certsvc-bundle/1",
            "record": record_text(self.fields),
            "opening": {"salt": b64(self.salt), "payload": b64(self.payload)},
            "checkpoint": self.checkpoint(),
            "issue": proven(self.issue_index),
            "manifest": proven(self.manifest_index)
            | {"event_proof": list(map(b64, path(self.issue_index - 1, event_hashes)))},
            "seal": proven(seal_index),
            "status": {
                "chunk_index": chunk,
                "chunk": b64(chunks_of(bytes(self.array))[chunk]),
                "proof": list(map(b64, path(chunk, chunk_hashes))),
            },
        }

    def trust_files(self) -> dict[str, bytes]:
        return {
            "trust-list.json": trust_list(**self.trust_changes),
            "tables.json": tables(),
            "policy": self.policy.encode(),
        }

    def files(self) -> dict[str, bytes]:
        """Every file of the public tree, by its path."""
        shard = bytes(self.array)
        files = self.trust_files() | {
            "checkpoint": self.checkpoint().encode(),
            "vkey": (LOG_KEY.vkey() + "\n").encode(),
            f"status/{len(self.entries) - 1}/roots": self.status_root,
            f"status/shard/{self.status_root.hex()}": shard,
        }
        return files | tiles(self.entries)

    def write(self, folder: Path) -> Path:
        write_files(folder, self.files())
        return folder


def tiles(entries: Sequence[bytes]) -> dict[str, bytes]:
    """The hash tiles and entry bundles of tlog-tiles for a tree of fewer than 256**3 leaves."""
    files = {}
    for number in range(0, len(entries), 256):
        part = entries[number : number + 256]
        name = f"tile/entries/{tile_name(number // 256, len(part))}"
        files[name] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
    row, level = [leaf_hash(entry) for entry in entries], 0
    while row:
        for number in range(0, len(row), 256):
            part = row[number : number + 256]
            files[f"tile/{level}/{tile_name(number // 256, len(part))}"] = b"".join(part)
        row = [mth(row[at : at + 256]) for at in range(0, len(row) - len(row) % 256, 256)]
        level += 1
    return files


def tile_name(number: int, width: int) -> str:
    digits = f"{number % 1000:03d}"
    if number >= 1000:
        digits = f"x{number // 1000:03d}/{digits}"
    return digits if width == 256 else f"{digits}.p/{width}"


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def changed(value: Any, *steps: Any, to: Any) -> Any:
    """A copy of nested lists and objects with one place changed."""
    result = copy.deepcopy(value)
    at = result
    for step in steps[:-1]:
        at = at[step]
    at[steps[-1]] = to
    return result


def flipped(digits: str) -> str:
    """Base64 of the same bytes with one bit flipped."""
    raw = bytearray(base64.b64decode(digits))
    raw[len(raw) // 2] ^= 1
    return b64(bytes(raw))
