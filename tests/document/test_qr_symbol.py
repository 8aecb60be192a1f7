"""The QR symbol: its version follows from the length, other people's decoders read it."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from certsvc.adapters.document.qr_symbol import qr_path, qr_rows, smallest_version
from certsvc.errors import IntegrityError
from certsvc.formats.base43 import ALPHABET
from tests.document.samples import PREFIX, REGULAR

LENGTHS = [1, 50, 150, 151, 213, 214, 240, 400, 700, 1000]


@pytest.mark.parametrize("length", LENGTHS)
def test_the_version_is_the_smallest_that_holds_the_text(length: int) -> None:
    judge = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=3)
    judge.add_data(QRData(PREFIX.encode(), mode=MODE_8BIT_BYTE))
    judge.add_data(QRData(b"A" * length, mode=MODE_ALPHA_NUM))
    judge.make(fit=True)
    assert smallest_version(len(PREFIX), length) == judge.version


@pytest.mark.parametrize("length", LENGTHS)
def test_the_modules_are_those_of_the_library(length: int) -> None:
    record = "".join(ALPHABET[(n * n + 5 * n + length) % len(ALPHABET)] for n in range(length))
    judge = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=3)
    judge.add_data(QRData(PREFIX.encode(), mode=MODE_8BIT_BYTE))
    judge.add_data(QRData(record.encode(), mode=MODE_ALPHA_NUM))
    judge.make(fit=True)
    assert qr_rows(PREFIX + record) == [bytes(map(bool, row)) for row in judge.modules]


def test_a_text_too_long_for_any_symbol_stops_the_line() -> None:
    with pytest.raises(IntegrityError):
        qr_rows(PREFIX + "A" * 4000)


def test_a_decoder_reads_the_text_back() -> None:
    rows = qr_rows(REGULAR.qr_text)
    picture = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            picture.putpixel((x + 4, y + 4), 0 if dark else 255)
    picture = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == REGULAR.qr_text


def test_the_path_paints_exactly_the_dark_modules() -> None:
    rows = [b"\1\1\0", b"\0\0\0", b"\0\1\1"]
    assert qr_path(rows) == b"1 0 2 1 re\n0 2 2 1 re\nf"
