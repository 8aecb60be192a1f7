"""Log receipts 入账回执: the log's signed promise to take events by a time (docs/formats/log-receipt.md)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

RECEIPT_KIND = "log-receipt/1"
MOST_EVENTS = 4096


def log_receipt_text(
    origin: str, submitted_at: datetime, due_at: datetime, commitments: Sequence[bytes]
) -> str:
    """The text that the log key signs. It begins with a line that no checkpoint can begin with.

    Raises ValueError without commitments, and for more than 4,096.
    """
    if not 0 < len(commitments) <= MOST_EVENTS:
        raise ValueError("a receipt covers 1 to 4,096 events")
    lines = [f"{origin}/{RECEIPT_KIND}", f"submitted {_instant(submitted_at)}", f"due {_instant(due_at)}"]
    lines += [f"event {base64.b64encode(one).decode()}" for one in commitments]
    return "".join(f"{line}\n" for line in lines)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
