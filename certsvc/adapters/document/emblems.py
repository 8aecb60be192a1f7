"""The marks of the three verdicts, told apart by shape before colour: disc and tick, octagon and cross, ring and question.

The same drawings as on the verdict page (templates/pages/marks.svg), 96 units wide.
"""

from __future__ import annotations

from certsvc.adapters.document.guilloche import Point
from certsvc.adapters.document.pdf_syntax import fill_colour, stroke_colour
from certsvc.adapters.document.shapes import circle, polygon

EMBLEM_SIDE = 96
_GREEN, _RED, _GREY = "#1a6b45", "#9e1f1f", "#4a5568"
_OCTAGON: list[Point] = [(30, 92), (66, 92), (92, 66), (92, 30), (66, 4), (30, 4), (4, 30), (4, 66)]
_QUESTION = b"36 58 m 36 66 41 71 48 71 c 55 71 60 66 60 60 c 60 51 48 50 48 40 c S"


def _passed() -> bytes:
    disc = b"%s %s f" % (fill_colour(_GREEN), circle(48, 48, 42))
    return disc + b" 1 G 9 w 1 J 1 j 28 47 m 42 32 l 69 63 l S"


def _failed() -> bytes:
    plate = b"%s %s f" % (fill_colour(_RED), polygon(_OCTAGON))
    return plate + b" 1 G 9 w 1 J 32 32 m 64 64 l S 64 32 m 32 64 l S"


def _undetermined() -> bytes:
    ring = b"%s 6 w [12 8] 0 d %s S [] 0 d" % (stroke_colour(_GREY), circle(48, 48, 42))
    return b"%s 7 w 1 J %s %s %s f" % (ring, _QUESTION, fill_colour(_GREY), circle(48, 26, 4.5))


EMBLEMS = {"passed": _passed(), "failed": _failed(), "undetermined": _undetermined()}
"""Verdict -> its drawing."""
