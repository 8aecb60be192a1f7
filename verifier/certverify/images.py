"""QR texts in a picture. The imaging libraries are imported when the first picture is read."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING

from certverify.errors import DecodeError, ImageError
from certverify.record import decode_record

if TYPE_CHECKING:
    from PIL import Image

MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_SMALL = 1_200  # pixels
_ORIENTATION_TAG = 0x0112


def qr_texts(raw_image: bytes) -> list[str]:
    """The different QR texts in the first frame of a picture, certificate records alone where there are any.

    The picture may lie in any direction. One in which nothing is found is looked at again with more contrast: small ones
    (screenshots) enlarged, large ones (photos of a screen) made smaller. Raises ImageError for what is no picture of a usual
    kind, more than 20 MB or more than 40 megapixels.
    """
    pixels = _pixels(raw_image)
    texts = _read(pixels) or _read(_clearer(pixels))
    return records_first(texts)


def records_first(texts: Iterable[str]) -> list[str]:
    """The different texts, certificate records alone where there are any."""
    different = list(dict.fromkeys(texts))
    return [text for text in different if _is_record(text)] or different


def _read(pixels: Image.Image) -> list[str]:
    import zxingcpp

    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [symbol.text for symbol in zxingcpp.read_barcodes(pixels, formats=kinds)]


def _clearer(pixels: Image.Image) -> Image.Image:
    from PIL import ImageOps

    longer = max(pixels.size)
    clearer = ImageOps.autocontrast(pixels, cutoff=1)
    if longer <= _SMALL:
        return clearer.resize((3 * pixels.width, 3 * pixels.height))
    return clearer.reduce(-(-longer // _SMALL)) if longer > 2 * _SMALL else clearer


def _is_record(text: str) -> bool:
    try:
        decode_record(text)
    except DecodeError:
        return False
    return True


def _orientation(picture: Image.Image) -> int:
    """How a camera held it (EXIF 0x0112); 1, upright, where nothing is said that can be read."""
    try:
        said = picture.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # what a camera writes beside the picture is no reason to give the picture up
        return 1
    return said if isinstance(said, int) else 1


def _upright(pixels: Image.Image, orientation: int) -> Image.Image:
    from PIL import Image

    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    return pixels if turn is None else pixels.transpose(Image.Transpose(turn))


def _on_white(picture: Image.Image) -> Image.Image:
    """In shades of grey; what is transparent is white, as every viewer shows it."""
    from PIL import Image

    if not picture.has_transparency_data:
        return picture.convert("L")
    layered = picture.convert("LA")
    white = Image.new("L", layered.size, 255)
    white.paste(layered.getchannel("L"), mask=layered.getchannel("A"))
    return white


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
            return _upright(_on_white(picture), _orientation(picture))
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
