"""The glyph store: outlines and widths of the certificate font, read by slicing its tables, no conversion.

The font is the committed TrueType subset below `templates/fonts/` (scripts/make_font_subset.py). The file is mapped, not
loaded: opening costs well under a millisecond. OpenType 1.9: tables `cmap` (format 12), `loca` (long), `glyf`, `hmtx`.
"""

from __future__ import annotations

import mmap
import struct
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from struct import pack, unpack, unpack_from
from sys import byteorder
from typing import TypeVar

from certsvc.errors import ConfigurationError

UNITS_PER_EM = 1000


_Value = TypeVar("_Value")


class _Remembered(dict[str, _Value]):
    """What is told of a character, each read when it is first asked for; a plain look-up afterwards."""

    def __init__(self, read: Callable[[str], _Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, char: str) -> _Value:
        return self.setdefault(char, self._read(char))


@dataclass(frozen=True, slots=True)
class GlyphPiece:
    """A glyph as a font file takes it: `glyf` entry padded to four bytes, sum of its words, what `maxp` and `head` ask for.

    `metrics` is the row of `hmtx`; `left` to `top` is the bounding box.
    """

    padded: bytes
    words: int
    metrics: bytes
    points: int
    contours: int
    left: int
    bottom: int
    right: int
    top: int


class GlyphStore:
    """Which characters can be printed (`ports.GlyphCoverage`), how wide they are, and their outlines."""

    def __init__(self, path: Path) -> None:
        """Open a font file. Raises ConfigurationError when it is missing or of another make."""
        self._font = _map(path)
        self._advances = _Remembered(self._read_advance)
        self._glyphs = _Remembered(self._find_glyph)
        self._pieces = _Remembered(self._read_piece)
        try:
            self._read_tables()
        except (KeyError, struct.error, ValueError) as error:
            raise ConfigurationError(f"字库文件 {path.name} 不是证书字库，请重新安装。") from error

    def missing(self, texts: Iterable[str]) -> frozenset[str]:
        """The characters of the texts that have no glyph."""
        return frozenset(char for char in set().union(*texts) if not self._glyphs[char])

    def advance(self, char: str) -> int:
        """The width of a character in 1/1000 em. Raises KeyError when it has no glyph."""
        return self._advances[char]

    def width(self, text: str) -> int:
        """The width of a text in 1/1000 em. Raises KeyError when a character has no glyph."""
        return sum(map(self._advances.__getitem__, text))

    def outline(self, char: str) -> bytes:
        """The `glyf` entry of a character, empty for blanks. Raises KeyError when it has no glyph."""
        glyph = self._glyph_or_raise(char)
        return self._font[self._glyf + self._loca[glyph] : self._glyf + self._loca[glyph + 1]]

    def piece(self, char: str) -> GlyphPiece:
        """The glyph of a character as a font file takes it. Raises KeyError when it has no glyph."""
        return self._pieces[char]

    def _read_piece(self, char: str) -> GlyphPiece:
        outline = self.outline(char)
        count = points = left = bottom = right = top = 0
        if outline:
            count, left, bottom, right, top = unpack_from(">5h", outline)
            points = unpack_from(">H", outline, 10 + 2 * (count - 1))[0] + 1
        padded = outline + bytes(-len(outline) % 4)
        metrics = pack(">Hh", self.advance(char), left)
        return GlyphPiece(
            padded, sum_of_words(padded), metrics, points, count, left, bottom, max(right, 0), max(top, 0)
        )

    def _read_advance(self, char: str) -> int:
        row = min(self._glyph_or_raise(char), self._long_metrics - 1)
        (width,) = unpack_from(">H", self._font, self._hmtx + 4 * row)
        return int(width)

    def _glyph_or_raise(self, char: str) -> int:
        glyph = self._glyphs[char]
        if not glyph:
            raise KeyError(char)
        return glyph

    def _find_glyph(self, char: str) -> int:
        """The glyph index, 0 when there is none."""
        point = ord(char)
        group = bisect_right(self._firsts, point) - 1
        if group < 0 or point > self._lasts[group]:
            return 0
        return self._starts[group] + point - self._firsts[group]

    def _read_tables(self) -> None:
        font = self._font
        (count,) = unpack_from(">H", font, 4)
        tables = {
            font[12 + 16 * n : 16 + 16 * n]: unpack_from(">II", font, 20 + 16 * n) for n in range(count)
        }
        head, _ = tables[b"head"]
        units, long_offsets = unpack_from(">H", font, head + 18)[0], unpack_from(">H", font, head + 50)[0]
        if (units, long_offsets) != (UNITS_PER_EM, 1):
            raise ValueError("not the certificate font")
        (self._long_metrics,) = unpack_from(">H", font, tables[b"hhea"][0] + 34)
        self._hmtx, self._glyf = tables[b"hmtx"][0], tables[b"glyf"][0]
        start, length = tables[b"loca"]
        self._loca = _longs(font[start : start + length])
        groups = _longs(_full_character_map(font, tables[b"cmap"][0]))
        self._firsts, self._lasts, self._starts = groups[0::3], groups[1::3], groups[2::3]


def sum_of_words(table: bytes) -> int:
    """The sum of the 32-bit words of a table padded to four bytes, which its checksum is made of."""
    words: tuple[int, ...] = unpack(f">{len(table) // 4}I", table)
    return sum(words)


def _map(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"缺少证书字库文件 {path}。") from error


def _full_character_map(font: mmap.mmap, cmap: int) -> bytes:
    """The groups (first, last, glyph of the first) of the format 12 subtable for Windows, full repertoire."""
    (count,) = unpack_from(">H", font, cmap + 2)
    for n in range(count):
        platform, encoding, offset = unpack_from(">HHI", font, cmap + 4 + 8 * n)
        if (platform, encoding) == (3, 10):
            (groups,) = unpack_from(">I", font, cmap + offset + 12)
            start = cmap + offset + 16
            return font[start : start + 12 * groups]
    raise KeyError("cmap format 12")


def _longs(raw: bytes) -> array[int]:
    values = array("I", raw)
    if byteorder == "little":
        values.byteswap()
    return values
