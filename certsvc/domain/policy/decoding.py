"""Decoding a policy document (docs/formats/policy.md): strict, total, each complaint with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from itertools import groupby, pairwise
from typing import Final

from certsvc.domain.json_reading import Place, parse_json
from certsvc.domain.policy.document import PolicyDocument, PolicyEntry
from certsvc.domain.policy.reading_values import check_key, read_value
from certsvc.domain.policy.values import Theme
from certsvc.errors import UnreadableInput

FORMAT: Final = "certsvc-policy/1"
MAX_BYTES: Final = 1024 * 1024
_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID: Final = 64
_ONE_DAY: Final = timedelta(days=1)


def decode_policy(raw: bytes) -> PolicyDocument:
    """The document of these bytes.

    Raises UnreadableInput naming the place: not JSON, unknown or missing keys, wrong types, a key that the theme does
    not have, or periods of one entry that overlap or leave days between them.
    """
    top = Place(parse_json(raw, limit=MAX_BYTES, what="政策文件"), "policy").fields(
        "format id title document issued_on entries"
    )
    if top["format"].text() != FORMAT:
        raise top["format"].wrong(FORMAT)
    found = top["id"].text()
    if _ID.fullmatch(found) is None or len(found) > _LONGEST_ID:
        raise top["id"].wrong(f"小写字母、数字和连字符组成的编号（至多{_LONGEST_ID}个字符）")
    places = list(top["entries"].items())
    if not places:
        raise top["entries"].wrong("至少一项")
    entries = tuple(_entry(place) for place in places)
    _check_periods(zip(places, entries, strict=True))
    return PolicyDocument(
        id=found,
        title=top["title"].text(),
        document=top["document"].text(),
        issued_on=top["issued_on"].day(),
        entries=entries,
        digest=policy_digest(raw),
    )


def policy_digest(raw: bytes) -> str:
    """The digest under which a document is kept: SHA-256 of its text without a byte-order mark, hex."""
    return sha256(raw.removeprefix(b"\xef\xbb\xbf")).hexdigest()


def _entry(place: Place) -> PolicyEntry:
    f = place.fields("theme key clause from value", "to note")
    theme, key = f["theme"].word(Theme), f["key"].text()
    check_key(theme, key, f["key"])
    from_on, to_on = f["from"].day(), f.maybe("to", Place.day)
    if to_on is not None and to_on < from_on:
        raise f["to"].wrong("不早于起始日的日期")
    ended = f.values["value"] is None
    return PolicyEntry(
        theme=theme,
        key=key,
        clause=f["clause"].text(),
        from_on=from_on,
        to_on=to_on,
        value=None if ended else read_value(theme, key, f["value"]),
        note=f.maybe("note", Place.text),
    )


def _check_periods(placed: Iterable[tuple[Place, PolicyEntry]]) -> None:
    def which(pair: tuple[Place, PolicyEntry]) -> tuple[str, str]:
        return pair[1].theme, pair[1].key

    ordered = sorted(placed, key=lambda pair: (*which(pair), pair[1].from_on))
    for (_theme, key), group in groupby(ordered, key=which):
        for (_place, before), (place, after) in pairwise(group):
            if before.to_on is None or after.from_on <= before.to_on:
                raise UnreadableInput(f"{place.path}.from：“{key}”的施行期间与前一期间重叠。")
            if after.from_on != before.to_on + _ONE_DAY:
                raise UnreadableInput(f"{place.path}.from：“{key}”的施行期间与前一期间之间有空档。")
