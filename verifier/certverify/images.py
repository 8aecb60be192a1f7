"""QR texts in a picture. The imaging libraries are imported when the first picture is read."""

from __future__ import annotations

import io
import struct
import warnings
from typing import TYPE_CHECKING

from certverify.errors import DecodeError, ImageError
from certverify.record import decode_record

if TYPE_CHECKING:
    from PIL import Image

MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")


def qr_texts(raw_image: bytes) -> list[str]:
    """The different QR texts in the first frame of a picture, certificate records alone where there are any.

    Raises ImageError for what is no picture of a usual kind, more than 20 MB or more than 40 megapixels.
    """
    import zxingcpp

    found = zxingcpp.read_barcodes(
        _pixels(raw_image), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    texts = list(dict.fromkeys(symbol.text for symbol in found))
    return [text for text in texts if _is_record(text)] or texts


def _is_record(text: str) -> bool:
    try:
        decode_record(text)
    except DecodeError:
        return False
    return True


def _pixels(raw_image: bytes) -> Image.Image:
    from PIL import Image

    if len(raw_image) > MAX_IMAGE_BYTES:
        raise ImageError("the file is too large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
            picture = Image.open(io.BytesIO(raw_image), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ImageError("the picture has too many pixels")
            return picture.convert("L")
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        LookupError,
        TypeError,
        ArithmeticError,
        MemoryError,
        struct.error,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ImageError("the file is no picture that can be read") from error
