"""The pages look as they looked when somebody last looked at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageChops

from tests.document.golden import FOLDER, GOLDEN, LARGEST_SHARE, difference, golden, render


@pytest.mark.parametrize("name", GOLDEN)
def test_a_page_looks_like_its_golden_picture(name: str, tmp_path: Path) -> None:
    drawn = render(name)
    share, where = difference(drawn, golden(name))
    if share > LARGEST_SHARE:
        drawn.save(tmp_path / f"{name}-drawn.png")
        where.save(tmp_path / f"{name}-difference.png")
        pytest.fail(
            f"{share:.2%} of the page differ: see {tmp_path}/{name}-difference.png (black = different). If the change is meant: "
            ".venv/bin/python -m scripts.make_golden_pictures"
        )


def test_a_line_that_moved_by_a_millimetre_would_be_noticed() -> None:
    picture = golden("regular")
    row = picture.crop((75, 350, 560, 372))
    moved = picture.copy()
    moved.paste(row, (75, 353))
    share, _ = difference(moved, picture)
    assert share > 2 * LARGEST_SHARE


def test_a_page_without_test_seal_would_be_noticed() -> None:
    share, where = difference(golden("regular"), golden("production"))
    assert share > 2 * LARGEST_SHARE
    assert ImageChops.invert(where).getbbox() is not None


def test_golden_pictures_are_small_and_none_is_left_over() -> None:
    kept = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(kept) == set(GOLDEN)
    assert max(kept.values()) < 65_000
