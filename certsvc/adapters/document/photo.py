"""The photograph of the holder: a baseline JPEG goes into the file as it is (ISO 32000-1, 8.9.5 and 7.4.8).

But without its notes (place, camera, comments): only the segments that are needed to show the picture are taken.
"""

from __future__ import annotations

from certsvc.adapters.document.pdf_syntax import plain_stream
from certsvc.errors import IntegrityError

_NO_PHOTO = b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 0>>\nstream\n\nendstream"
_BASELINE_FRAMES = {0xC0, 0xC1}
_MARKER, _START_OF_SCAN = 0xFF, 0xDA
_NOTES = {*range(0xE1, 0xF0), 0xFE} - {0xEE}  # APP1 to APP15 and COM, without Adobe's APP14
_UNUSABLE = "持证人照片不是可用的 JPEG 图片，已停止制作。"
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
    return plain_stream(_without_notes(jpeg), entries)


def _without_notes(jpeg: bytes) -> bytes:
    """The picture without APP and COM segments, but those that say how its colours are coded (JFIF, Adobe)."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at + 1] != _START_OF_SCAN:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in _NOTES:
            kept.append(jpeg[at:end])
        at = end
        if at + 3 >= len(jpeg) or jpeg[at] != _MARKER:
            raise IntegrityError(_UNUSABLE)
    return b"".join([*kept, jpeg[at:]])


def photo_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises IntegrityError for what is no baseline JPEG."""
    width, height, _ = _frame(jpeg)
    return width, height


def _frame(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and number of colour components, from the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while jpeg[:2] == b"\xff\xd8" and at + 9 < len(jpeg) and jpeg[at] == _MARKER:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in _BASELINE_FRAMES:
            height, width = (int.from_bytes(jpeg[at + 5 + k : at + 7 + k], "big") for k in (0, 2))
            components = jpeg[at + 9]
            if jpeg[at + 4] == 8 and width and height and components in _COLOURS:
                return width, height, components
            break
        at += 2 + length
    raise IntegrityError(_UNUSABLE)
