"""Texts as tiling patterns (ISO 32000-1, 8.7.3): micro-print and the stamp of annotated copies.

They are decoration to whoever extracts text, so the words of the fields stay alone there.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin

from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.layout_map import MicroLine, Stamp
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import fill_colour, number, numbers, reference, stream

_DESCENT, _ASCENT = 0.25, 0.95  # room below and above the baseline, in type sizes


def micro_pattern(line: MicroLine, font: SubsetFont, store: GlyphStore, font_object: int) -> bytes:
    """The pattern object of a micro line: one repetition."""
    width = store.width(line.text) * line.size / UNITS_PER_EM
    spelled = b"%s BT /S %s Tf 0 0 Td %s Tj ET" % (
        fill_colour(line.colour),
        number(line.size),
        font.spell(line.text),
    )
    box = (0, -_DESCENT * line.size, width, _ASCENT * line.size)
    matrix = b"1 0 0 1 %s" % numbers(line.x, line.y)
    return _pattern(spelled, box, (width, 2 * line.size), matrix, b"/S " + reference(font_object))


def draw_micro_line(line: MicroLine, pattern: bytes) -> bytes:
    """The strip that the pattern fills."""
    low, height = line.y - _DESCENT * line.size, (_DESCENT + _ASCENT) * line.size
    return b"/Pattern cs /%s scn %s re f" % (pattern, numbers(line.x, low, line.width, height))


def stamp_words(stamp: Stamp, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The lines of the stamp with the values of the fields."""
    return tuple(words.format_map(texts) for words in stamp.words)


def stamp_pattern(
    stamp: Stamp, words: tuple[str, ...], font: SubsetFont, store: GlyphStore, font_object: int
) -> bytes:
    """The pattern object of the stamp: the lines twice, the second time half a step further on."""
    step = max(
        stamp.step, *(store.width(line) * stamp.size / UNITS_PER_EM + 3 * stamp.size for line in words)
    )
    rows = 2 * len(words) + 2
    parts = [fill_colour(stamp.colour), b"BT /D %s Tf" % number(stamp.size)]
    for half in (0, 1):
        for n, line in enumerate(words):
            low = (rows - 1 - n - half * (len(words) + 1)) * stamp.leading
            lefts = (0.0,) if half == 0 else (-step / 2, step / 2)
            parts += [b"1 0 0 1 %s Tm %s Tj" % (numbers(left, low), font.spell(line)) for left in lefts]
    parts.append(b"ET")
    cell = (step, rows * stamp.leading)
    box = (0, -_DESCENT * stamp.size, step, cell[1] - _DESCENT * stamp.size)
    angle = radians(stamp.turn)
    matrix = b"%.4f %.4f %.4f %.4f %s" % (
        cos(angle),
        sin(angle),
        -sin(angle),
        cos(angle),
        numbers(stamp.x, stamp.y),
    )
    return _pattern(b"\n".join(parts), box, cell, matrix, b"/D " + reference(font_object))


def draw_stamp(stamp: Stamp) -> bytes:
    """The rectangle that the stamp's pattern fills."""
    place = numbers(stamp.x, stamp.y, stamp.width, stamp.height)
    return b"q /Pattern cs /Stamp scn %s re f Q" % place


def _pattern(
    content: bytes,
    box: tuple[float, float, float, float],
    step: tuple[float, float],
    matrix: bytes,
    fonts: bytes,
) -> bytes:
    entries = (
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[%s]/XStep %s/YStep %s/Matrix[%s]"
        % (
            numbers(*box),
            number(step[0]),
            number(step[1]),
            matrix,
        )
    )
    return stream(content, entries + b"/Resources<</Font<<%s>>>>" % fonts, level=6)
