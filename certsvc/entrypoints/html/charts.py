"""Charts drawn at the server: places on an SVG computed from numbers, the sentence that the numbers say, and their table.

Places along the width are percentages and text keeps its size, so that a chart is as readable on a phone as on a desk. A
template draws it (`work/_charts.html.j2`), which escapes every word. Where there is nothing to compare there is no chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_BARS: Final = 15
"""Bars that one looks at; the table has all."""
LONGEST_LABEL: Final = 16
_LINE_HEIGHT: Final = 120
"""Pixels between the lowest and the highest point of a line."""
_LINE_TOP: Final = 28
_MOST_LABELS: Final = 7
_FEWEST: Final = 2
_WHOLE: Final = 100.0
_AHEAD: Final = timedelta(days=180)
"""Drawn of the time to come, so that what has not ended is seen to go on."""
_LEFT, _RIGHT = 8.0, 92.0  # percent: room for the words of the first and the last point

Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar: its words, the number, place and width in percent; `tone` names its look."""

    words: Words
    value: int
    start: str
    width: str
    tone: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: label (`short` where it is long) and number over it, its parts; `sized` in percent of the widest."""

    label: str
    value: int
    parts: tuple[Part, ...]

    @property
    def short(self) -> str:
        """The label, cut where it would run into the number."""
        return self.label if len(self.label) <= LONGEST_LABEL else f"{self.label[: LONGEST_LABEL - 1]}…"


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars below one another, the widest first as they are given; `left_out`: how many stand in the table alone."""

    title: Words
    finding: Words
    heads: tuple[Words, ...]
    bars: tuple[Bar, ...]
    drawn: tuple[Bar, ...]

    @property
    def stacked(self) -> bool:
        """Whether the bars have parts to be told apart."""
        return len(self.heads) > _FEWEST

    @property
    def left_out(self) -> int:
        """Bars that are not drawn."""
        return len(self.bars) - len(self.drawn)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line: `across` in percent, `down` in pixels; `told`: its number and label are written beside it."""

    label: str
    value: int
    across: str
    down: float
    told: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    """Points from left to right, in the order given."""

    title: Words
    finding: Words
    heads: tuple[Words, ...]
    points: tuple[Point, ...]

    @property
    def foot(self) -> int:
        """Pixels from the top to the line that the points stand over."""
        return _LINE_TOP + _LINE_HEIGHT


@dataclass(frozen=True, slots=True)
class Span:
    """A period beside others: its words, place and width in percent; `until` None: it has not ended."""

    label: str
    since: date
    until: date | None
    start: str
    width: str
    holds: bool


@dataclass(frozen=True, slots=True)
class SpanChart:
    """Periods below one another, with a line at today; `first` and `last` are the days at its edges."""

    title: Words
    finding: Words
    spans: tuple[Span, ...]
    first: date
    last: date
    today: str


def bar_chart(
    title: Words, heads: tuple[Words, Words], rows: Sequence[tuple[str, int]], unit: Words
) -> BarChart | None:
    """One number a row, the largest first; None where there is nothing to compare. `unit`: 项职称, titles."""
    return stacked_chart(title, heads, [(label, (value,)) for label, value in rows], unit)


def stacked_chart(
    title: Words, heads: tuple[Words, ...], rows: Sequence[tuple[str, tuple[int, ...]]], unit: Words
) -> BarChart | None:
    """Several numbers a row, in the order of `heads` behind the first, which heads the labels."""
    filled = sorted((row for row in rows if sum(row[1])), key=lambda row: -sum(row[1]))
    if len(filled) < _FEWEST:
        return None
    widest = sum(filled[0][1])
    bars = tuple(_bar(label, values, heads[1:], widest) for label, values in filled)
    return BarChart(title, _most(filled, unit), heads, bars, bars[:MOST_BARS])


def line_chart(
    title: Words, heads: tuple[Words, Words], rows: Sequence[tuple[str, int]], unit: Words
) -> LineChart | None:
    """A number for each of several following years; None where there are fewer than two, or nothing was counted."""
    highest = max((value for _, value in rows), default=0)
    if len(rows) < _FEWEST or not highest:
        return None
    step = (_RIGHT - _LEFT) / (len(rows) - 1)
    last, top = len(rows) - 1, max(range(len(rows)), key=lambda place: rows[place][1])
    every = -(-len(rows) // _MOST_LABELS)
    told = {0, last} | {place for place in range(0, len(rows), every) if last - place >= every}
    if all(abs(top - place) >= every or top == place for place in told):
        told.add(top)
    points = tuple(
        Point(
            label,
            value,
            _percent(_LEFT + step * place),
            round(_LINE_TOP + _LINE_HEIGHT * (1 - value / highest), 1),
            place in told,
        )
        for place, (label, value) in enumerate(rows)
    )
    return LineChart(title, _course(rows, unit), heads, points)


def span_chart(title: Words, rows: Sequence[tuple[str, date, date | None]], today: date) -> SpanChart | None:
    """Periods from their first to their last day (None: open); None where there are fewer than two."""
    if len(rows) < _FEWEST:
        return None
    first = min(today, *(since for _, since, _ in rows))
    last = max(today, *(until or since for _, since, until in rows)) + _AHEAD
    whole = (last - first).days
    spans = []
    for label, since, until in rows:
        start, end = (since - first).days, ((until or last) - first).days
        holds = since <= today and (until is None or today <= until)
        place, width = _percent(_WHOLE * start / whole), _percent(_WHOLE * (end - start) / whole)
        spans.append(Span(label, since, until, place, width, holds))
    holding = sum(one.holds for one in spans)
    finding = (
        f"共 {len(spans)} 份，今天施行 {holding} 份。",
        f"{len(spans)} in all, {holding} in force today.",
    )
    return SpanChart(
        title, finding, tuple(spans), first, last, _percent(_WHOLE * (today - first).days / whole)
    )


def _bar(label: str, values: tuple[int, ...], words: tuple[Words, ...], widest: int) -> Bar:
    parts, start = [], 0
    for tone, (word, value) in enumerate(zip(words, values, strict=True), start=1):
        if value:
            at, width = _WHOLE * start / widest, _WHOLE * value / widest
            parts.append(Part(word, value, _percent(at), _percent(width), tone))
        start += value
    return Bar(label, start, tuple(parts))


def _most(rows: Sequence[tuple[str, tuple[int, ...]]], unit: Words) -> Words:
    """Which row is the largest, and how much of all it is."""
    whole, (label, values) = sum(sum(row[1]) for row in rows), rows[0]
    most = sum(values)
    share, alike = round(_WHOLE * most / whole), [name for name, cells in rows if sum(cells) == most]
    if len(alike) > 1:
        return (
            f"共 {whole:,} {unit[0]}，{label}等 {len(alike)} 处并列最多：各 {most:,} {unit[0]}。",
            f"{whole:,} {unit[1]} in all; {len(alike)} have the most, {label} among them: {most:,} each.",
        )
    return (
        f"共 {whole:,} {unit[0]}，最多的是{label}：{most:,} {unit[0]}，约占 {share}%。",
        f"{whole:,} {unit[1]} in all; the most in {label}: {most:,}, about {share}%.",
    )


def _course(rows: Sequence[tuple[str, int]], unit: Words) -> Words:
    """Which year has the most, and how the last differs from the one before."""
    label, most = max(rows, key=lambda row: row[1])
    (before, was), (last, now) = rows[-2:]
    if now == was:
        changed = f"{last}与{before}持平。", f"{last} as many as {before}."
    else:
        word = ("多", "more") if now > was else ("少", "fewer")
        changed = (
            f"{last}比{before}{word[0]} {abs(now - was):,} {unit[0]}。",
            f"{last}: {abs(now - was):,} {word[1]} than {before}.",
        )
    return (
        f"{label}最多：{most:,} {unit[0]}；{changed[0]}",
        f"{label} has the most: {most:,} {unit[1]}; {changed[1]}",
    )


def _percent(number: float) -> str:
    return f"{number:.2f}%"
