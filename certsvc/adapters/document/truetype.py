"""A small TrueType font made of a few glyphs of the store, as a PDF embeds it (ISO 32000-1, 9.9: FontFile2).

Only the tables that a CIDFontType2 needs: glyf, head, hhea, hmtx, loca, maxp. Glyph 0 is empty; the characters given
are glyphs 1, 2, 3... No dates, no chance: equal characters give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack, unpack_from

from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore

ASCENT, DESCENT = 880, -120
_MAC_EPOCH_2024 = 3_786_825_600


@dataclass(frozen=True, slots=True)
class _Extent:
    """The bounding box and the greatest counts over all glyphs."""

    box: tuple[int, int, int, int]
    points: int
    contours: int


def cut_subset(store: GlyphStore, characters: Sequence[str]) -> bytes:
    """The font file. Raises KeyError when a character has no glyph."""
    outlines = [store.outline(char) for char in characters]
    glyf, offsets = _join(outlines)
    extent = _extent(outlines)
    count = len(characters) + 1
    metrics = [pack(">Hh", UNITS_PER_EM, 0)]
    metrics += [
        pack(">Hh", store.advance(char), unpack_from(">h", outline, 2)[0] if outline else 0)
        for char, outline in zip(characters, outlines, strict=True)
    ]
    return _assemble(
        {
            b"glyf": glyf,
            b"head": _head(extent.box),
            b"hhea": _hhea(extent.box, count),
            b"hmtx": b"".join(metrics),
            b"loca": pack(f">{len(offsets)}I", *offsets),
            b"maxp": pack(
                ">I14H", 0x10000, count, extent.points, extent.contours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0
            ),
        }
    )


def _join(outlines: Sequence[bytes]) -> tuple[bytes, list[int]]:
    """The `glyf` table and its offsets; the first glyph is the empty .notdef."""
    offsets, end = [0, 0], 0
    parts = []
    for outline in outlines:
        padded = outline + bytes(-len(outline) % 4)
        parts.append(padded)
        end += len(padded)
        offsets.append(end)
    return b"".join(parts), offsets


def _extent(outlines: Sequence[bytes]) -> _Extent:
    points = contours = 0
    left, bottom, right, top = 0, 0, UNITS_PER_EM, UNITS_PER_EM
    for outline in filter(None, outlines):
        count, x_min, y_min, x_max, y_max = unpack_from(">5h", outline)
        contours = max(contours, count)
        points = max(points, unpack_from(">H", outline, 10 + 2 * (count - 1))[0] + 1)
        left, bottom = min(left, x_min), min(bottom, y_min)
        right, top = max(right, x_max), max(top, y_max)
    return _Extent((left, bottom, right, top), points, contours)


def _head(box: tuple[int, int, int, int]) -> bytes:
    """The `head` table, its checksum adjustment still zero (byte 8)."""
    return pack(
        ">IIIIHHQQ4hHHhhh",
        *(0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS_PER_EM, _MAC_EPOCH_2024, _MAC_EPOCH_2024),
        *box,
        *(0, 8, 2, 1, 0),
    )


def _hhea(box: tuple[int, int, int, int], count: int) -> bytes:
    return pack(
        ">IhhhHhhhhhhhhhhhH",
        *(0x10000, ASCENT, DESCENT, 0, UNITS_PER_EM, box[0], 0, box[2]),
        *(1, 0, 0, 0, 0, 0, 0, 0, count),
    )


def _assemble(tables: dict[bytes, bytes]) -> bytes:
    """The font file: directory, tables in order of their tags, whole-file checksum in `head`."""
    start = 12 + 16 * len(tables)
    selector = len(tables).bit_length() - 1
    search = 16 << selector
    directory = [pack(">IHHHH", 0x10000, len(tables), search, selector, 16 * len(tables) - search)]
    body = bytearray()
    head_at = 0
    for tag in sorted(tables):
        if tag == b"head":
            head_at = start + len(body)
        directory.append(tag + pack(">III", _checksum(tables[tag]), start + len(body), len(tables[tag])))
        body += tables[tag] + bytes(-len(tables[tag]) % 4)
    font = bytearray(b"".join(directory) + body)
    font[head_at + 8 : head_at + 12] = pack(">I", (0xB1B0AFBA - _checksum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
