"""Writes tests/vectors/log-receipt.json: the golden log receipt, malformed texts, leaves that were logged late."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from certsvc.formats.calendar_units import hour_number
from certsvc.formats.leaf import EventKind, EventLeaf, encode_event_leaf
from certsvc.formats.log_receipt import log_receipt_text
from certsvc.formats.note import encode_note, encode_vkey, signature_line
from tests.ledger.conftest import LOG_KEY, ORIGIN, RECORD_KEY

SUBMITTED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DUE = SUBMITTED + timedelta(hours=1)
COMMITMENTS = (bytes(32), bytes([1] * 32))
FILE = Path(__file__).parent.parent / "tests/vectors/log-receipt.json"


def main() -> None:
    """Write the file anew."""
    text = log_receipt_text(ORIGIN, SUBMITTED, DUE, COMMITMENTS)
    line = signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(text.encode()))
    vector = {
        "vkey": encode_vkey(ORIGIN, LOG_KEY.public_key),
        "receipt": encode_note(text, [line]).decode(),
        "malformed": malformed(text),
        "late_leaves": [_leaf(COMMITMENTS[0], 0).hex(), _leaf(COMMITMENTS[1], 2).hex()],
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


def _leaf(commitment: bytes, hours_later: int) -> bytes:
    at = SUBMITTED + timedelta(hours=hours_later)
    return encode_event_leaf(
        EventLeaf(
            EventKind.ISSUED, RECORD_KEY.kid, 5, 0, None, date(2026, 11, 20), hour_number(at), commitment
        )
    )


if __name__ == "__main__":
    main()
