"""Log receipts: a signed promise of the log, and whether it was kept (docs/formats/log-receipt.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from certverify.errors import KeyUnknownError, LogReceiptError, NoteError
from certverify.leaf import EventLeaf, decode_leaf
from certverify.merkle import HASH_BYTES
from certverify.note import VerifierKey, decode_note
from certverify.strict_json import decode_base64

_KIND = "/log-receipt/1"
_MAX_EVENTS = 4096
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class LogReceipt:
    """The log's statement: these commitments were submitted at a time and are in the log by another."""

    origin: str
    submitted_at: datetime
    due_at: datetime
    commitments: tuple[bytes, ...]


class Promise(StrEnum):
    """What became of a receipt under one state of the log."""

    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a log up to a checkpoint shows of a receipt: the leaf index of each event, None for one that is not there."""

    promise: Promise
    indices: tuple[int | None, ...]


def decode_log_receipt(raw_receipt: bytes, log_keys: Sequence[VerifierKey]) -> LogReceipt:
    """The receipt in a signed note, signed by one of `log_keys`.

    Raises LogReceiptError when it is none, KeyUnknownError when none of the keys signed it, SignatureError when a
    signature of one of them is wrong.
    """
    try:
        note = decode_note(raw_receipt)
    except NoteError as error:
        raise LogReceiptError("not a signed note") from error
    receipt = _decode_text(note.text)
    if not any(note.signed_by(key) for key in log_keys if key.name == receipt.origin):
        raise KeyUnknownError("the receipt is not signed by the log of the trust list")
    return receipt


def judge_promise(receipt: LogReceipt, entries: Iterator[bytes], as_of: datetime | None) -> Kept:
    """Whether the promise was kept by a log with these `entries`, which its operator stood by at `as_of`.

    `kept`: all events are there, each logged in an hour that had begun by the due time. `late`: all there, one later.
    `broken`: one is missing though the log goes on after the due time. `open`: one is missing, and it is not due yet
    (or it is not known how new the log is). Entries must have been proven to be the log's.
    """
    wanted = dict.fromkeys(receipt.commitments)
    found: dict[bytes, tuple[int, int]] = {}
    for index, raw_entry in enumerate(entries):
        leaf = decode_leaf(raw_entry)
        if isinstance(leaf, EventLeaf) and leaf.commitment in wanted:
            found.setdefault(leaf.commitment, (index, leaf.logged_hour))
    indices = tuple(found[one][0] if one in found else None for one in receipt.commitments)
    due_hour = int(receipt.due_at.timestamp()) // 3600
    if len(found) == len(wanted):
        late = any(hour > due_hour for _, hour in found.values())
        return Kept(Promise.LATE if late else Promise.KEPT, indices)
    overdue = as_of is not None and as_of > receipt.due_at
    return Kept(Promise.BROKEN if overdue else Promise.OPEN, indices)


def _decode_text(text: str) -> LogReceipt:
    lines = text.removesuffix("\n").split("\n")
    if not 4 <= len(lines) <= 3 + _MAX_EVENTS or not lines[0].endswith(_KIND):
        raise LogReceiptError("not a log receipt of format 1")
    submitted_at, due_at = _instant(lines[1], "submitted "), _instant(lines[2], "due ")
    commitments = tuple(_commitment(line) for line in lines[3:])
    if len(set(commitments)) != len(commitments) or due_at < submitted_at:
        raise LogReceiptError("an event twice, or due before it was submitted")
    return LogReceipt(lines[0].removesuffix(_KIND), submitted_at, due_at, commitments)


def _instant(line: str, word: str) -> datetime:
    value = line.removeprefix(word)
    if value == line or not _INSTANT.fullmatch(value):
        raise LogReceiptError("a time is malformed")
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise LogReceiptError("a time is malformed") from error


def _commitment(line: str) -> bytes:
    try:
        commitment = decode_base64(line.removeprefix("event "))
    except ValueError as error:
        raise LogReceiptError("a commitment is malformed") from error
    if not line.startswith("event ") or len(commitment) != HASH_BYTES:
        raise LogReceiptError("a commitment is malformed")
    return commitment
