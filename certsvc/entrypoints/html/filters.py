"""Filters that stand in an address: what a GET form sends, where an empty field is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from fastapi import Request

from certsvc.domain.regions import REGIONS
from certsvc.errors import RequestError

_LONGEST = 128
Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one address; every reader raises RequestError for a value that is none of its kind."""

    given: Mapping[str, str]

    def text(self, name: str) -> str | None:
        """Words, without blanks around them."""
        value = self.given.get(name, "").strip()
        if len(value) > _LONGEST or not value.isprintable():
            raise RequestError("筛选条件过长，或含有不可见的字符。请重新选择。")
        return value or None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        return whole_given(self.text(name), least, most)

    def choice(self, name: str, of: type[Choice]) -> Choice | None:
        """One of the values of an enum."""
        value = self.text(name)
        if value is None:
            return None
        found = next((one for one in of if str(one.value) == value), None)
        if found is None:
            raise RequestError("没有这一筛选条件。请在列表中重新选择。")
        return found

    def day(self, name: str) -> date | None:
        """A day, YYYY-MM-DD."""
        return day_given(self.text(name))

    def region(self, name: str = "region") -> str | None:
        """Six digits of a division that the service knows."""
        value = self.text(name)
        if value is not None and value not in REGIONS:
            raise RequestError("没有这一行政区划。请在列表中重新选择。")
        return value


def whole_given(value: str | None, least: int, most: int) -> int | None:
    """A whole number within bounds; None for nothing. Raises RequestError."""
    if not value:
        return None
    plain = value.isascii() and value.isdecimal() and len(value) <= len(str(most))
    if not plain or not least <= int(value) <= most:
        raise RequestError(f"请填写 {least} 至 {most} 的整数。")
    return int(value)


def day_given(value: str | None) -> date | None:
    """A day as forms send it, YYYY-MM-DD; None for nothing. Raises RequestError."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise RequestError("日期须写成 年-月-日，例如 2026-11-20。") from error


def filters_of(request: Request) -> Filters:
    """What stands in the address of a request; the first value of each name."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        given.setdefault(name, value)
    return Filters(given)
