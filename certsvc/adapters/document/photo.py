"""The photograph of the holder: a baseline JPEG goes into the file as it is (ISO 32000-1, 8.9.5 and 7.4.8)."""

from __future__ import annotations

from certsvc.adapters.document.pdf_syntax import plain_stream
from certsvc.errors import IntegrityError

_NO_PHOTO = b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 0>>\nstream\n\nendstream"
_BASELINE_FRAMES = {0xC0, 0xC1}
_COLOURS = {1: b"/DeviceGray", 3: b"/DeviceRGB"}


def photo_object(jpeg: bytes | None) -> bytes:
    """The image object; without a photograph an empty drawing. Raises IntegrityError for what is no baseline JPEG."""
    if jpeg is None:
        return _NO_PHOTO
    width, height, components = _frame(jpeg)
    entries = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace%s/Filter/DCTDecode"
        % (
            width,
            height,
            _COLOURS[components],
        )
    )
    return plain_stream(jpeg, entries)


def photo_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises IntegrityError for what is no baseline JPEG."""
    width, height, _ = _frame(jpeg)
    return width, height


def _frame(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and number of colour components, from the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 9 < len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in _BASELINE_FRAMES:
            height, width = (int.from_bytes(jpeg[at + 5 + k : at + 7 + k], "big") for k in (0, 2))
            components = jpeg[at + 9]
            if jpeg[at + 4] == 8 and width and height and components in _COLOURS:
                return width, height, components
            break
        at += 2 + length
    raise IntegrityError("持证人照片不是可用的 JPEG 图片，已停止制作。")
