"""Make the certificate font: a TrueType subset of Noto Serif CJK SC Regular.

    apt-get install fonts-noto-cjk
    .venv/bin/python scripts/make_font_subset.py templates/fonts/CertificateSerifSC-Regular.ttf

Source: Debian package fonts-noto-cjk, 1:20220127+repack1-1, file NotoSerifCJK-Regular.ttc, the face "Noto Serif CJK SC"
(SIL Open Font License 1.1; the licence text stands beside the font). The cubic CFF outlines become quadratic ones
(cu2qu, at most TOLERANCE units of 1,000 to the em away), so that the writer of certificates cuts ready glyphs out of
`glyf` and converts nothing. Hinting, kerning and layout tables are left out. Equal input gives equal bytes.
The OFL reserves no font name for Noto; the family is renamed all the same, since it is a changed version.
"""

from __future__ import annotations

import argparse
import unicodedata
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
FACE = "Noto Serif CJK SC"
FAMILY = "Certificate Serif SC"
TOLERANCE = 2.0
EPOCH = 3_786_825_600  # 2024-01-01 in seconds since 1904: a fixed date, for equal bytes

RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A1, 0x00FF),  # Latin-1, with the middle dot of names U+00B7
    (0x2010, 0x2027),  # dashes, quotation marks, ellipsis
    (0x2030, 0x203B),
    (0x2103, 0x2103),  # degree Celsius
    (0x2116, 0x2116),  # numero sign
    (0x2160, 0x217F),  # Roman numerals
    (0x2460, 0x249B),  # circled and parenthesised numbers
    (0x3000, 0x3029),  # CJK punctuation
    (0x3400, 0x4DBF),  # extension A
    (0x4E00, 0x9FFF),  # unified ideographs
    (0xF900, 0xFAFF),  # of these only the unified ones, see `wanted`
    (0xFF01, 0xFF5E),  # full-width forms
    (0x20000, 0x323AF),  # extensions B to H
)


def wanted(font: TTFont) -> list[int]:
    """The code points of RANGES that the font has, without those that Unicode normalisation (NFC) replaces."""
    covered = font.getBestCmap()
    return [
        point
        for first, last in RANGES
        for point in range(first, last + 1)
        if point in covered and unicodedata.normalize("NFC", chr(point)) == chr(point)
    ]


def quadratic_outlines(font: TTFont, names: list[str], tolerance: float) -> dict[str, Glyph]:
    """The named glyphs as simple TrueType glyphs, on whole units."""
    source = font.getGlyphSet()
    outlines = {}
    for name in names:
        pen = TTGlyphPen(None)
        source[name].draw(Cu2QuPen(pen, tolerance, reverse_direction=True))
        outlines[name] = pen.glyph()
    return outlines


def build(font: TTFont, tolerance: float) -> TTFont:
    """The subset as a complete font."""
    covered = font.getBestCmap()
    points = wanted(font)
    names = sorted({covered[point] for point in points})
    outlines = quadratic_outlines(font, names, tolerance)
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap({point: covered[point] for point in points})
    builder.setupGlyf({".notdef": Glyph(), **outlines})
    glyf = builder.font["glyf"]
    widths = {name: font["hmtx"][name][0] for name in names}
    builder.setupHorizontalMetrics(
        {".notdef": (1000, 0), **{name: (widths[name], getattr(glyf[name], "xMin", 0)) for name in names}}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=1160, usWinDescent=320, fsType=0)
    builder.setupNameTable(
        {
            "familyName": FAMILY,
            "styleName": "Regular",
            "copyright": font["name"].getDebugName(0),
            "licenseDescription": font["name"].getDebugName(13),
            "licenseInfoURL": font["name"].getDebugName(14),
        },
        mac=False,
    )
    builder.setupPost(keepGlyphNames=False)
    builder.setupHead(unitsPerEm=1000, created=EPOCH, modified=EPOCH)
    return builder.font


def source_face(path: Path) -> TTFont:
    """The simplified Chinese face of the collection."""
    for font in TTCollection(str(path), lazy=True).fonts:
        if font["name"].getDebugName(4) == FACE:
            return font
    raise SystemExit(f"{path} has no face {FACE}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    parser.add_argument("--source", type=Path, default=SOURCE)
    parser.add_argument("--tolerance", type=float, default=TOLERANCE)
    given = parser.parse_args()
    font = build(source_face(given.source), given.tolerance)
    font.recalcTimestamp = False
    font.save(given.target)
    print(f"{given.target}: {len(font.getBestCmap())} code points, {given.target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
