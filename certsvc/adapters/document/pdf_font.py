"""A composite font of a PDF (ISO 32000-1, 9.7): Identity-H over a small TrueType subset, with ToUnicode."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.pdf_syntax import stream, utf16_hex
from certsvc.adapters.document.truetype import ASCENT, DESCENT, cut_subset

OBJECTS_PER_FONT = 5
_NAME = b"CertificateSerifSC"
_MAP_START = (
    b"/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
    b"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
)
_MAP_END = b"endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"
_ROWS_PER_BLOCK = 100  # the most that 9.10.3 allows


class SubsetFont:
    """The font of a set of characters: how to spell texts in it, and its PDF objects."""

    def __init__(self, store: GlyphStore, texts: Iterable[str]) -> None:
        """Raises KeyError when a character has no glyph."""
        self._store = store
        self._characters = sorted(set().union(*texts))
        self._codes = {char: b"%04X" % n for n, char in enumerate(self._characters, 1)}

    def spell(self, text: str) -> bytes:
        """The text as a string operand of Tj."""
        return b"<" + b"".join(map(self._codes.__getitem__, text)) + b">"

    def objects(self, first: int, level: int = 9) -> list[bytes]:
        """The five objects numbered from `first` on; the first is the font itself. `level`: of compression."""
        program = cut_subset(self._store, self._characters)
        tag = bytes(65 + byte % 26 for byte in sha256(program).digest()[:6])
        name = tag + b"+" + _NAME
        widths = b" ".join(b"%d" % self._store.advance(char) for char in self._characters)
        return [
            b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, first + 1, first + 3),
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/FontDescriptor %d 0 R/DW 1000/W[1[%s]]/CIDToGIDMap/Identity>>"
            % (name, first + 2, widths),
            b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[-200 -300 1200 1200]/ItalicAngle 0/Ascent %d"
            b"/Descent %d/CapHeight 750/StemV 90/FontFile2 %d 0 R>>" % (name, ASCENT, DESCENT, first + 4),
            stream(self._to_unicode(), level=level),
            stream(program, b"/Length1 %d" % len(program), level=level),
        ]

    def _to_unicode(self) -> bytes:
        rows = [b"<%s><%s>\n" % (code, utf16_hex(char)) for char, code in self._codes.items()]
        blocks = [rows[at : at + _ROWS_PER_BLOCK] for at in range(0, len(rows), _ROWS_PER_BLOCK)]
        spelled = [b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks]
        return _MAP_START + b"".join(spelled) + _MAP_END
