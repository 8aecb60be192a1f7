"""tests/vectors/ages.json: checkpoints with times of the log and of witnesses, and how old a checker may take them for."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certsvc.adapters.file_keys import FileLogSigner
from certsvc.formats.note import (
    COSIGNATURE_V1,
    checkpoint_text,
    cosignature_line,
    cosignature_message,
    encode_note,
    encode_vkey,
    signature_line,
)
from scripts.vector_material import LOG_KEY, NOW, ORIGIN

_NOW = int(NOW.timestamp())
_HOUR, _DAY = 3600, 86_400
_BEYOND = 253_402_300_800  # the first second of the year 10000
_PAST_DOUBLES = (1 << 53) + 1
_TEXT = checkpoint_text(ORIGIN, 7, sha256(b"root of the ages").digest())
_WITNESSES = {
    f"w{number}": FileLogSigner(
        Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d of the ages" % number).digest()),
        f"w{number}.example",
    )
    for number in range(6)
}
_TWO_LEVELS = "group x 2 w0 w1 w2\ngroup y any w3 w4 w5\ngroup both all x y\nquorum both\n"

Lines = list[tuple[str, int]]


def age_vectors() -> list[dict[str, Any]]:
    """`lines`: who cosigned when, in the order of the note. `as_of` null: the age is unknown. Times: POSIX seconds."""
    return [_case(*row) for row in _rows()]


def _rows() -> list[tuple[str, str, Lines, int | None, bool]]:
    none, one = "quorum none\n", "quorum w0\n"
    either, both = "group g any w0 w1\nquorum g\n", "group g all w0 w1\nquorum g\n"
    two_of_three = "group g 2 w0 w1 w2\nquorum g\n"
    old, older, log = _NOW - 30 * _DAY, _NOW - 40 * _DAY, ("log", _NOW)
    levels: Lines = [
        ("w0", _NOW - 5 * _HOUR), ("w1", _NOW - 2 * _HOUR), ("w2", _NOW - 4 * _HOUR),
        ("w3", _NOW - 9 * _HOUR), ("w4", _NOW - 7 * _HOUR),
    ]  # fmt: skip
    return [
        ("no witness is asked for", none, [log], _NOW, True),
        ("no witness is asked for, an old one is there", none, [log, ("w0", old)], _NOW, True),
        ("the log dates a tree anew that its witness left", one, [log, ("w0", old)], old, True),
        ("the log keeps its old time, the witness is new", one, [("log", old), ("w0", _NOW)], old, True),
        ("witness a moment later than the log", one, [log, ("w0", _NOW + 2)], _NOW, True),
        ("witness at the very time of the log", one, [log, ("w0", _NOW)], _NOW, True),
        ("witness line before the log's", one, [("w0", old), log], old, True),
        ("one witness, two times", one, [log, ("w0", old), ("w0", _NOW - 60), ("w0", older)], _NOW - 60, True),
        ("a witness that does not count is new", one, [log, ("w0", old), ("w1", _NOW)], old, True),
        ("one of two: the newer", either, [log, ("w0", old), ("w1", older)], old, True),
        ("one of two: the only one", either, [log, ("w1", older)], older, True),
        ("two of two: the older", both, [log, ("w0", old), ("w1", older)], older, True),
        ("two of three: the second newest", two_of_three, [log, ("w0", older), ("w1", _NOW), ("w2", old)], old, True),
        ("two of three: both that are there", two_of_three, [log, ("w0", older), ("w2", old)], older, True),
        ("two levels, each group's own", _TWO_LEVELS, [log, *levels], _NOW - 7 * _HOUR, True),
        ("two levels, the inner majority is oldest", _TWO_LEVELS, [log, ("w0", older), ("w1", old), ("w3", _NOW)], older, True),
        ("two levels, one more of the majority", _TWO_LEVELS, [log, ("w0", older), ("w1", old), ("w2", _NOW), ("w3", _NOW)], old, True),
        ("quorum missing: the log's word alone", both, [log, ("w0", old)], _NOW, False),
        ("quorum missing: nobody", one, [log], _NOW, False),
        ("no time of the log", one, [("w0", _NOW)], None, True),
        ("no time at all", none, [], None, True),
        ("witness at time 0", one, [log, ("w0", 0)], 0, True),
        ("log beyond the calendar", none, [("log", _BEYOND)], None, True),
        ("last second of the calendar", none, [("log", _BEYOND - 1)], _BEYOND - 1, True),
        ("log beyond the calendar, witness now", one, [("log", _BEYOND), ("w0", _NOW)], _NOW, True),
        ("all beyond the calendar", one, [("log", _PAST_DOUBLES), ("w0", _PAST_DOUBLES + 2)], None, True),
        ("log beyond what doubles count, witness now", one, [("log", _PAST_DOUBLES), ("w0", _NOW)], _NOW, True),
        ("log at the last second of all, witness now", one, [("log", (1 << 63) - 1), ("w0", _NOW)], _NOW, True),
    ]  # fmt: skip


def _case(what: str, rules: str, lines: Lines, as_of: int | None, quorum_met: bool) -> dict[str, Any]:
    known = "".join(
        f"witness {name} {encode_vkey(one.origin, one.public_key, COSIGNATURE_V1)}\n"
        for name, one in _WITNESSES.items()
    )
    signed = [
        signature_line(ORIGIN, LOG_KEY.public_key, LOG_KEY.sign(_TEXT.encode())),
        *(_cosigned(*line) for line in lines),
    ]
    return {
        "what": what,
        "vkey": encode_vkey(ORIGIN, LOG_KEY.public_key),
        "policy": known + rules,
        "note": encode_note(_TEXT, signed).decode(),
        "lines": [[name, str(time)] for name, time in lines],
        "as_of": as_of,
        "quorum_met": quorum_met,
    }


def _cosigned(name: str, time: int) -> str:
    signer = LOG_KEY if name == "log" else _WITNESSES[name]
    signature = signer.sign(cosignature_message(_TEXT, time))
    return cosignature_line(signer.origin, signer.public_key, time, signature)
