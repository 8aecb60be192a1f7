"""The font, its subsets, and the coverage that the gate asks about."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from certsvc.adapters.document.glyphs import GlyphStore
from certsvc.adapters.document.truetype import cut_subset
from certsvc.errors import ConfigurationError
from certsvc.ports import GlyphCoverage
from tests.document.samples import TEMPLATES, store

NEEDED = "ABCxyz0189X·（）〔〕《》“”、，。：；—…№℃Ⅰ① 　"


@pytest.mark.parametrize("text", ["䶮㛃𬱖𬭎𫓧𪟝𠮷", NEEDED, "吉林省专业技术职务任职资格证书"])
def test_rare_and_usual_characters_can_be_printed(text: str) -> None:
    assert store().missing([text]) == frozenset()


def test_a_character_that_the_font_lacks_is_named() -> None:
    coverage: GlyphCoverage = store()
    assert coverage.missing(["张𡉃", "李\ue000四", "王五"]) == {"𡉃", "\ue000"}


def test_no_text_lacks_nothing() -> None:
    assert store().missing([]) == frozenset()


def test_asking_for_a_missing_outline_is_an_error_and_never_an_empty_box() -> None:
    with pytest.raises(KeyError):
        store().outline("𡉃")


def test_slicing_agrees_with_a_font_library() -> None:
    with TTFont(TEMPLATES / "fonts" / "CertificateSerifSC-Regular.ttf", lazy=True) as font:
        names = font.getBestCmap()
        for char in "吉𬱖·AX0〔":
            name = names[ord(char)]
            assert store().advance(char) == font["hmtx"][name][0]
            assert store().outline(char).rstrip(b"\0") == font["glyf"][name].compile(font["glyf"]).rstrip(
                b"\0"
            )


def test_a_subset_is_a_font_with_the_same_outlines() -> None:
    characters = sorted("吉林𬱖·X 0")
    subset = cut_subset(store(), characters)
    assert subset == cut_subset(store(), characters)
    with TTFont(BytesIO(subset), checkChecksums=2) as font:
        assert font["maxp"].numGlyphs == len(characters) + 1
        for glyph, char in enumerate(characters, 1):
            name = font.getGlyphName(glyph)
            assert font["hmtx"][name][0] == store().advance(char)
            assert font["glyf"][name].numberOfContours == (
                0 if char == " " else font["glyf"][name].numberOfContours
            )
        assert font["glyf"][font.getGlyphName(characters.index("吉") + 1)].numberOfContours > 0


@pytest.mark.parametrize("content", [b"", b"no font", bytes(200)])
def test_another_file_is_no_certificate_font(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError):
        GlyphStore(path)


def test_a_missing_font_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="字库"):
        GlyphStore(tmp_path / "none.ttf")
