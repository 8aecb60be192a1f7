"""Certificates as cameras see them: a page with a record that the tests' tree knows, rendered, bent and sent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO

import qrcode
from PIL import Image

from certsvc.adapters.document.qr_symbol import qr_rows
from certsvc.adapters.document.writer import write_certificate
from certsvc.formats.record import QrRecord
from tests.document.samples import NOW, REGULAR, layout, signer
from tests.qr.printed import rendered, symbol_box
from tests.web.builders import qr_text

MODULE, QUIET, WHITE = 6, 4, 255


@cache
def certificate_page(prefix: str, record: QrRecord, dpi: int = 150) -> Image.Image:
    """A whole certificate, A4, grey."""
    face = replace(REGULAR, qr_text=prefix + qr_text(record))
    return rendered(write_certificate(layout(), face, signer(), NOW), dpi)


def around_symbol(page: Image.Image, share: float = 0.5) -> Image.Image:
    """The symbol with so much of its side around it: the part that somebody holds before a camera."""
    left, top, right, bottom = symbol_box(page)
    margin = round((right - left) * share)
    box = (left - margin, top - margin, right + margin, bottom + margin)
    return page.crop((max(0, box[0]), max(0, box[1]), min(page.width, box[2]), min(page.height, box[3])))


def symbol(text: str) -> Image.Image:
    """A symbol by itself, with its quiet zone."""
    rows = qr_rows(text)
    side = len(rows) + 2 * QUIET
    picture = Image.new("L", (side, side), WHITE)
    for y, row in enumerate(rows, QUIET):
        for x, dark in enumerate(row, QUIET):
            picture.putpixel((x, y), 0 if dark else WHITE)
    return picture.resize((side * MODULE, side * MODULE), Image.Resampling.NEAREST)


def foreign_symbol(text: str) -> Image.Image:
    """A symbol of somebody else's, as large as ours."""
    made: Image.Image = qrcode.make(text, box_size=2 * MODULE).get_image()
    return made.convert("L")


def beside(*pictures: Image.Image) -> Image.Image:
    """Next to each other on white paper."""
    both = Image.new("L", (sum(one.width for one in pictures), max(one.height for one in pictures)), WHITE)
    left = 0
    for one in pictures:
        both.paste(one, (left, 0))
        left += one.width
    return both


def jpeg(picture: Image.Image, quality: int = 90, orientation: int | None = None) -> bytes:
    """The bytes that a phone sends; `orientation` is the EXIF number under which the picture is to be turned."""
    written, notes = BytesIO(), Image.Exif()
    if orientation is not None:
        notes[0x0112] = orientation
    picture.save(written, "JPEG", quality=quality, exif=notes)
    return written.getvalue()


def png(picture: Image.Image) -> bytes:
    """The bytes of a screenshot."""
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
