"""Log receipts: a signed promise of the log, and whether it was kept (docs/formats/log-receipt.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from certverify.errors import (
    KeyNotInForceError,
    KeyUnknownError,
    LogReceiptError,
    NoteError,
    SignatureError,
)
from certverify.leaf import ManifestLeaf, decode_leaf
from certverify.merkle import HASH_BYTES, leaf_hash
from certverify.note import VerifierKey, decode_note
from certverify.replay_leaf import EventFields, event_fields
from certverify.replay_tree import GrowingTree
from certverify.strict_json import decode_base64
from certverify.trust import TrustList

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
    """The receipt in a signed note, signed by one of `log_keys` that was in force when it says the events were submitted.

    Raises LogReceiptError when it is none, SignatureError when any signature of one of the keys is wrong, KeyUnknownError
    when none of them signed it, KeyNotInForceError when only keys did (`log_key.LogKey`) that are not for that day.
    """
    try:
        note = decode_note(raw_receipt)
    except NoteError as error:
        raise LogReceiptError("not a signed note") from error
    receipt = _decode_text(note.text)
    signers = [key for key in log_keys if key.name == receipt.origin and note.signed_by(key)]
    if not signers:
        raise KeyUnknownError("the receipt is not signed by the log of the trust list")
    if not any(key.speaks_at(int(receipt.submitted_at.timestamp())) for key in signers):
        raise KeyNotInForceError("the key of the receipt was not in force at the time of submission")
    return receipt


def judge_promise(
    receipt: LogReceipt, entries: Iterator[bytes], as_of: datetime | None, trust_list: TrustList
) -> Kept:
    """Whether the promise was kept by a log with these `entries`, which its operator stood by at `as_of`.

    `kept`: all events are there, each logged in an hour that had begun by the due time. `late`: all there, one later.
    `broken`: one is missing though the log goes on after the due time. `open`: one is missing, and it is not due yet
    (or it is not known how new the log is). An event is there when the manifest of its batch covers it and bears the
    authority's signature under `trust_list`. Entries must have been proven to be the log's.

    Raises KeyUnknownError when an event is there under the manifest of a key outside the list, LeafError.
    """
    wanted = frozenset(receipt.commitments)
    found: dict[bytes, tuple[int, int]] = {}
    in_doubt: set[bytes] = set()
    for events, manifest in _covered_events(entries, wanted):
        try:
            manifest.verify(trust_list)
        except KeyUnknownError:
            in_doubt.update(events)
        except SignatureError:
            continue
        else:
            found = events | found
    if in_doubt - found.keys():
        raise KeyUnknownError("the manifest over an event names a key outside the trust list")
    indices = tuple(found[one][0] if one in found else None for one in receipt.commitments)
    due_hour = int(receipt.due_at.timestamp()) // 3600
    if len(found) == len(wanted):
        late = any(hour > due_hour for _, hour in found.values())
        return Kept(Promise.LATE if late else Promise.KEPT, indices)
    overdue = as_of is not None and as_of > receipt.due_at
    return Kept(Promise.BROKEN if overdue else Promise.OPEN, indices)


def _covered_events(
    entries: Iterator[bytes], wanted: frozenset[bytes]
) -> Iterator[tuple[dict[bytes, tuple[int, int]], ManifestLeaf]]:
    """Leaf index and hour of wanted events, by commitment, with the manifest that covers them, its signature unverified."""
    events: list[tuple[bytes, EventFields]] = []
    for index, raw_entry in enumerate(entries):
        fields = event_fields(raw_entry)
        if fields is not None:
            events.append((raw_entry, fields))
            continue
        leaf = decode_leaf(raw_entry)
        if isinstance(leaf, ManifestLeaf) and leaf.count <= len(events):
            covered = _covered(leaf, index, events[-leaf.count :], wanted)
            if covered:
                yield covered, leaf
        events.clear()


def _covered(
    manifest: ManifestLeaf, index: int, events: Sequence[tuple[bytes, EventFields]], wanted: frozenset[bytes]
) -> dict[bytes, tuple[int, int]]:
    there: dict[bytes, tuple[int, int]] = {}
    for at, (_, (_, kid, _, _, _, _, hour, committed)) in enumerate(events, manifest.first_index):
        if committed in wanted and kid == manifest.kid:
            there.setdefault(committed, (at, hour))
    if not there or manifest.first_index + manifest.count != index:
        return {}
    tree = GrowingTree()
    for raw_leaf, _ in events:
        tree.add(leaf_hash(raw_leaf))
    return there if tree.root() == manifest.root else {}


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
