"""The test seal, which everybody must see to be one. The seal of the authority is not ours to draw."""

from __future__ import annotations

from math import cos, pi, sin

from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.layout_map import LayoutMap
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import fill_colour, numbers, stroke_colour
from certsvc.adapters.document.shapes import circle


def draw_seal(layout: LayoutMap, font: SubsetFont, store: GlyphStore) -> bytes:
    """The test seal, 100 units wide: two rings, words around, 测试专用 in a frame in the middle. No emblem."""
    around, centre, below = layout.seal_words
    red = layout.accent
    parts = [b"q", stroke_colour(red), fill_colour(red)]
    parts += [b"2.2 w %s S 0.6 w %s S" % (circle(50, 50, 48), circle(50, 50, 44.6))]
    parts += [b"0.5 w %s S" % circle(50, 50, 30)]
    parts += _along_circle(around, 33.2, 9.2, 0.5 * pi, font, clockwise=True)
    parts += _along_circle(below, 40.4, 7.4, 0.23 * pi, font, clockwise=False)
    size = 12.6
    width = store.width(centre) * size / UNITS_PER_EM
    parts.append(b"1.1 w %s re S" % numbers(50 - width / 2 - 1.2, 41.2, width + 2.4, 17.6))
    parts.append(
        b"BT 2 Tr 0.35 w /S %s Tf %s Td %s Tj ET"
        % (numbers(size), numbers(50 - width / 2, 50 - 0.37 * size), font.spell(centre))
    )
    return b"\n".join([*parts, b"Q"])


def _along_circle(
    text: str, radius: float, size: float, reach: float, font: SubsetFont, *, clockwise: bool
) -> list[bytes]:
    """Characters evenly spread on an arc of half angle `reach`: over the top, or along the bottom."""
    parts = []
    for n, char in enumerate(text):
        share = n / (len(text) - 1) * 2 - 1
        turn = share * reach
        angle = pi / 2 - turn if clockwise else -pi / 2 + turn
        slope = -turn if clockwise else turn
        x = 50 + radius * cos(angle) - size / 2 * cos(slope)
        y = 50 + radius * sin(angle) - size / 2 * sin(slope)
        matrix = b"%.4f %.4f %.4f %.4f %s" % (
            cos(slope),
            sin(slope),
            -sin(slope),
            cos(slope),
            numbers(x, y),
        )
        parts.append(b"BT 2 Tr 0.2 w /S %s Tf %s Tm %s Tj ET" % (numbers(size), matrix, font.spell(char)))
    return parts
