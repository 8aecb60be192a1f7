"""The variable part of one page: marks, labels and values, seal, QR symbol, as one content stream."""

from __future__ import annotations

from collections.abc import Sequence

from certsvc.adapters.document.emblems import EMBLEM_SIDE, EMBLEMS
from certsvc.adapters.document.fitting import Box, Fitted, fit, fits
from certsvc.adapters.document.glyphs import UNITS_PER_EM
from certsvc.adapters.document.head_objects import STRUCTURE
from certsvc.adapters.document.layout import FieldInk, Layout, emblem_resource
from certsvc.adapters.document.layout_map import MarksPlace, Square, Stamp
from certsvc.adapters.document.pdf_font import SubsetFont
from certsvc.adapters.document.pdf_syntax import fill_colour, number, numbers, reference, stroke_colour
from certsvc.adapters.document.photo import photo_size
from certsvc.adapters.document.qr_symbol import QUIET_ZONE, qr_path, qr_rows
from certsvc.adapters.document.text_patterns import draw_stamp, stamp_words
from certsvc.domain.page_face import PageFace
from certsvc.errors import IntegrityError

_WHITE, _BLUSH = "#ffffff", "#fdf3f2"


def printed_texts(layout: Layout, face: PageFace) -> dict[str, str]:
    """The texts that the layout prints, by field name. Raises IntegrityError when the face lacks a required one."""
    texts = {ink.place.field: face.texts.get(ink.place.field, "") for ink in layout.fields}
    empty = [ink.place.label for ink in layout.fields if ink.place.listed and not texts[ink.place.field]]
    if empty:
        raise IntegrityError(f"《{face.title}》缺少应印内容：{'、'.join(empty)}，已停止制作。")
    return texts


def texts_without_room(layout: Layout, face: PageFace) -> tuple[str, ...]:
    """The texts of the face that fit nowhere even at the smallest size; none for a face that can be printed."""
    texts = printed_texts(layout, face)
    places = [(texts[ink.place.field], ink.place.box) for ink in layout.fields]
    return tuple(text for text, box in places if not fits(text, box, layout.store))


def all_characters(layout: Layout, face: PageFace, texts: dict[str, str]) -> tuple[str, ...]:
    """Texts that hold every character of the variable part."""
    printed = (text.replace("\n", "") for text in texts.values())
    stamped = stamp_words(layout.map.stamp, texts) if layout.map.stamp is not None else ()
    return (*printed, *face.marks, *stamped)


def compose_page(layout: Layout, face: PageFace, texts: dict[str, str], font: SubsetFont) -> bytes:
    """The content stream. Raises IntegrityError when a text fits nowhere even at the smallest size."""
    parts = []
    if layout.map.photo is not None:
        parts.append(_photo(layout, layout.map.photo, face.photo))
        if layout.map.stamp is not None and face.photo is not None:
            parts.append(_stamp_over_photo(layout.map.stamp, layout.map.photo))
    if face.marks:
        if layout.map.marks is None:
            raise IntegrityError(f"《{face.title}》的版式没有醒目标注的位置，已停止制作。")
        parts += [layout.begin["marks"], _marks(layout, layout.map.marks, face.marks, font), b"EMC"]
    if layout.map.emblem is not None:
        parts.append(_emblem(layout.map.emblem, face))
    if face.test_seal:
        parts += [layout.begin["seal"], _placed(layout.map.seal, 100, "Seal"), b"EMC"]
    for ink in layout.fields:
        if texts[ink.place.field]:
            parts.append(_field(layout, ink, texts[ink.place.field], font))
    parts += [layout.begin["qr"], _qr(layout, face.qr_text), b"EMC"]
    return b"\n".join(parts)


def reading_order(layout: Layout, face: PageFace, texts: dict[str, str]) -> bytes:
    """The structure element Document: what this page has, in reading order."""
    left_out = {name for name, there in (("marks", face.marks), ("seal", face.test_seal)) if not there}
    left_out |= {name for name, text in texts.items() if not text}
    left_out.add("photo" if face.photo is None else "no photo")
    kids = [
        reference(element.number)
        for name, element in layout.elements.items()
        if name not in left_out and element.parent == layout.variable.document
    ]
    return b"<</Type/StructElem/S/Document/P %s/K[%s]>>" % (reference(STRUCTURE), b" ".join(kids))


def _photo(layout: Layout, place: Box, jpeg: bytes | None) -> bytes:
    """The photograph, as large as fills its place, what is too much cut off evenly; or the empty place."""
    if jpeg is None:
        return layout.begin["no photo"] + b" /NoPhoto Do EMC"
    width, height = photo_size(jpeg)
    scale = max(place.width / width, place.height / height)
    wide, high = width * scale, height * scale
    matrix = numbers(
        wide, 0, 0, high, place.left + (place.width - wide) / 2, place.baseline + (place.height - high) / 2
    )
    frame = numbers(place.left, place.baseline, place.width, place.height)
    return b"%s q %s re W n q %s cm /Photo Do Q %s 1.2 w %s re S Q EMC" % (
        layout.begin["photo"],
        frame,
        matrix,
        stroke_colour(layout.map.gold),
        frame,
    )


def _stamp_over_photo(stamp: Stamp, place: Box) -> bytes:
    """The stamp once more: the photograph hides that of the background."""
    frame = numbers(place.left, place.baseline, place.width, place.height)
    return b"/Artifact BMC q %s re W n %s Q EMC" % (frame, draw_stamp(stamp))


def _emblem(place: Square, face: PageFace) -> bytes:
    """The mark of the verdict; the verdict's word stands beside it, so it says nothing to a screen reader."""
    if face.emblem not in EMBLEMS:
        raise IntegrityError(f"《{face.title}》的核验结论标志无法识别，已停止制作。")
    return b"/Artifact BMC %s EMC" % _placed(place, EMBLEM_SIDE, emblem_resource(face.emblem))


def _placed(place: Square, side: int, form: str) -> bytes:
    """A square drawing of the head at its place."""
    scale = place.side / side
    return b"q %.4f 0 0 %.4f %s cm /%s Do Q" % (scale, scale, numbers(place.x, place.y), form.encode("ascii"))


def _field(layout: Layout, ink: FieldInk, text: str, font: SubsetFont) -> bytes:
    fitted = fit(text, ink.place.box, layout.store)
    colour, weight = ink.place.colour, ink.place.weight
    lines = _lines(fitted, font)
    if weight:
        lines = b"q %s 2 Tr %s w %s Q" % (stroke_colour(colour), number(weight), lines)
    return b"\n".join([ink.label, ink.begin, fill_colour(colour), lines, b"EMC"])


def _lines(fitted: Fitted, font: SubsetFont) -> bytes:
    lines = [
        b"1 0 0 1 %s Tm %s Tj" % (numbers(line.left, line.baseline), font.spell(line.text))
        for line in fitted.lines
    ]
    return b" ".join([b"BT /D %s Tf" % number(fitted.size), *lines, b"ET"])


def _marks(layout: Layout, place: MarksPlace, marks: Sequence[str], font: SubsetFont) -> bytes:
    """A red frame on light ground; the first mark white on red, the others red, all heavier than the fields."""
    accent = layout.map.accent
    size = place.size
    while (total := _marks_width(layout, place.gap, marks, size)) > place.width and size > place.smallest:
        size -= 0.5
    left, half = place.x - total / 2, place.gap
    first = layout.store.width(marks[0]) * size / UNITS_PER_EM + 2 * half
    parts = [
        b"q %s %s re f" % (fill_colour(_BLUSH), numbers(left, place.y, total, place.height)),
        b"%s %s re f" % (fill_colour(accent), numbers(left, place.y, first, place.height)),
        b"%s 1.8 w %s re S" % (stroke_colour(accent), numbers(left, place.y, total, place.height)),
    ]
    x, baseline = left + half, place.y + place.height / 2 - 0.36 * size
    for n, mark in enumerate(marks):
        colour = _WHITE if n == 0 else accent
        parts.append(
            b"%s %s BT 2 Tr 0.35 w /D %s Tf %s Td %s Tj ET"
            % (
                fill_colour(colour),
                stroke_colour(colour),
                number(size),
                numbers(x, baseline),
                font.spell(mark),
            )
        )
        x += layout.store.width(mark) * size / UNITS_PER_EM + 2 * half
    return b"\n".join([*parts, b"Q"])


def _marks_width(layout: Layout, gap: float, marks: Sequence[str], size: float) -> float:
    return sum(layout.store.width(mark) * size / UNITS_PER_EM + 2 * gap for mark in marks)


def _qr(layout: Layout, text: str) -> bytes:
    """The symbol on a white ground that includes the quiet zone."""
    rows = qr_rows(text)
    place = layout.map.qr
    module = place.side / len(rows)
    ground = numbers(-QUIET_ZONE, -QUIET_ZONE, len(rows) + 2 * QUIET_ZONE, len(rows) + 2 * QUIET_ZONE)
    return b"q %.6f 0 0 %.6f %s cm 1 g %s re f 0 g\n%s\nQ" % (
        module,
        module,
        numbers(place.x, place.y),
        ground,
        qr_path(rows),
    )
