"""A small public tree with keys of its own, written as the formats say, and a server for it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from certsvc.formats.leaf import Seal, SlotStatus, encode_seal_leaf
from certsvc.formats.merkle import leaf_hash
from certsvc.formats.note import (
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from certsvc.formats.record import (
    AnnotatedRecord,
    HistoricalQrRecord,
    QrRecord,
    SignableRecord,
    derive_record_kid,
    encode_record,
    record_signing_bytes,
    record_text,
)
from certsvc.formats.status import StatusArray, encode_roots, roots_path, shard_path
from certsvc.formats.tile import EMPTY_EDGE, encode_entries, entries_path, tile_path
from certsvc.formats.trust import (
    LogKey,
    RecordKey,
    Tables,
    TrustList,
    encode_policy,
    encode_tables,
    encode_trust_list,
)

ORIGIN = "certsvc.example/web-tests"
RECORD_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
FOREIGN_KEY = Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32)
TABLES = Tables(
    series={5: "工程技术人员", 9: "农业技术人员"},
    titles={50201: "高级工程师", 90201: "高级农艺师"},
    levels={1: "正高级", 2: "副高级", 3: "中级", 4: "助理级", 5: "员级"},
    ways={1: "评审", 4: "双定向"},
    regions={
        "220000": "吉林省",
        "220100": "长春市",
        "220102": "南关区",
        "220122": "农安县",
        "222400": "延边朝鲜族自治州",
        "222401": "延吉市",
        "222404": "珲春市",
        "222426": "安图县",
    },
)


def regular_record(slot: int = 7, name: str = "林晓棠") -> QrRecord:
    """A title that counts everywhere."""
    return QrRecord("JL05202300000017", 1, slot, name, "1022", 5, 50201, 2, 1, None, date(2023, 10, 7))


def dual_directed_record(slot: int = 70_001) -> QrRecord:
    """A title that counts in 珲春市 alone."""
    return QrRecord(
        "JL09202300000025", 1, slot, "朴正浩", "0112", 9, 90201, 2, 4, "222404", date(2023, 12, 4)
    )


def annotated_record(
    certificate: QrRecord | None = None,
    ends_on: date = date(2026, 12, 31),
    recipient: str = "长春市第一建筑公司",
) -> AnnotatedRecord:
    """A copy of a certificate for a tender."""
    return AnnotatedRecord(certificate or regular_record(), "J7K2MXP9QRTVWY34", recipient, "投标", ends_on)


def historical_record(slot: int) -> HistoricalQrRecord:
    """A title of 1998."""
    words = ("中学高级教师", None, "高级", "1998-06", "B")
    return HistoricalQrRecord("H00000000980312A", 1, slot, "王建国", "0312", *words)


def qr_text(record: SignableRecord, key: Ed25519PrivateKey = RECORD_KEY) -> str:
    """The record's text without prefix, signed by `key`."""
    kid = derive_record_kid(key.public_key().public_bytes_raw())
    return record_text(encode_record(record, kid, key.sign(record_signing_bytes(record, kid))))


def forged_text(record: SignableRecord) -> str:
    """A record under the authority's key id with somebody else's signature."""
    kid = derive_record_kid(RECORD_KEY.public_key().public_bytes_raw())
    return record_text(encode_record(record, kid, FOREIGN_KEY.sign(record_signing_bytes(record, kid))))


@dataclass(frozen=True)
class TreePlan:
    """What the tree shall hold. `cosigned_at` None stands for the present second."""

    statuses: dict[int, SlotStatus] = field(
        default_factory=lambda: {7: SlotStatus.VALID, 70_001: SlotStatus.VALID}
    )
    leaves: int = 3
    slots: int = 131_072
    cosigned_at: int | None = None


def write_tree(folder: Path, plan: TreePlan) -> None:
    """Write a public tree: filler leaves, then the seal."""
    array = StatusArray(plan.slots)
    for slot, status in plan.statuses.items():
        array[slot] = status
    seal = Seal(plan.leaves - 1, plan.slots, array.root)
    entries = [b"leaf %d" % index for index in range(plan.leaves - 1)] + [encode_seal_leaf(seal)]
    root = _write_tiles(folder, entries)
    _write(folder, roots_path(seal.index), encode_roots(array.shard_roots()))
    for number, shard_root in enumerate(array.shard_roots()):
        _write(folder, shard_path(shard_root), array.shard(number))
    _write_trust(folder)
    cosigned_at = int(time.time()) if plan.cosigned_at is None else plan.cosigned_at
    _write(folder, "checkpoint", signed_checkpoint(plan.leaves, root, cosigned_at))


def signed_checkpoint(size: int, root: bytes, cosigned_at: int) -> bytes:
    """A checkpoint with the log's signature and cosignature."""
    text, public_key = checkpoint_text(ORIGIN, size, root), LOG_KEY.public_key().public_bytes_raw()
    cosignature = LOG_KEY.sign(cosignature_message(text, cosigned_at))
    lines = [
        signature_line(ORIGIN, public_key, LOG_KEY.sign(text.encode())),
        cosignature_line(ORIGIN, public_key, cosigned_at, cosignature),
    ]
    return encode_note(text, lines)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free loopback port; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # who connects before the server runs waits instead of being refused
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()


def _write_tiles(folder: Path, entries: list[bytes]) -> bytes:
    edge, runs = EMPTY_EDGE.extend([leaf_hash(entry) for entry in entries])
    for run in runs:
        width = len(run.hashes) // 32
        _write(folder, tile_path(run.level, run.tile, width), run.hashes)
    for number in range(-(-len(entries) // 256)):
        part = entries[number * 256 : number * 256 + 256]
        _write(folder, entries_path(number, len(part)), encode_entries(part))
    return edge.root


def _write_trust(folder: Path) -> None:
    record_public = RECORD_KEY.public_key().public_bytes_raw()
    vkey = encode_vkey(ORIGIN, LOG_KEY.public_key().public_bytes_raw())
    tables = encode_tables(TABLES)
    key = RecordKey(derive_record_kid(record_public), record_public, date(2022, 1, 1), None)
    trust = TrustList(
        sequence=1,
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
        environment="test",
        qr_prefixes=("http://127.0.0.1/v#",),
        log_origin=ORIGIN,
        log_keys=(LogKey(vkey, date(2022, 1, 1), None),),
        record_keys=(key,),
        document_keys=(),
        layouts=(),
        tables=tables,
    )
    _write(folder, "tables.json", tables)
    _write(folder, "trust-list.json", encode_trust_list(trust))
    _write(folder, "vkey", f"{vkey}\n".encode())
    _write(folder, "policy", encode_policy(vkey))


def _write(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
