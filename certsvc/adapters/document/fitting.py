"""Fitting a text into a box: first smaller, then on more lines, never cut off.

A text may have paragraphs, divided by line feeds. Lines break between any two Han characters, but a run of Latin letters
or digits stays whole where it can, no line
begins with closing punctuation or the middle dot of a name, and none ends with an opening bracket (GB/T 15834).
Lines of one text are made about equally long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.errors import IntegrityError

LEADING = 1.22  # line distance in type sizes
_STEP = 0.5  # of the type size, in points
_UNITS = re.compile(
    r"[（《〔“‘(]*(?:[A-Za-z0-9.,'*/:#@_-]+[年月日号]?|.)[，。、；：？！）》〕”’)·—…\s]*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Box:
    """Where a text goes, in points: left edge, baseline of a single line, width, height for all lines.

    More lines spread evenly above and below that of a single one, or, `from_top`, follow below it.
    """

    left: float
    baseline: float
    width: float
    height: float
    largest: float
    smallest: float
    centred: bool = False
    from_top: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, placed: left end of its baseline, in points."""

    text: str
    left: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text in its box: the type size, and the lines from the top."""

    size: float
    lines: tuple[Line, ...]


def fit(text: str, box: Box, store: GlyphStore) -> Fitted:
    """The text at the largest size at which it fits.

    Raises IntegrityError when it does not fit at the smallest size (the intake's length limits rule that out).
    """
    found = _largest(text, box, store)
    if found is None:
        raise IntegrityError(f"证面文字过长，无法完整排印：{text}")
    size, lines = found
    return Fitted(size, _placed(lines, size, box, store))


def fits(text: str, box: Box, store: GlyphStore) -> bool:
    """Whether `fit` finds room for the text."""
    return _largest(text, box, store) is not None


def _largest(text: str, box: Box, store: GlyphStore) -> tuple[float, list[str]] | None:
    """The largest size at which the text has room, with its lines."""
    paragraphs = text.split("\n")
    alone = store.width(text) if len(paragraphs) == 1 else None
    size = box.largest
    while size >= box.smallest:
        width, most = box.width / size * UNITS_PER_EM, box.height / (size * LEADING)
        if alone is not None and alone <= width:
            return size, paragraphs
        if most >= max(2, len(paragraphs)):
            lines = _paragraphs(paragraphs, width, store)
            if lines and len(lines) <= most:
                return size, lines
        size -= _STEP
    return None


def _paragraphs(paragraphs: Sequence[str], width: float, store: GlyphStore) -> list[str]:
    """The lines of all paragraphs; no lines when one of them has none."""
    blocks = [broken(paragraph, width, store) for paragraph in paragraphs]
    return [line for lines in blocks for line in lines] if all(blocks) else []


def broken(text: str, width: float, store: GlyphStore) -> list[str]:
    """The lines of a text, none wider than `width` (1/1000 em); no lines when one character is wider."""
    if store.width(text) <= width:
        return [text]
    lines = _greedy(text, width, store)
    low, high = store.width(text) / len(lines) if lines else width, width
    while high - low > UNITS_PER_EM / 4:
        middle = (low + high) / 2
        narrower = _greedy(text, middle, store)
        low, high = (low, middle) if narrower and len(narrower) <= len(lines) else (middle, high)
    return _greedy(text, high, store)


def _greedy(text: str, width: float, store: GlyphStore) -> list[str]:
    lines: list[str] = []
    for unit in _units(text, width, store):
        if lines and store.width((lines[-1] + unit).rstrip()) <= width:
            lines[-1] += unit
        elif store.width(unit.rstrip()) <= width:
            lines.append(unit)
        else:
            return []
    return lines


def _units(text: str, width: float, store: GlyphStore) -> list[str]:
    """The pieces that stay whole; a piece wider than a line falls into its characters."""
    units: list[str] = []
    for unit in _UNITS.findall(text):
        units.extend([unit] if store.width(unit.rstrip()) <= width else unit)
    return units


def _placed(lines: list[str], size: float, box: Box, store: GlyphStore) -> tuple[Line, ...]:
    """Lines from the first baseline down, or around the middle of what a single line of the largest size would take."""
    cap = 0.36  # half the height of a Han character above the baseline, in type sizes
    middle = box.baseline + cap * box.largest
    above = 0 if box.from_top else (len(lines) - 1) / 2 * size * LEADING
    first = middle + above - cap * size
    placed = []
    for n, line in enumerate(lines):
        spare = box.width - store.width(line.rstrip()) * size / UNITS_PER_EM
        left = box.left + (spare / 2 if box.centred else 0)
        placed.append(Line(line, left, first - n * size * LEADING))
    return tuple(placed)
