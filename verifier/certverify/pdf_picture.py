"""The rendered pages of an uploaded file: what a person would see. Runs in the sandbox alone (`pdf_inspection`).

A process that has rendered answers for nothing but pictures: the renderer is the one part not written in a safe language.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from math import sqrt

import pypdfium2
import zxingcpp
from PIL import Image, ImageChops

from certverify.pdf_findings import MAX_LINK_TEXT, MAX_LINKS, MAX_PAGES, Picture, Symbol

MAX_POINTS = 3_400  # the longer side of A0
SEEN_PIXELS = 2_600
MAX_PIXELS = 5_000_000  # of one page; A4 at SEEN_PIXELS has 4.8 million
_COMPARED_PIXELS = 900
_SHORTEST = 10
_ALIKE_PIXELS = 1_800
_BLOCK = 12
_MOST_DIFFERENCE = 6  # of 255, on average over a block: less than a thin stroke of the smallest print


def see(raw_pdf: bytes, sealed_length: int) -> Picture:
    """QR symbols of the first pages; with a sealed revision only whether they look as it does, for its record is known.

    Raises what the renderer raises.
    """
    document = _opened(raw_pdf)
    if sealed_length:
        return Picture((), _looks(document) == _looks(_opened(raw_pdf[:sealed_length])))
    symbols = (
        Symbol(number, text)
        for number in range(min(len(document), MAX_PAGES))
        for text in _texts(_rendered(document, number, SEEN_PIXELS))
    )
    return Picture(tuple(islice(symbols, MAX_LINKS)), None)


def alike(raw_pdf: bytes, original: bytes) -> bool:
    """Whether both have just one page, and these look the same block by block. Raises what the renderer raises."""
    documents = pypdfium2.PdfDocument(raw_pdf), pypdfium2.PdfDocument(original)
    if any(len(document) != 1 for document in documents):
        return False
    page, model = (_rendered(document, 0, _ALIKE_PIXELS) for document in documents)
    if page.size != model.size:
        return False
    blocks = ImageChops.difference(page, model).reduce(_BLOCK)
    return max(blocks.tobytes()) <= _MOST_DIFFERENCE


def _opened(raw_pdf: bytes) -> pypdfium2.PdfDocument:
    """With its form: without one the renderer draws no field, and every reader that people use does."""
    document = pypdfium2.PdfDocument(raw_pdf)
    document.init_forms()
    return document


def _rendered(document: pypdfium2.PdfDocument, number: int, pixels: int) -> Image.Image:
    page = document[number]
    width, height = page.get_size()
    if min(width, height) < _SHORTEST or max(width, height) > MAX_POINTS:
        raise ValueError("no size of a page")
    scale = min(pixels / max(width, height), sqrt(MAX_PIXELS / (width * height)))
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture.convert("L")


def _texts(picture: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    texts = dict.fromkeys(symbol.text for symbol in found)
    return [text.encode("utf-8", "replace").decode() for text in texts if len(text) <= MAX_LINK_TEXT]


def _looks(document: pypdfium2.PdfDocument) -> list[bytes]:
    count = len(document)
    if count > MAX_PAGES:
        raise ValueError("more pages than a certificate has")
    return [
        sha256(_rendered(document, number, _COMPARED_PIXELS).tobytes()).digest() for number in range(count)
    ]
