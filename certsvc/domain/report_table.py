"""A report as a table: headings, rows of plain cells, and what it says of itself at its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

Cell = str | int | Decimal | date | None
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class ReportTable:
    """`told`: label and value of what was asked (day, filter, basis); `notes`: sentences that go with the numbers."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    told: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportStatement:
    """What an export says of itself: the instant of its snapshot, who asked, how many rows, their digest.

    `digest`: SHA-256 (hex) over headings and rows, cells as text separated by U+001F, a line feed after each row.
    """

    name: str
    title: str
    as_of: datetime
    told: tuple[tuple[str, str], ...]
    by: str
    rows: int
    digest: str


@dataclass(slots=True)
class CountedRows:
    """The lines of an export, counted and digested on their way: headings, rows, an empty line, the statement.

    Go through `lines` once, to its end; `statement` is there after that.
    """

    table: ReportTable
    as_of: datetime
    by: str
    statement: ReportStatement | None = field(default=None, init=False)

    def lines(self) -> Iterator[Sequence[Cell]]:
        """Everything that the file holds."""
        digest, rows = sha256(), 0
        digest.update(_line(self.table.columns))
        yield self.table.columns
        for row in self.table.rows:
            digest.update(_line(row))
            rows += 1
            yield row
        self.statement = ReportStatement(
            self.table.name, self.table.title, self.as_of, self.table.told, self.by, rows, digest.hexdigest()
        )
        yield ()
        yield from statement_lines(self.statement)
        yield from (("注", note) for note in self.table.notes)


def statement_lines(statement: ReportStatement) -> Iterator[tuple[str, str]]:
    """A statement as label and value, for people."""
    yield "报表", statement.title
    yield "数据时点", shanghai_text(statement.as_of)
    yield from statement.told
    yield "导出人", statement.by
    yield "行数", str(statement.rows)
    yield "摘要（SHA-256）", statement.digest


def shanghai_text(instant: datetime) -> str:
    """An instant in the hour of Shanghai, to the second."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S（北京时间）")


def shanghai_day(instant: datetime) -> date:
    """The day of an instant in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def _line(row: Sequence[Cell]) -> bytes:
    return ("\x1f".join("" if cell is None else str(cell) for cell in row) + "\n").encode("utf-8", "replace")
