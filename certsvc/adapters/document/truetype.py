"""A small TrueType font made of a few glyphs of the store, as a PDF embeds it (ISO 32000-1, 9.9: FontFile2).

Only the tables that a CIDFontType2 needs: glyf, head, hhea, hmtx, loca, maxp. Glyph 0 is empty; the characters given
are glyphs 1, 2, 3... No dates, no chance: equal characters give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from struct import pack

from certsvc.adapters.document.glyphs import UNITS_PER_EM, GlyphStore, sum_of_words

ASCENT, DESCENT = 880, -120
_MAC_EPOCH_2024 = 3_786_825_600


def cut_subset(store: GlyphStore, characters: Sequence[str]) -> bytes:
    """The font file. Raises KeyError when a character has no glyph."""
    pieces = [store.piece(char) for char in characters]
    outlines = [piece.padded for piece in pieces]
    offsets = [0, *accumulate(map(len, outlines), initial=0)]  # the first glyph is the empty .notdef
    box = (
        min(0, *(piece.left for piece in pieces)),
        min(0, *(piece.bottom for piece in pieces)),
        max(UNITS_PER_EM, *(piece.right for piece in pieces)),
        max(UNITS_PER_EM, *(piece.top for piece in pieces)),
    )
    points, contours = max(piece.points for piece in pieces), max(piece.contours for piece in pieces)
    count = len(characters) + 1
    return _assemble(
        {
            b"glyf": b"".join(outlines),
            b"head": _head(box),
            b"hhea": _hhea(box, count),
            b"hmtx": b"".join([pack(">Hh", UNITS_PER_EM, 0), *(piece.metrics for piece in pieces)]),
            b"loca": pack(f">{len(offsets)}I", *offsets),
            b"maxp": pack(">I14H", 0x10000, count, points, contours, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0),
        },
        sum(piece.words for piece in pieces),
    )


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


def _assemble(tables: dict[bytes, bytes], outlines_sum: int) -> bytes:
    """The font file: directory, tables in order of their tags, whole-file checksum in `head`.

    `outlines_sum`: the sum of the words of `glyf`, by far the largest table.
    """
    start = 12 + 16 * len(tables)
    selector = len(tables).bit_length() - 1
    search = 16 << selector
    directory = [pack(">IHHHH", 0x10000, len(tables), search, selector, 16 * len(tables) - search)]
    body = bytearray()
    head_at = whole = 0
    for tag in sorted(tables):
        if tag == b"head":
            head_at = start + len(body)
        padded = tables[tag] + bytes(-len(tables[tag]) % 4)
        checksum = (outlines_sum if tag == b"glyf" else sum_of_words(padded)) & 0xFFFFFFFF
        directory.append(tag + pack(">III", checksum, start + len(body), len(tables[tag])))
        body += padded
        whole += checksum
    font = bytearray(b"".join(directory) + body)
    whole += sum_of_words(bytes(font[:start]))
    font[head_at + 8 : head_at + 12] = pack(">I", (0xB1B0AFBA - whole) & 0xFFFFFFFF)
    return bytes(font)
