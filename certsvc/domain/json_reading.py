"""Reading strict JSON: every key named, every type checked, every complaint with its place.

A `Place` is a value and where it stands in the document; its readers give a typed value or raise UnreadableInput.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from certsvc.errors import UnreadableInput

T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)

_MAX_TEXT = 200


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableInput("JSON 中有重复的键，请删除重复项。")
    return found


def parse_json(raw: bytes, *, limit: int, what: str) -> object:
    """The JSON value of untrusted bytes. Raises UnreadableInput: too long, no UTF-8, no JSON, a key given twice."""
    if len(raw) > limit:
        raise UnreadableInput(f"{what}超过{limit}字节。")
    try:
        value: object = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"{what}不是有效的 UTF-8 JSON 文件。") from error
    return value


@dataclass(frozen=True, slots=True)
class Place:
    """A JSON value and its path, such as `committees[1].authorizations[0].from`."""

    value: object
    path: str

    def wrong(self, expected: str) -> UnreadableInput:
        """The error that something else was expected here."""
        return UnreadableInput(f"{self.path}：应为{expected}。")

    def fields(self, required: str, optional: str = "") -> Fields:
        """The object here, with exactly these keys (blank-separated), the optional ones possibly absent."""
        if not isinstance(self.value, dict):
            raise self.wrong("对象")
        must, may = set(required.split()), set(optional.split())
        for key in sorted(must - self.value.keys()):
            raise UnreadableInput(f"{self.path}.{key}：缺少此项。")
        for key in sorted(self.value.keys() - must - may):
            raise UnreadableInput(f"{self.path}.{key}：不认识的项目。")
        return Fields(self.value, self.path)

    def items(self) -> Iterator[Place]:
        """The entries of the array here."""
        if not isinstance(self.value, list):
            raise self.wrong("数组")
        return (Place(value, f"{self.path}[{i}]") for i, value in enumerate(self.value))

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The key-value pairs of the object here, whatever the keys."""
        if not isinstance(self.value, dict):
            raise self.wrong("对象")
        return ((key, Place(value, f"{self.path}.{key}")) for key, value in self.value.items())

    def text(self) -> str:
        """A non-empty text of reasonable length without surrounding blanks."""
        if not isinstance(self.value, str) or not 0 < len(self.value) <= _MAX_TEXT:
            raise self.wrong("非空文字")
        if self.value != self.value.strip():
            raise self.wrong("首尾无空格的文字")
        return self.value

    def day(self) -> date:
        """A date written YYYY-MM-DD."""
        text = self.text()
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise self.wrong("日期（YYYY-MM-DD）") from error
        if day.isoformat() != text:
            raise self.wrong("日期（YYYY-MM-DD）")
        return day

    def count(self) -> int:
        """A whole number, not negative."""
        if type(self.value) is not int or self.value < 0:
            raise self.wrong("非负整数")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if type(self.value) is not bool:
            raise self.wrong("true 或 false")
        return self.value

    def word(self, words: type[W]) -> W:
        """One word of a closed set."""
        try:
            return words(self.text())
        except ValueError as error:
            raise self.wrong("、".join(words)) from error


@dataclass(frozen=True, slots=True)
class Fields:
    """An object whose keys have been checked."""

    values: dict[str, object]
    path: str

    def __getitem__(self, key: str) -> Place:
        return Place(self.values[key], f"{self.path}.{key}")

    def maybe(self, key: str, read: Callable[[Place], T]) -> T | None:
        """What `read` gives for the key, None where it is absent or null."""
        return None if self.values.get(key) is None else read(self[key])
