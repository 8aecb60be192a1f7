"""Long texts shrink and wrap; nothing is ever cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.document.fitting import LEADING, Box, broken, fit
from certsvc.errors import IntegrityError
from tests.document.samples import store

BOX = Box(left=100, baseline=200, width=180, height=26, largest=14, smallest=5)
TEXTS = st.text(alphabet="吉林省高级工程师ABC019·（）、。 龑𬱖", min_size=1, max_size=50)


@given(TEXTS)
def test_every_text_is_printed_whole_and_inside_its_box(text: str) -> None:
    fitted = fit(text, BOX, store())
    assert "".join(line.text for line in fitted.lines) == text
    for line in fitted.lines:
        assert line.left >= BOX.left
        assert store().width(line.text.rstrip()) * fitted.size / 1000 <= BOX.width + 0.01
    assert len(fitted.lines) == 1 or len(fitted.lines) * fitted.size * LEADING <= BOX.height
    baselines = [line.baseline for line in fitted.lines]
    assert baselines == sorted(baselines, reverse=True)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("吉林省", 5000, ["吉林省"]),
        ("一二三四五六七八", 5000, ["一二三四", "五六七八"]),
        ("一二三四，五六", 4000, ["一二三", "四，五六"]),
        ("一二三四（五六）", 5000, ["一二三四", "（五六）"]),
        ("发〔2023〕210号", 6000, ["发〔2023〕", "210号"]),
    ],
)
def test_lines_break_where_chinese_typesetting_allows(text: str, width: float, lines: list[str]) -> None:
    assert broken(text, width, store()) == lines


def test_a_dotted_name_never_begins_a_line_with_the_dot() -> None:
    for width in range(3000, 12000, 500):
        assert not any(
            line.startswith("·") for line in broken("阿卜杜热西提·麦麦提图尔荪·艾合买提", width, store())
        )


def test_paragraphs_begin_new_lines_and_a_block_from_the_top_grows_downwards() -> None:
    box = Box(left=0, baseline=50, width=60, height=40, largest=10, smallest=5, from_top=True)
    fitted = fit("一二\n三四五六七八", box, store())
    assert [line.text for line in fitted.lines] == ["一二", "三四五六七八"]
    assert [round(line.baseline, 2) for line in fitted.lines] == [50, round(50 - 10 * LEADING, 2)]


def test_paragraphs_count_against_the_height() -> None:
    with pytest.raises(IntegrityError, match="过长"):
        fit("一\n" * 40, BOX, store())


def test_a_text_that_fits_at_no_size_stops_the_line() -> None:
    with pytest.raises(IntegrityError, match="过长"):
        fit("长" * 2000, BOX, store())


def test_a_centred_line_has_equal_room_on_both_sides() -> None:
    box = Box(left=0, baseline=0, width=100, height=20, largest=10, smallest=5, centred=True)
    assert fit("四个汉字", box, store()).lines[0].left == 30
