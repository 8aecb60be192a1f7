"""Drawing: guilloche rosettes, the frame, the test seal. Content stream operators of ISO 32000-1, 8.5.

A rosette is one closed curve, drawn again and again turned by a part of its own symmetry: copies cost a few bytes each
and cross one another in the fine net that copiers blur.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from certsvc.adapters.document.fitting import Box
from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore
from certsvc.adapters.document.layout_map import LayoutMap, Ornament, Rosette
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import fill_colour, numbers, stroke_colour

Point = tuple[float, float]
_CURVE_UNIT = 1000  # rosettes are drawn on whole numbers and scaled
_CIRCLE = 0.5523


def smooth_path(points: list[Point], digits: int = 2, *, closed: bool = False) -> bytes:
    """A Catmull-Rom spline through the points, as Bezier curves."""
    count = len(points)

    def at(n: int) -> Point:
        return points[n % count] if closed else points[min(max(n, 0), count - 1)]

    parts = [_spell(digits, at(0)) + b" m"]
    for n in range(count if closed else count - 1):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = at(n - 1), at(n), at(n + 1), at(n + 2)
        first = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6)
        second = (x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6)
        parts.append(_spell(digits, first, second, (x2, y2)) + b" c")
    return b"\n".join(parts)


def _spell(digits: int, *points: Point) -> bytes:
    if digits == 0:
        return b" ".join(b"%d %d" % (round(x), round(y)) for x, y in points)
    return numbers(*(value for point in points for value in point))


def rosette_curve(rosette: Rosette) -> bytes:
    """One curve of the rosette around the origin, its radius 1,000 units."""
    steps = 6 * max(rosette.ripples, rosette.petals)
    points = []
    for n in range(steps):
        turn = 2 * pi * n / steps
        swing = rosette.swing * cos(rosette.petals * turn)
        radius = _CURVE_UNIT * (1 + swing + rosette.ripple * cos(rosette.ripples * turn + pi / 3))
        points.append((radius * cos(turn), radius * sin(turn)))
    return smooth_path(points, 0, closed=True) + b" h S"


def draw_rosette(rosette: Rosette, form: bytes) -> bytes:
    """All copies of the rosette; `form` is the resource name of its curve."""
    scale = rosette.radius / _CURVE_UNIT
    parts = [
        b"q %s %s w" % (stroke_colour(rosette.colour), numbers(rosette.line / scale)),
        b"%.5f 0 0 %.5f %s cm" % (scale * rosette.stretch, scale, numbers(rosette.x, rosette.y)),
    ]
    turn = 2 * pi / rosette.petals / rosette.copies
    step = b"%.5f %.5f %.5f %.5f 0 0 cm" % (cos(turn), sin(turn), -sin(turn), cos(turn))
    parts += [b"/%s Do %s" % (form, step)] * rosette.copies
    return b"\n".join([*parts, b"Q"])


def draw_frame(layout: LayoutMap) -> bytes:
    """The double red border, and a gold braid between two gold lines on all four sides."""
    width, height = layout.width, layout.height
    parts = [b"q", stroke_colour(layout.accent)]
    for margin, line in ((20.0, 2.6), (25.0, 0.7)):
        parts.append(b"%s w %s re S" % (numbers(line), _inset(margin, width, height)))
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
        stroke_colour(layout.accent),
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
        parts.append(_diamond(x + side * 8.5, y, 1.8))
    parts += [fill_colour(layout.accent), _diamond(x, y, 4.2), b"Q"]
    return b"\n".join(parts)


def _diamond(x: float, y: float, half: float) -> bytes:
    corners = ((x - half, y), (x, y + half), (x + half, y), (x, y - half))
    return b"%s m %s l %s l %s l h f" % tuple(numbers(*corner) for corner in corners)


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


def draw_seal(layout: LayoutMap, font: SubsetFont, store: GlyphStore) -> bytes:
    """The test seal, 100 units wide: two rings, words around, 测试专用 in a frame in the middle. No emblem."""
    around, centre, below = layout.seal_words
    red = layout.accent
    parts = [b"q", stroke_colour(red), fill_colour(red)]
    parts += [b"2.2 w %s S 0.6 w %s S" % (_circle(50, 50, 48), _circle(50, 50, 44.6))]
    parts += [b"0.5 w %s S" % _circle(50, 50, 30)]
    parts += _along_circle(around, 33.2, 9.2, 0.5 * pi, font, clockwise=True)
    parts += _along_circle(below, 40.4, 7.4, 0.3 * pi, font, clockwise=False)
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


def _circle(x: float, y: float, radius: float) -> bytes:
    k = _CIRCLE * radius
    return b"%s m %s c %s c %s c %s c h" % (
        numbers(x + radius, y),
        numbers(x + radius, y + k, x + k, y + radius, x, y + radius),
        numbers(x - k, y + radius, x - radius, y + k, x - radius, y),
        numbers(x - radius, y - k, x - k, y - radius, x, y - radius),
        numbers(x + k, y - radius, x + radius, y - k, x + radius, y),
    )
