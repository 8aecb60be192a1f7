"""Writes tests/vectors/log-receipt.json: the golden log receipt, malformed texts, leaves under good and bad manifests."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.adapters.file_keys import FileRecordSigner
from certsvc.formats.calendar_units import hour_number
from certsvc.formats.leaf import (
    EventKind,
    EventLeaf,
    Manifest,
    Seal,
    encode_event_leaf,
    encode_manifest_leaf,
    encode_seal_leaf,
    manifest_signing_bytes,
)
from certsvc.formats.log_receipt import log_receipt_text
from certsvc.formats.merkle import ListTree, leaf_hashes
from certsvc.formats.note import encode_note, encode_vkey, signature_line
from certsvc.formats.trust import LogKey, RecordKey, TrustList, encode_trust_list
from scripts.vector_material import PREFIX, TABLES
from tests.ledger.conftest import LOG_KEY, ORIGIN, RECORD_KEY

SUBMITTED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DUE = SUBMITTED + timedelta(hours=1)
COMMITMENTS = (bytes(32), bytes([1] * 32))
STRANGER = FileRecordSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96))))
FILE = Path(__file__).parent.parent / "tests/vectors/log-receipt.json"


def main() -> None:
    """Write the file anew."""
    text = log_receipt_text(ORIGIN, SUBMITTED, DUE, COMMITMENTS)
    line = signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode()))
    vector = {
        "vkey": encode_vkey(ORIGIN, LOG_KEY.public_key),
        "receipt": encode_note(text, [line]).decode(),
        "malformed": malformed(text),
        "trust_list": _trust_list().decode(),
        "late_leaves": [leaf.hex() for leaf in [*_batch(0, _leaf(0, 0)), *_batch(2, _leaf(1, 2))]],
        "covered": [
            {"what": what, "promise": promise, "leaves": [leaf.hex() for leaf in leaves]}
            for what, promise, leaves in covered()
        ],
    }
    FILE.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def malformed(text: str) -> dict[str, str]:
    """Texts that are no receipt."""
    event = f"event {b64encode(COMMITMENTS[0]).decode()}\n"
    head = text[: text.index("event")]
    return {
        "no event": head,
        "an event twice": head + event + event,
        "a short commitment": f"{head}event {b64encode(bytes(31)).decode()}\n",
        "unpadded base64": f"{head}event {b64encode(bytes(32)).decode().rstrip('=')}\n",
        "another format": text.replace("log-receipt/1", "log-receipt/2"),
        "due before submitted": text.replace("due 2026-11-20T09", "due 2026-11-20T07"),
        "a time with an offset": text.replace("08:00:00Z", "08:00:00+00:00"),
        "a day that is none": text.replace("submitted 2026-11-20", "submitted 2026-11-31"),
        "a line that nobody knows": f"{text}note hello\n",
        "lines in another order": "\n".join([text.split("\n")[i] for i in (0, 2, 1, 3, 4)]) + "\n",
        "an upper-case word": text.replace("submitted", "Submitted"),
    }


def _trust_list() -> bytes:
    return encode_trust_list(
        TrustList(
            sequence=1,
            issued_at=SUBMITTED,
            environment="test",
            qr_prefixes=(PREFIX,),
            log_origin=ORIGIN,
            log_keys=(LogKey(encode_vkey(ORIGIN, LOG_KEY.public_key), date(2026, 1, 1), None),),
            record_keys=(RecordKey(RECORD_KEY.kid, RECORD_KEY.public_key, date(2026, 1, 1), None),),
            document_keys=(),
            layouts=(),
            tables=TABLES,
        )
    )


def covered() -> list[tuple[str, str | None, list[bytes]]]:
    """Leaves that hold both events, and what a receipt whose time is up says of them (None: key of the manifest unknown)."""
    first, second = _leaf(0, 0), _leaf(1, 0)
    good = _batch(0, first, second)
    seal = encode_seal_leaf(Seal(2, 131_072, bytes(32)))
    by_stranger = [*(_leaf(at, 0, STRANGER) for at in (0, 1))]
    return [
        ("one manifest over both", "kept", good),
        ("a manifest for each", "kept", [*_batch(0, first), *_batch(2, second)]),
        ("a manifest after other leaves", "kept", [*_batch(0, first), seal, *_batch(3, second)]),
        ("no manifest", "broken", [first, second]),
        ("a seal in place of the manifest", "broken", [first, second, seal]),
        ("a manifest that begins one event later", "broken", [first, *_batch(1, second)]),
        ("a manifest of another place", "broken", [first, second, _batch(1, first, second)[-1]]),
        ("a manifest over other events", "broken", [first, second, _batch(0, second, first)[-1]]),
        (
            "a manifest that reaches over a seal",
            "broken",
            [first, seal, second, _batch(0, first, seal, second)[-1]],
        ),
        ("a manifest with a wrong signature", "broken", [first, second, _forged(good[-1])]),
        (
            "a manifest of another key than the events name",
            "broken",
            [*by_stranger, _batch(0, *by_stranger)[-1]],
        ),
        ("a manifest of a key outside the trust list", None, _batch(0, *by_stranger, signer=STRANGER)),
    ]


def _batch(first_index: int, *events: bytes, signer: FileRecordSigner = RECORD_KEY) -> list[bytes]:
    """The events, and the manifest over them."""
    manifest = Manifest(signer.kid, first_index, len(events), ListTree(leaf_hashes(events)).root)
    return [*events, encode_manifest_leaf(manifest, signer.sign(manifest_signing_bytes(manifest)))]


def _forged(manifest: bytes) -> bytes:
    return manifest[:-1] + bytes([manifest[-1] ^ 1])


def _leaf(which: int, hours_later: int, signer: FileRecordSigner = RECORD_KEY) -> bytes:
    hour = hour_number(SUBMITTED + timedelta(hours=hours_later))
    event = EventLeaf(EventKind.ISSUED, signer.kid, 5, 0, None, date(2026, 11, 20), hour, COMMITMENTS[which])
    return encode_event_leaf(event)


if __name__ == "__main__":
    main()
