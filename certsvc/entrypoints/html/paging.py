"""Pages of a long list: which rows are shown, and the addresses of the pages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query

ROWS: Final = 50
"""Rows on a page."""
_FURTHEST: Final = 1_000_000
PageNumber = Annotated[int, Query(alias="page", ge=1, le=_FURTHEST)]
"""The page's number in the address; the first is 1."""


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of `total` rows. `filters` stand in the address, so that a view can be sent to a colleague."""

    path: str
    number: int
    total: int
    filters: Mapping[str, str] = field(default_factory=dict)
    rows: int = ROWS

    @property
    def offset(self) -> int:
        """Rows before the first of this page."""
        return (self.number - 1) * self.rows

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.rows))

    @property
    def first(self) -> int:
        """The number of the first row shown, counted from 1; 0 where there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.offset + self.rows, self.total)

    def address(self, number: int) -> str:
        """The address of a page of the same list."""
        chosen = {name: value for name, value in self.filters.items() if value}
        if number > 1:
            chosen["page"] = str(number)
        return f"{self.path}?{urlencode(chosen)}" if chosen else self.path

    def beside(self) -> Sequence[int | None]:
        """The numbers to offer: first, last, two on each side; None stands for a gap."""
        near = {1, self.pages, *range(self.number - 2, self.number + 3)}
        shown = sorted(one for one in near if 1 <= one <= self.pages)
        offered: list[int | None] = []
        for number in shown:
            if offered and offered[-1] is not None and number - offered[-1] > 1:
                offered.append(None)
            offered.append(number)
        return offered
