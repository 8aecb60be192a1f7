"""A decoder written from docs/formats/qr-record.md alone agrees with the one that everybody uses, byte by byte."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from itertools import starmap
from pathlib import Path
from random import Random
from typing import Any

import cbor2
import pytest
from certverify.errors import RecordAlteredError, RecordUnreadableError
from certverify.record import decode_record

VECTORS = Path(__file__).parents[1] / "vectors"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"
LAST_DAY = (date.max - date(1970, 1, 1)).days
HIDDEN = "[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
Rule = Callable[[Any], bool]


class UnreadableError(Exception):
    pass


class AlteredError(Exception):
    pass


def uint(least: int = 0, most: int = 2**64 - 1) -> Rule:
    return lambda item: type(item) is int and least <= item <= most


def text(least: int, most: int) -> Rule:
    return lambda item: (
        type(item) is str and least <= len(item) <= most and item == unicodedata.normalize("NFC", item)
    )


def plain(most: int) -> Rule:
    return lambda item: text(1, most)(item) and item == item.strip() and not re.search(HIDDEN, item)


def like(pattern: str) -> Rule:
    return lambda item: type(item) is str and re.fullmatch(pattern, item) is not None


def or_null(rule: Rule) -> Rule:
    return lambda item: item is None or rule(item)


def is_moment(item: Any) -> bool:
    if not like("[0-9]{4}-[0-9]{2}(-[0-9]{2})?")(item):
        return False
    year, month, day = map(int, f"{item}-01".split("-")[:3])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


CERTIFICATE = [
    text(16, 16), uint(1), uint(), text(1, 50), text(4, 4), uint(), uint(), uint(1, 5), uint(),
    or_null(uint(100_000, 999_999)), uint(0, LAST_DAY),
]  # fmt: skip
COPY = [like("J[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{15}"), plain(30), plain(20), uint(0, LAST_DAY)]
HISTORICAL = [
    like("H[0-9]{14}[0-9A-Z]"), uint(1), uint(), text(1, 50), text(4, 4), plain(60), or_null(plain(30)),
    or_null(plain(20)), is_moment, like("[AB]"),
]  # fmt: skip
FORMATS = {1: CERTIFICATE, 2: CERTIFICATE + COPY, 3: HISTORICAL}


def requires(condition: bool) -> None:
    if not condition:
        raise UnreadableError


def decoded(content: bytes) -> Any:
    try:
        item = cbor2.loads(content)
        requires(cbor2.dumps(item, canonical=True) == content)
    except (cbor2.CBORError, UnicodeError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise UnreadableError from error
    return item


def read(qr_text: str) -> tuple[list[Any], bytes, bytes]:
    """Items, key id and signed bytes."""
    requires(len(qr_text) <= 4096)
    record = qr_text.rpartition("#")[2]
    requires(2 <= len(record) <= 1000 and set(record) <= set(DIGITS) and record[0] != "0")
    number = 0
    for digit in record[:-1]:
        number = number * 43 + DIGITS.index(digit)
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    envelope = decoded(content)
    requires(type(envelope) is list and len(envelope) == 4)
    protected, unprotected, payload, signature = envelope
    requires(type(protected) is bytes and len(protected) == 9 and protected[:5].hex() == "a201270444")
    requires(type(unprotected) is dict and unprotected == {})
    requires(type(payload) is bytes and type(signature) is bytes and len(signature) == 64)
    items = decoded(payload)
    requires(type(items) is list and len(items) > 0 and uint()(items[0]))
    rules = FORMATS.get(items[0])
    if rules is not None:
        requires(len(items) == len(rules) + 1)
        requires(all(starmap(lambda rule, item: rule(item), zip(rules, items[1:], strict=True))))
        requires(items[0] == 3 or (items[10] is not None) == (items[9] == 4))
    if record[-1] != "Z":
        raise AlteredError
    return items, protected[5:], cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def vectors(part: str) -> list[dict[str, Any]]:
    files = ("records", "annotated-records", "historical-records")
    return [
        case
        for name in files
        for case in json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))[part]
    ]


def outcome(qr_text: str) -> tuple[str, bytes, bytes]:
    """What the document's decoder makes of a text."""
    try:
        items, kid, signed = read(qr_text)
    except UnreadableError:
        return "record-unreadable", b"", b""
    except AlteredError:
        return "record-altered", b"", b""
    return f"format {items[0]}", kid, signed


def outcome_elsewhere(qr_text: str) -> tuple[str, bytes, bytes]:
    """What certverify makes of it."""
    try:
        signed = decode_record(qr_text)
    except RecordUnreadableError:
        return "record-unreadable", b"", b""
    except RecordAlteredError:
        return "record-altered", b"", b""
    return f"format {signed.format_version}", signed.kid, signed.signed_bytes


@pytest.mark.parametrize("case", vectors("good"), ids=lambda case: case["text"][-12:])
def test_good_records_are_read_to_the_last_byte(case: dict[str, Any]) -> None:
    items, _, signed = read(case["text"])
    assert signed.hex() == case["signed_hex"]
    assert items[-1] == decoded(decoded(bytes.fromhex(case["hex"]))[2])[-1]
    assert outcome(case["text"]) == outcome_elsewhere(case["text"])


@pytest.mark.parametrize("case", vectors("bad"), ids=lambda case: case["name"])
def test_hostile_records_get_the_same_answer(case: dict[str, Any]) -> None:
    expected = case["code"] if case["code"] in ("record-unreadable", "record-altered") else "format"
    assert outcome(case["text"])[0].startswith(expected)
    assert outcome(case["text"]) == outcome_elsewhere(case["text"])


def test_no_changed_byte_and_no_changed_digit_is_read_differently() -> None:
    random = Random(43)
    for case in vectors("good")[::2]:
        content, record = bytes.fromhex(case["hex"]), case["text"].rpartition("#")[2]
        for _ in range(150):
            at = random.randrange(len(content) - 64)
            other = content[:at] + random.randbytes(1) + content[at + 1 :]
            changed = encoded(other)
            assert outcome(changed) == outcome_elsewhere(changed)
            place = random.randrange(len(record))
            changed = record[:place] + random.choice(DIGITS) + record[place + 1 :]
            assert outcome(changed) == outcome_elsewhere(changed)


def encoded(content: bytes) -> str:
    number, digits = int.from_bytes(content, "big"), ""
    while number:
        number, digit = divmod(number, 43)
        digits = DIGITS[digit] + digits
    return digits + "Z"


def test_a_text_cut_at_any_length_is_no_record() -> None:
    for case in vectors("good")[::3]:
        whole = case["text"].rpartition("#")[2]
        for cut in range(len(whole)):
            for shorter in {whole[:cut], whole[:cut] + "Z", whole[cut + 1 :]} - {whole}:
                assert outcome_elsewhere(shorter)[0] == "record-unreadable" == outcome(shorter)[0]
