"""Spelling of PDF objects (ISO 32000-1, 7.3). Numbers have at most two decimals, output is always the same."""

from __future__ import annotations

from functools import lru_cache
from zlib import compress

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def number(value: float) -> bytes:
    """A number, without exponent and without trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return b"0" if text == "-0" else text.encode("ascii")


def numbers(*values: float) -> bytes:
    """Numbers with spaces between."""
    return b" ".join(map(number, values))


def text_string(text: str) -> bytes:
    """A text string: UTF-16BE with byte order mark, in hexadecimal (7.9.2.2)."""
    return b"<FEFF" + utf16_hex(text) + b">"


@lru_cache(maxsize=20_000)
def utf16_hex(text: str) -> bytes:
    """UTF-16BE in hexadecimal digits."""
    return text.encode("utf-16-be").hex().upper().encode("ascii")


def reference(number_: int) -> bytes:
    """An indirect reference."""
    return b"%d 0 R" % number_


def references(numbers_: list[int] | tuple[int, ...]) -> bytes:
    """An array of indirect references."""
    return b"[" + b" ".join(map(reference, numbers_)) + b"]"


def stream(content: bytes, entries: bytes = b"", *, level: int = 9) -> bytes:
    """A stream compressed with Flate."""
    packed = compress(content, level)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (entries, len(packed), packed)


def plain_stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream that can be read without a filter (metadata)."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def indirect(number_: int, content: bytes) -> bytes:
    """An indirect object."""
    return b"%d 0 obj\n%s\nendobj\n" % (number_, content)


def fill_colour(colour: str) -> bytes:
    """The operator that sets the fill colour, from `#rrggbb`."""
    return _rgb(colour) + b" rg"


def stroke_colour(colour: str) -> bytes:
    """The operator that sets the stroke colour, from `#rrggbb`."""
    return _rgb(colour) + b" RG"


def _rgb(colour: str) -> bytes:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return b" ".join(f"{part / 255:.3f}".rstrip("0").rstrip(".").encode() for part in (red, green, blue))
