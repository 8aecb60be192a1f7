"""Write tests/vectors/*.json: golden bytes of every format, made from fixed keys by the service's own encoders.

Run `.venv/bin/python -m scripts.make_vectors` after a format has gained a version; a test regenerates them and
compares, the readers in Python and JavaScript are driven by them.
"""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from certverify.bundle import check_bundle
from certverify.trust import Trust, decode_trust
from sqlalchemy import insert

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.database import open_database
from certsvc.adapters.ledger_schema import metadata, status_slot
from certsvc.adapters.ledger_store import DatabaseLedgerStore
from certsvc.adapters.public_tree import FolderTree
from certsvc.domain.certificate import CertificateContent
from certsvc.domain.certificate_number import build_certificate_number
from certsvc.domain.levels import Level
from certsvc.formats.base43 import ALPHABET, encode_base43
from certsvc.formats.bundle import Opening
from certsvc.formats.cbor import encode_cbor
from certsvc.formats.commitment import commit
from certsvc.formats.content import encode_content
from certsvc.formats.leaf import (
    EventKind,
    EventLeaf,
    Manifest,
    Seal,
    SlotStatus,
    encode_event_leaf,
    encode_manifest_leaf,
    encode_seal_leaf,
    manifest_signing_bytes,
)
from certsvc.formats.merkle import leaf_hash
from certsvc.formats.note import encode_vkey
from certsvc.formats.record import (
    QrRecord,
    encode_protected_header,
    encode_record,
    record_signing_bytes,
    record_text,
)
from certsvc.formats.status import CHUNK_BYTES, StatusArray
from certsvc.ports import PendingEvent
from certsvc.stages.bundling import build_bundle
from certsvc.stages.ledger import AppendedBatch, Ledger
from certsvc.stages.publish import Publisher
from certsvc.stages.published_log import PublishedLog, log_key
from scripts.age_vectors import age_vectors
from scripts.e_licence_vectors import e_licence_vectors
from scripts.manual_code_vectors import manual_code_vectors
from scripts.other_record_vectors import other_record_vectors
from scripts.signed_verdict_vectors import signed_verdict_vectors
from scripts.trust_vectors import trust_vectors
from scripts.vector_material import (
    LOG_KEY,
    NOW,
    ORIGIN,
    PEOPLE,
    POLICY,
    PREFIX,
    RECORD_KEY,
    STRANGER,
    TABLES,
    TODAY,
    TRUST_LIST,
    Person,
    content_of,
    record_of,
    salt_of,
    sign_record,
)
from scripts.witness_vectors import witness_vectors

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"


def base43_vectors() -> dict[str, Any]:
    """Bytes and digits, and texts that are none."""
    contents = [b"\x01", b"\x2b", b"\x84\x00", b"\xff" * 16, bytes(range(1, 100)), b"\x80" + bytes(200)]
    return {
        "alphabet": ALPHABET,
        "good": [{"hex": content.hex(), "digits": encode_base43(content)} for content in contents],
        "bad": ["", "0", "01", "a", "%", " ", "A B", "Ａ", "-" * 1001],
    }


def record_vectors() -> dict[str, Any]:
    """Signed records, and what happens to them on the way."""
    records = [record_of(content_of(serial, person)) for serial, person in enumerate(PEOPLE, 1)]
    encoded = [sign_record(record) for record in records]
    return {
        "public_key": RECORD_KEY.public_key.hex(),
        "kid": RECORD_KEY.kid.hex(),
        "prefix": PREFIX,
        "good": [
            {
                "fields": asdict(record) | {"acquired_on": record.acquired_on.isoformat()},
                "hex": content.hex(),
                "signed_hex": record_signing_bytes(record, RECORD_KEY.kid).hex(),
                "text": record_text(content, PREFIX),
            }
            for record, content in zip(records, encoded, strict=True)
        ],
        "bad": _damaged_records(records[1], encoded[1]),
    }


def _damaged_records(record: QrRecord, encoded: bytes) -> list[dict[str, str]]:
    text = record_text(encoded)
    renamed = record_of(content_of(2, Person("欧阳龑", "123X", record.slot, dual_directed=True)))
    borrowed = encode_record(renamed, RECORD_KEY.kid, encoded[-64:])
    cases = {
        "signature-bit-flipped": (record_text(encoded[:-1] + bytes([encoded[-1] ^ 1])), "record-forged"),
        "other-name-same-signature": (record_text(borrowed), "record-forged"),
        "key-of-a-stranger": (record_text(sign_record(record, STRANGER)), "record-key-unknown"),
        "format-version-9": (record_text(_of_version_9()), "record-version-unknown"),
        "terminator-changed": (text[:-1] + "Y", "record-altered"),
        "terminator-missing": (text[:-1], "record-unreadable"),
        "cut-in-half": (text[: len(text) // 2] + "Z", "record-unreadable"),
        "leading-zero": ("0" + text, "record-unreadable"),
        "lower-case": (text.lower(), "record-unreadable"),
        "tagged-cose": (record_text(b"\xd2" + encoded), "record-unreadable"),
        "byte-behind": (record_text(encoded + b"\0"), "record-unreadable"),
        "longer-integer": (record_text(_with_long_integer(record)), "record-unreadable"),
        "area-without-way": (record_text(_with_area_alone(record)), "record-unreadable"),
        "empty": ("", "record-unreadable"),
    }
    return [{"name": name, "text": PREFIX + text, "code": code} for name, (text, code) in cases.items()]


def _seal_payload(payload: bytes) -> bytes:
    protected = encode_protected_header(RECORD_KEY.kid)
    signature = RECORD_KEY.sign(encode_cbor(["Signature1", protected, b"", payload]))
    return encode_cbor([protected, {}, payload, signature])


def _of_version_9() -> bytes:
    return _seal_payload(encode_cbor([9, "a later format"]))


def _fields(record: QrRecord) -> list[Any]:
    days = (record.acquired_on - date(1970, 1, 1)).days
    codes = [record.series, record.title, record.level, record.way]
    area = int(record.validity_area or 0)
    return [1, record.number, 1, record.slot, record.name, record.id_last4, *codes, area, days]


def _with_long_integer(record: QrRecord) -> bytes:
    payload = encode_cbor(_fields(record))
    return _seal_payload(payload[:1] + b"\x18\x01" + payload[2:])


def _with_area_alone(record: QrRecord) -> bytes:
    fields = _fields(record)
    fields[9] = 1
    return _seal_payload(encode_cbor(fields))


def leaf_vectors() -> dict[str, Any]:
    """One leaf of every kind."""
    leaves = []
    for kind in EventKind:
        first = kind.opens_slot
        leaf = EventLeaf(
            kind=kind,
            kid=RECORD_KEY.kid,
            slot=70_000,
            seq=0 if first else 1,
            prev=None if first else sha256(b"prev").digest(),
            effective_on=TODAY,
            logged_hour=498_608,
            commitment=commit(salt_of(0), b"{}"),
        )
        leaves.append(
            {"event": kind.name.lower(), "status_after": int(kind.status_after)}
            | _leaf(encode_event_leaf(leaf))
        )
    manifest = Manifest(RECORD_KEY.kid, 1, 3, sha256(b"root").digest())
    signed = manifest_signing_bytes(manifest)
    seal = Seal(5, 131_072, StatusArray().root)
    return {
        "public_key": RECORD_KEY.public_key.hex(),
        "commitment": {"salt": salt_of(0).hex(), "payload": "{}", "hex": commit(salt_of(0), b"{}").hex()},
        "events": leaves,
        "manifest": {"signed_hex": signed.hex()}
        | _leaf(encode_manifest_leaf(manifest, RECORD_KEY.sign(signed))),
        "seal": _leaf(encode_seal_leaf(seal)),
    }


def _leaf(entry: bytes) -> dict[str, str]:
    return {"hex": entry.hex(), "leaf_hash": leaf_hash(entry).hex()}


def status_vectors() -> dict[str, Any]:
    """Values, roots and a proof of a small and a doubled array."""
    values = {7: 1, 512: 2, 513: 3, 70_000: 4, 131_071: 5}
    arrays = []
    for slots, more in ((131_072, {}), (262_144, {131_072: 6, 262_143: 7})):
        array = StatusArray(slots)
        for slot, value in (values | more).items():
            array[slot] = SlotStatus(value)
        arrays.append(
            {
                "slots": slots,
                "values": {str(slot): value for slot, value in (values | more).items()},
                "root": array.root.hex(),
                "shard_roots": [root.hex() for root in array.shard_roots()],
                "chunk_1": array.chunk(1).hex(),
                "chunk_1_proof": [item.hex() for item in array.chunk_proof(1)],
            }
        )
    return {"empty_root": StatusArray().root.hex(), "arrays": arrays}


def ledger_vectors() -> dict[str, dict[str, Any]]:
    """A small log run through the real stages: its public tree, checkpoint and a bundle."""
    with tempfile.TemporaryDirectory() as folder:
        return _run_ledger(Path(folder))


def _run_ledger(home: Path) -> dict[str, dict[str, Any]]:
    engine = open_database(f"sqlite:///{home / 'ledger.sqlite3'}")
    store, tree = DatabaseLedgerStore(engine), FolderTree(home / "public")
    ledger = Ledger(store, tree, FixedClock(NOW), RECORD_KEY, LOG_KEY)
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(insert(status_slot), [{"slot": person.slot} for person in PEOPLE])
        connection.execute(insert(status_slot), [{"slot": slot} for slot in range(100_000, 100_260)])
    ledger.start_log()
    first = _required(ledger.record([_issue(serial) for serial in range(1, len(PEOPLE) + 1)]))
    ledger.record([_filler(slot) for slot in range(100_000, 100_260)])
    ledger.record([_revocation(3)])
    Publisher(store, tree, [log_key(LOG_KEY)]).publish(
        {"policy": POLICY, "tables.json": TABLES, "trust-list.json": TRUST_LIST}
    )
    log = PublishedLog(tree, [log_key(LOG_KEY)])
    bundles = [
        build_bundle(
            log, event, _record_text(serial), Opening(salt_of(serial), encode_content(_content(serial)))
        )
        for serial, event in enumerate(first.events, 1)
    ]
    engine.dispose()
    return {
        "tree.json": {"files": _files(home / "public")},
        "checkpoint.json": {
            "vkey": encode_vkey(ORIGIN, LOG_KEY.public_key),
            "note": log.note.decode(),
            "origin": ORIGIN,
            "size": log.size,
            "root": log.checkpoint.root.hex(),
            "cosigned_at": int(NOW.timestamp()),
        },
        "bundle.json": _bundle_vectors(bundles),
        "signed-verdict.json": signed_verdict_vectors(bundles),
    }


def _content(serial: int) -> CertificateContent:
    return content_of(serial, PEOPLE[serial - 1])


def _record_text(serial: int) -> str:
    return record_text(sign_record(record_of(_content(serial))))


def _required(batch: AppendedBatch | None) -> AppendedBatch:
    if batch is None:
        raise SystemExit("nothing was logged")
    return batch


def _issue(serial: int) -> PendingEvent:
    content = _content(serial)
    committed = commit(salt_of(serial), encode_content(content))
    return PendingEvent(
        f"issued/{content.number}/1", EventKind.ISSUED, content.slot, TODAY, committed, content.number, 1
    )


def _filler(slot: int) -> PendingEvent:
    number = build_certificate_number(2026, 5, Level.SENIOR, slot)
    committed = sha256(str(slot).encode()).digest()
    return PendingEvent(f"issued/{number}/1", EventKind.ISSUED, slot, TODAY, committed, number, 1)


def _revocation(serial: int) -> PendingEvent:
    content = _content(serial)
    committed = commit(salt_of(100 + serial), b'{"event":"revoked"}')
    return PendingEvent(
        f"revoked/{content.number}/1", EventKind.REVOKED, content.slot, TODAY, committed, content.number, 1
    )


def _files(public: Path) -> dict[str, Any]:
    """Every file of the tree, base64; of a shard only the chunks that are not all zero."""
    files: dict[str, Any] = {}
    for path in sorted(path for path in public.rglob("*") if path.is_file()):
        name, content = path.relative_to(public).as_posix(), path.read_bytes()
        files[name] = (
            _sparse(content) if name.startswith("status/shard/") else base64.b64encode(content).decode()
        )
    return files


def _sparse(shard: bytes) -> dict[str, str]:
    chunks = {
        str(at // CHUNK_BYTES): shard[at : at + CHUNK_BYTES] for at in range(0, len(shard), CHUNK_BYTES)
    }
    return {number: base64.b64encode(chunk).decode() for number, chunk in chunks.items() if any(chunk)}


def _bundle_vectors(bundles: list[bytes]) -> dict[str, Any]:
    cases = {f"certificate-{serial}": bundle for serial, bundle in enumerate(bundles, 1)}
    cases |= {f"damaged-{name}": _damaged(bundles[0], *name.split(".")) for name in _DAMAGES}
    trust = decode_trust(TRUST_LIST, TABLES, POLICY)
    return {
        "trust_list": TRUST_LIST.decode(),
        "tables": TABLES.decode(),
        "policy": POLICY.decode(),
        "now": "2026-11-20T08:30:00Z",
        "cases": [
            {
                "name": name,
                "bundle": bundle.decode(),
                **_judge(bundle, trust),
            }
            for name, bundle in cases.items()
        ],
    }


def _judge(bundle: bytes, trust: Trust) -> dict[str, Any]:
    verdict = check_bundle(bundle, trust, NOW + timedelta(minutes=30)).as_json()
    codes = [finding["code"] for finding in verdict["findings"]]
    return {key: verdict[key] for key in ("verdict", "authentic", "status")} | {"findings": codes}


_DAMAGES = ("opening.salt", "opening.payload", "issue.leaf", "manifest.leaf", "seal.leaf", "status.chunk")


def _damaged(bundle: bytes, part: str, key: str) -> bytes:
    """The bundle with one bit of one part flipped."""
    fields = json.loads(bundle)
    content = bytearray(base64.b64decode(fields[part][key]))
    content[-1] ^= 1
    fields[part][key] = base64.b64encode(content).decode()
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def make_vectors() -> dict[str, bytes]:
    """File name -> bytes of every vector file."""
    records = record_vectors()
    vectors = {
        "base43.json": base43_vectors(),
        "records.json": records,
        **other_record_vectors(),
        "manual-code.json": manual_code_vectors(records["good"]),
        "leaves.json": leaf_vectors(),
        "status.json": status_vectors(),
        "ages.json": age_vectors(),
        "e-licence.json": e_licence_vectors(),
        "trust.json": trust_vectors(),
        "witness.json": witness_vectors(),
        **ledger_vectors(),
    }
    return {
        name: (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        for name, content in vectors.items()
    }


if __name__ == "__main__":
    for name, content in make_vectors().items():
        (VECTORS / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
