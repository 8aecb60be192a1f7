"""Pages as paper and camera leave them, and other people's decoders: zxing-cpp and ZBar."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha512
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image, ImageFilter

from certsvc.adapters.document.writer import write_certificate
from certsvc.formats.record import AnnotatedRecord, QrRecord, encode_record, record_text
from tests.document.samples import DUAL_DIRECTED, NOW, PREFIX, REGULAR, layout, signer

Change = Callable[[Image.Image], Image.Image]
WHITE = 255


def record_of(name: str) -> QrRecord:
    """A dual-directed certificate's record with the largest numbers that occur."""
    return QrRecord(
        "2220230620000245", 12, 33_554_431, name, "776X", 27, 62701, 3, 4, "222404", date(2023, 11, 19)
    )


def text_of(record: QrRecord | AnnotatedRecord) -> str:
    """The text of its symbol, with a signature of no key: a symbol does not ask who signed."""
    return record_text(encode_record(record, b"\xc5\x93\x78\xb1", sha512(b"no signature").digest()), PREFIX)


def _copy_of(name: str, word: str) -> AnnotatedRecord:
    return AnnotatedRecord(record_of(name), "J8K3M5N7P9QRSTUV", word * 30, word * 20, date(2024, 2, 29))


TEXTS = {
    "usual": text_of(record_of("向河山")),
    "50 code points": text_of(record_of("阿" * 50)),
    "50 rare characters": text_of(record_of("𠮷" * 50)),
    "copy, longest words": text_of(_copy_of("阿" * 50, "国")),
    "copy, rare words": text_of(_copy_of("𠮷" * 50, "𠮷")),
}


@cache
def page_with(text: str) -> bytes:
    """A certificate whose symbol holds one of TEXTS."""
    face = DUAL_DIRECTED if text == "usual" else REGULAR
    return write_certificate(layout(), replace(face, qr_text=TEXTS[text]), signer(), NOW)


@cache
def rendered(raw_pdf: bytes, dpi: int) -> Image.Image:
    """The page as paper would show it (pdftoppm), grey."""
    drawn = subprocess.run(
        ["pdftoppm", "-gray", "-r", str(dpi), "-singlefile", "-"],
        input=raw_pdf,
        capture_output=True,
        check=True,
    )
    return Image.open(BytesIO(drawn.stdout)).convert("L")


def symbol_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the only symbol of an upright picture, in pixels."""
    (symbol,) = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    first, last = symbol.position.top_left, symbol.position.bottom_right
    return first.x, first.y, last.x, last.y


@cache
def surroundings() -> tuple[float, float, float, float]:
    """Where the symbol of a certificate stands with a hand's breadth around it: left, top, right, bottom of the page."""
    page = rendered(page_with("usual"), 100)
    left, top, right, bottom = symbol_box(page)
    hand = round(100 * 20 / 25.4)
    return (
        max(0.0, (left - hand) / page.width),
        max(0.0, (top - hand) / page.height),
        min(1.0, (right + hand) / page.width),
        min(1.0, (bottom + hand) / page.height),
    )


def photographed(text: str, dpi: int) -> Image.Image:
    """The part of the page around the symbol, for one of TEXTS."""
    page = rendered(page_with(text), dpi)
    left, top, right, bottom = surroundings()
    return page.crop(
        (
            round(left * page.width),
            round(top * page.height),
            round(right * page.width),
            round(bottom * page.height),
        )
    )


def turned(degrees: float) -> Change:
    """Laid on the glass askew."""
    return lambda picture: picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)


def blurred(radius: float) -> Change:
    """Out of focus: a Gaussian with this standard deviation in pixels."""
    return lambda picture: picture.filter(ImageFilter.GaussianBlur(radius))


def as_jpeg(quality: int) -> Change:
    """Sent through a messenger."""

    def change(picture: Image.Image) -> Image.Image:
        written = BytesIO()
        picture.save(written, "JPEG", quality=quality)
        return Image.open(written).convert("L")

    return change


def slanted(picture: Image.Image) -> Image.Image:
    """Photographed from the side: the right edge is a tenth shorter than the left one."""
    width, height = picture.size
    margin = height // 20
    corners = ((0, 0), (width, -margin), (width, height + margin), (0, height))
    rows, targets = [], []
    for (x, y), (u, v) in zip(((0, 0), (width, 0), (width, height), (0, height)), corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        targets += [u, v]
    return picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        _solved(rows, targets),
        Image.Resampling.BICUBIC,
        fillcolor=WHITE,
    )


def _solved(rows: list[list[int]], targets: list[int]) -> list[float]:
    """Eight equations, by elimination."""
    system = [[*map(float, row), float(target)] for row, target in zip(rows, targets, strict=True)]
    for column in range(len(system)):
        pivot = max(range(column, len(system)), key=lambda row: abs(system[row][column]))
        system[column], system[pivot] = system[pivot], system[column]
        system[column] = [value / system[column][column] for value in system[column]]
        for row in range(len(system)):
            if row != column:
                factor = system[row][column]
                system[row] = [a - factor * b for a, b in zip(system[row], system[column], strict=True)]
    return [row[-1] for row in system]


def read_by_zxing(picture: Image.Image) -> set[str]:
    """The texts of the QR symbols that zxing-cpp finds."""
    symbols = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return {symbol.text for symbol in symbols}


def read_by_zbar(picture: Image.Image, folder: Path) -> set[str]:
    """The texts of the QR symbols that ZBar finds."""
    path = folder / "page.pgm"
    picture.save(path)
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return set(done.stdout.splitlines())
