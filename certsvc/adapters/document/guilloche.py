"""The security background: rosettes and flowing lines. Content stream operators of ISO 32000-1, 8.5.

A rosette is one closed curve, drawn again and again turned by a part of its own symmetry: copies cost a few bytes each
and cross one another in the fine net that copiers blur. The flowing lines are one wave, drawn again and again higher and
shifted. The copies run through several colours, as split-fountain printing does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, pi, radians, sin

from certsvc.adapters.document.layout_map import Rosette, Waves
from certsvc.adapters.document.pdf_syntax import number, numbers, stroke_colour

Point = tuple[float, float]
_CURVE_UNIT = 1000  # rosettes are drawn on whole numbers and scaled


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
        b"q %s w" % numbers(rosette.line / scale),
        b"%.5f 0 0 %.5f %s cm" % (scale * rosette.stretch, scale, numbers(rosette.x, rosette.y)),
    ]
    step = turned(360 / rosette.petals / rosette.copies)
    colours = (_colour(rosette.colours, copy, rosette.copies) for copy in range(rosette.copies))
    parts += [b"%s /%s Do %s" % (colour, form, step) for colour in colours]
    return b"\n".join([*parts, b"Q"])


def wave_curve(waves: Waves) -> bytes:
    """One wave from the left edge to beyond the right one, so that it can be shifted left by a wave length."""
    steps = 10 * ceil(waves.width / waves.length + 1)
    points = []
    for n in range(steps + 1):
        along = n / 10
        height = sin(2 * pi * along) + 0.35 * sin(4 * pi * along + 1)
        points.append((waves.length * along, waves.amplitude * height))
    return smooth_path(points) + b" S"


def draw_waves(waves: Waves, form: bytes) -> bytes:
    """All lines, inside their rectangle; `form` is the resource name of the wave."""
    clip = numbers(waves.x, waves.y, waves.width, waves.height)
    parts = [b"q %s re W n %s w" % (clip, number(waves.line))]
    step = waves.height / (waves.lines - 1)
    for n in range(waves.lines):
        share = n / (waves.lines - 1)
        shift = waves.length * (0.5 + 0.5 * sin(2 * pi * waves.drift * share))
        place = numbers(waves.x - shift, waves.y + n * step)
        parts.append(b"q %s 1 0 0 1 %s cm /%s Do Q" % (_colour(waves.colours, n, waves.lines), place, form))
    return b"\n".join([*parts, b"Q"])


def turned(degrees: float) -> bytes:
    """The operator that turns what follows about the origin."""
    angle = radians(degrees)
    return b"%.5f %.5f %.5f %.5f 0 0 cm" % (cos(angle), sin(angle), -sin(angle), cos(angle))


def _colour(colours: Sequence[str], copy: int, copies: int) -> bytes:
    """The stroke colour of a copy, on the way from the first colour to the last."""
    along = copy / max(copies - 1, 1) * (len(colours) - 1)
    before = min(int(along), max(len(colours) - 2, 0))
    after, share = min(before + 1, len(colours) - 1), along - before
    ends = (bytes.fromhex(colours[n].removeprefix("#")) for n in (before, after))
    mixed = bytes(round(one + (other - one) * share) for one, other in zip(*ends, strict=True))
    return stroke_colour("#" + mixed.hex())
