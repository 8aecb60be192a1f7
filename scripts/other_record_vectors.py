"""Golden vectors of the records beside the certificate's own: annotated copies and historical records, good and hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from certsvc.formats.cbor import CborValue, encode_cbor
from certsvc.formats.record import (
    AnnotatedRecord,
    HistoricalQrRecord,
    SignableRecord,
    encode_protected_header,
    encode_record,
    record_signing_bytes,
    record_text,
)
from scripts.vector_material import PEOPLE, PREFIX, RECORD_KEY, content_of, record_of

_ENDS_ON = date(2026, 12, 31)
_ENDS_ON_DAYS = (_ENDS_ON - date(1970, 1, 1)).days
_COPY_ID = "J7K2MXP9QRTVWY34"
_REFERENCE = "H00000000980312A"


def other_record_vectors() -> dict[str, Any]:
    """File name -> content."""
    return {
        "annotated-records.json": _vectors(_copies(), _hostile_copies()),
        "historical-records.json": _vectors(_historical(), _hostile_historical()),
    }


def _copies() -> list[AnnotatedRecord]:
    first, dual, dotted, longest = (
        record_of(content_of(serial, person)) for serial, person in enumerate(PEOPLE, 1)
    )
    return [
        AnnotatedRecord(first, _COPY_ID, "长春市第一建筑公司", "投标", _ENDS_ON),
        AnnotatedRecord(dual, "J" + "2" * 15, "珲春市农业农村局（人事科）", "岗位聘用", date(2027, 2, 18)),
        AnnotatedRecord(dotted, "J" + "Z" * 15, "Ärzte & Söhne 㛃𬱖", "a b", date(1970, 1, 1)),
        AnnotatedRecord(longest, "J23456789ABCDEFG", "𡉃" * 30, "用" * 20, date(9999, 12, 31)),
    ]


def _historical() -> list[HistoricalQrRecord]:
    return [
        HistoricalQrRecord(
            _REFERENCE, 1, 900, "王建国", "0312", "中学高级教师", "中学教师", "高级", "1998-06", "A"
        ),
        HistoricalQrRecord(
            "H99999999999999Z", 3, 131_071, "金·达莱", "123X", "工程师", None, None, "1988-02-29", "B"
        ),
        HistoricalQrRecord(
            "H123456789012340",
            1,
            0,
            "一" * 50,
            "8889",
            "师" * 60,
            "系" * 30,
            "级" * 20,
            "2021-12",
            "A",
        ),
    ]


def _vectors(records: list[Any], hostile: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "public_key": RECORD_KEY.public_key.hex(),
        "kid": RECORD_KEY.kid.hex(),
        "good": [_good(record) for record in records],
        "bad": [
            {"name": name, "text": PREFIX + text, "code": code} for name, (text, code) in hostile.items()
        ],
    }


def _good(record: SignableRecord) -> dict[str, Any]:
    content = _signed(record)
    return {
        "fields": _plain(asdict(record)),
        "hex": content.hex(),
        "signed_hex": record_signing_bytes(record, RECORD_KEY.kid).hex(),
        "text": record_text(content, PREFIX),
    }


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with dates as text."""
    return {name: _plain_value(value) for name, value in fields.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _hostile_copies() -> dict[str, tuple[str, str]]:
    copy = _copies()[0]
    encoded = _signed(copy)
    certificate = _certificate_items(copy)
    terms: list[CborValue] = [_COPY_ID, "长春市第一建筑公司", "投标", _ENDS_ON_DAYS]
    other = AnnotatedRecord(copy.certificate, _COPY_ID, "长春市第二建筑公司", "投标", _ENDS_ON)
    longer = AnnotatedRecord(copy.certificate, _COPY_ID, copy.recipient, copy.purpose, date(2027, 12, 31))
    unreadable = {
        "without-terms": [2, *certificate],
        "without-end": [2, *certificate, *terms[:3]],
        "one-item-more": [2, *certificate, *terms, 0],
        "terms-behind-format-1": [1, *certificate, *terms],
        "copy-id-with-i": [2, *certificate, "J7K2MXP9QRTVWYI4", *terms[1:]],
        "copy-id-in-lower-case": [2, *certificate, _COPY_ID.lower(), *terms[1:]],
        "copy-id-too-short": [2, *certificate, _COPY_ID[:-1], *terms[1:]],
        "recipient-empty": [2, *certificate, _COPY_ID, "", *terms[2:]],
        "recipient-of-31": [2, *certificate, _COPY_ID, "长" * 31, *terms[2:]],
        "recipient-not-nfc": [2, *certificate, _COPY_ID, "A\u0308rzte", *terms[2:]],
        "recipient-with-line-break": [2, *certificate, _COPY_ID, "甲\n状态：有效", *terms[2:]],
        "recipient-turned-round": [2, *certificate, _COPY_ID, "甲\u202e乙", *terms[2:]],
        "recipient-with-blank-at-the-end": [2, *certificate, _COPY_ID, "甲\u3000", *terms[2:]],
        "recipient-as-bytes": [2, *certificate, _COPY_ID, "甲".encode(), *terms[2:]],
        "purpose-of-21": [2, *certificate, *terms[:2], "用" * 21, _ENDS_ON_DAYS],
        "purpose-with-zero-width": [2, *certificate, *terms[:2], "投\u200b标", _ENDS_ON_DAYS],
        "purpose-missing": [2, *certificate, *terms[:2], None, _ENDS_ON_DAYS],
        "end-before-all-days": [2, *certificate, *terms[:3], -1],
        "end-after-all-days": [2, *certificate, *terms[:3], 2_932_897],
        "end-as-text": [2, *certificate, *terms[:3], "2026-12-31"],
    }
    return {
        "signature-bit-flipped": (record_text(encoded[:-1] + bytes([encoded[-1] ^ 1])), "record-forged"),
        "other-recipient-same-signature": (record_text(_borrowed(other, encoded)), "record-forged"),
        "later-end-same-signature": (record_text(_borrowed(longer, encoded)), "record-forged"),
        "certificate-under-its-signature": (
            record_text(_borrowed(copy.certificate, encoded)),
            "record-forged",
        ),
        "terminator-changed": (record_text(encoded)[:-1] + "Y", "record-altered"),
        "cut-in-half": (record_text(encoded[: len(encoded) // 2]), "record-unreadable"),
        **{name: (record_text(_sealed(items)), "record-unreadable") for name, items in unreadable.items()},
    }


def _hostile_historical() -> dict[str, tuple[str, str]]:
    record = _historical()[0]
    encoded = _signed(record)
    person: list[CborValue] = [3, _REFERENCE, 1, 900, "王建国", "0312"]
    words: list[CborValue] = ["中学高级教师", "中学教师", "高级"]
    better = HistoricalQrRecord(
        _REFERENCE, 1, 900, "王建国", "0312", "中学特级教师", *("中学教师", "高级", "1998-06", "A")
    )
    unreadable = {
        "quality-c": [*person, *words, "1998-06", "C"],
        "quality-missing": [*person, *words, "1998-06"],
        "one-item-more": [*person, *words, "1998-06", "A", None],
        "reference-of-a-mapping": [3, "M00000000980312A", *person[2:], *words, "1998-06", "A"],
        "reference-too-long": [3, _REFERENCE + "0", *person[2:], *words, "1998-06", "A"],
        "version-0": [3, _REFERENCE, 0, *person[3:], *words, "1998-06", "A"],
        "title-missing": [*person, None, *words[1:], "1998-06", "A"],
        "title-of-61": [*person, "师" * 61, *words[1:], "1998-06", "A"],
        "title-turned-round": [*person, "教师\u202e", *words[1:], "1998-06", "A"],
        "series-empty": [*person, words[0], "", words[2], "1998-06", "A"],
        "level-as-number": [*person, *words[:2], 2, "1998-06", "A"],
        "acquired-in-month-13": [*person, *words, "1998-13", "A"],
        "acquired-on-february-29-of-no-leap-year": [*person, *words, "1998-02-29", "A"],
        "acquired-in-a-year": [*person, *words, "1998", "A"],
        "acquired-in-other-digits": [*person, *words, "１９９８-06", "A"],
        "acquired-with-a-line-break": [*person, *words, "1998-06\n", "A"],
        "acquired-in-year-0": [*person, *words, "0000-06", "A"],
        "items-of-a-certificate": [3, *_certificate_items(_copies()[0])],
    }
    return {
        "signature-bit-flipped": (record_text(encoded[:-1] + bytes([encoded[-1] ^ 1])), "record-forged"),
        "better-title-same-signature": (record_text(_borrowed(better, encoded)), "record-forged"),
        "terminator-changed": (record_text(encoded)[:-1] + "Y", "record-altered"),
        **{name: (record_text(_sealed(items)), "record-unreadable") for name, items in unreadable.items()},
    }


def _certificate_items(copy: AnnotatedRecord) -> list[CborValue]:
    own = copy.certificate
    days = (own.acquired_on - date(1970, 1, 1)).days
    codes = (own.series, own.title, own.level, own.way)
    return [own.number, own.version, own.slot, own.name, own.id_last4, *codes, None, days]


def _signed(record: SignableRecord) -> bytes:
    signature = RECORD_KEY.sign(record_signing_bytes(record, RECORD_KEY.kid))
    return encode_record(record, RECORD_KEY.kid, signature)


def _borrowed(record: SignableRecord, encoded: bytes) -> bytes:
    """A record under the signature of another one."""
    return encode_record(record, RECORD_KEY.kid, encoded[-64:])


def _sealed(items: list[CborValue]) -> bytes:
    """Any items, well signed: a decoder must refuse them for what they say."""
    protected, payload = encode_protected_header(RECORD_KEY.kid), encode_cbor(items)
    signature = RECORD_KEY.sign(encode_cbor(["Signature1", protected, b"", payload]))
    return encode_cbor([protected, {}, payload, signature])
