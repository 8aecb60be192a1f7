"""Drawing what frames the page: border and braid, the rule below the title, the empty place of a photograph."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from certsvc.adapters.document.fitting import Box
from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.guilloche import Point, smooth_path
from certsvc.adapters.document.layout_map import LayoutMap, Ornament
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import fill_colour, numbers, stroke_colour
from certsvc.adapters.document.shapes import diamond


def draw_frame(layout: LayoutMap) -> bytes:
    """The double border and, for an ornate one, a gold braid between two gold lines on all four sides."""
    width, height = layout.width, layout.height
    parts = [b"q", stroke_colour(layout.frame_colour)]
    for margin, line in ((20.0, 2.6), (25.0, 0.7)):
        parts.append(b"%s w %s re S" % (numbers(line), _inset(margin, width, height)))
    if layout.frame == "plain":
        return b"\n".join([*parts, b"Q"])
    parts.append(stroke_colour(layout.gold))
    parts += [b"0.5 w %s re S" % _inset(margin, width, height) for margin in (30.0, 42.0)]
    parts.append(b"0.4 w")
    parts += _braid(36.0, width, height)
    parts += [_corner(x, y, layout) for x in (36.0, width - 36.0) for y in (36.0, height - 36.0)]
    return b"\n".join([*parts, b"Q"])


def _inset(margin: float, width: float, height: float) -> bytes:
    return numbers(margin, margin, width - 2 * margin, height - 2 * margin)


def _braid(margin: float, width: float, height: float) -> list[bytes]:
    """Four strands of waves along each side; a whole number of waves, so that the sides meet."""
    strands = []
    for length, place in (
        (width - 2 * margin, lambda along, off: (margin + along, margin + off)),
        (width - 2 * margin, lambda along, off: (margin + along, height - margin + off)),
        (height - 2 * margin, lambda along, off: (margin + off, margin + along)),
        (height - 2 * margin, lambda along, off: (width - margin + off, margin + along)),
    ):
        strands += [_wave(length, phase, place) for phase in range(4)]
    return strands


def _wave(length: float, phase: int, place: Callable[[float, float], Point]) -> bytes:
    waves = round(length / 15)
    steps = 4 * waves
    points = [
        place(length * n / steps, 4.2 * sin(2 * pi * (waves * n / steps + phase / 4)))
        for n in range(steps + 1)
    ]
    return smooth_path(points) + b" S"


def _corner(x: float, y: float, layout: LayoutMap) -> bytes:
    """A plate over the crossing of two braids, with a small eight-petalled flower."""
    side = 17.0
    plate = numbers(x - side / 2, y - side / 2, side, side)
    petals = []
    for n in range(4):
        turn = pi * n / 4
        points = [
            (
                x + 6.4 * cos(t) * cos(turn) - 2.5 * sin(t) * sin(turn),
                y + 6.4 * cos(t) * sin(turn) + 2.5 * sin(t) * cos(turn),
            )
            for t in (2 * pi * k / 16 for k in range(16))
        ]
        petals.append(smooth_path(points, closed=True) + b" h S")
    return b"q 1 g %s re f 0.7 w %s re S %s 0.5 w %s Q" % (
        plate,
        plate,
        stroke_colour(layout.frame_colour),
        b"\n".join(petals),
    )


def draw_ornament(layout: LayoutMap, ornament: Ornament) -> bytes:
    """The rule below the title: two tapering lines and a diamond."""
    x, y, reach = ornament.x, ornament.y, ornament.reach
    parts = [b"q", fill_colour(layout.gold)]
    for side in (-1, 1):
        near, far = x + side * 14, x + side * reach
        parts.append(
            b"%s m %s l %s l h f" % (numbers(near, y - 0.8), numbers(far, y), numbers(near, y + 0.8))
        )
        parts.append(diamond(x + side * 8.5, y, 1.8))
    parts += [fill_colour(layout.accent), diamond(x, y, 4.2), b"Q"]
    return b"\n".join(parts)


def draw_photo_place(layout: LayoutMap, place: Box, font: SubsetFont, store: GlyphStore) -> bytes:
    """A discreet dashed frame with the word 照片."""
    frame = numbers(place.left, place.baseline, place.width, place.height)
    width = store.width(layout.photo_word) * place.largest / UNITS_PER_EM
    x = place.left + (place.width - width) / 2
    y = place.baseline + place.height / 2 - 0.36 * place.largest
    return b"q 0.985 0.98 0.965 rg %s re f %s 0.5 w [3 2] 0 d %s re S BT %s /S %s Tf %s Td %s Tj ET Q" % (
        frame,
        stroke_colour(layout.gold),
        frame,
        fill_colour(layout.gold),
        numbers(place.largest),
        numbers(x, y),
        font.spell(layout.photo_word),
    )
