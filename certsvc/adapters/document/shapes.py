"""Plain shapes: circles, diamonds, polygons, panels. Content stream operators of ISO 32000-1, 8.5."""

from __future__ import annotations

from collections.abc import Sequence

from certsvc.adapters.document.guilloche import Point, turned
from certsvc.adapters.document.layout_map import Panel
from certsvc.adapters.document.pdf_syntax import fill_colour, numbers, stroke_colour

_CIRCLE = 0.5523


def circle(x: float, y: float, radius: float) -> bytes:
    """The path of a circle; the caller fills or strokes it."""
    k = _CIRCLE * radius
    return b"%s m %s c %s c %s c %s c h" % (
        numbers(x + radius, y),
        numbers(x + radius, y + k, x + k, y + radius, x, y + radius),
        numbers(x - k, y + radius, x - radius, y + k, x - radius, y),
        numbers(x - radius, y - k, x - k, y - radius, x, y - radius),
        numbers(x + k, y - radius, x + radius, y - k, x + radius, y),
    )


def polygon(corners: Sequence[Point]) -> bytes:
    """The path through the corners, closed."""
    first, *others = (numbers(*corner) for corner in corners)
    return b" ".join([first + b" m", *(corner + b" l" for corner in others), b"h"])


def diamond(x: float, y: float, half: float) -> bytes:
    """A filled square on its corner."""
    return polygon([(x - half, y), (x, y + half), (x + half, y), (x, y - half)]) + b" f"


def draw_panel(panel: Panel) -> bytes:
    """The rectangle, turned about its middle."""
    parts = [b"q 1 0 0 1 %s cm" % numbers(panel.x + panel.width / 2, panel.y + panel.height / 2)]
    if panel.turn:
        parts.append(turned(panel.turn))
    box = numbers(-panel.width / 2, -panel.height / 2, panel.width, panel.height)
    if panel.fill is not None:
        parts.append(b"%s %s re f" % (fill_colour(panel.fill), box))
    if panel.stroke is not None:
        parts.append(b"%s %s w %s re S" % (stroke_colour(panel.stroke), numbers(panel.line), box))
    return b" ".join([*parts, b"Q"])
