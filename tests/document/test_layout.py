"""The declared layout: frozen once used, refused when incomplete."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certsvc.adapters.document.layout import compile_layout
from certsvc.errors import ConfigurationError
from tests.document.samples import TEMPLATES, layout, store

FOLDER = TEMPLATES / "certificate" / "v1"


def test_compiling_twice_gives_the_same_head() -> None:
    assert compile_layout(FOLDER, store()).head_sha256 == layout().head_sha256


def test_the_title_is_the_one_of_the_notice() -> None:
    (title,) = layout().map.texts_before
    assert (title.text, title.role) == ("吉林省专业技术职务任职资格证书", "H1")


def test_the_head_is_lean() -> None:
    assert layout().head_length < 100_000


def _without_qr(declared: dict[str, Any]) -> None:
    del declared["qr"]


def _another_format(declared: dict[str, Any]) -> None:
    declared["format"] = "certsvc-layout/2"


def _unprintable(declared: dict[str, Any]) -> None:
    declared["texts_before"][0]["text"] = "吉林省𡉃"


@pytest.mark.parametrize("spoil", [_without_qr, _another_format, _unprintable])
def test_a_layout_that_cannot_be_printed_is_refused(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    folder = tmp_path / "v1"
    shutil.copytree(FOLDER, folder)
    declared = json.loads((folder / "layout.json").read_text("utf-8"))
    spoil(declared)
    (folder / "layout.json").write_text(json.dumps(declared), "utf-8")
    with pytest.raises(ConfigurationError, match="版式"):
        compile_layout(folder, store())


def test_a_layout_without_colour_profile_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "v1"
    shutil.copytree(FOLDER, folder)
    (folder / "srgb.icc").unlink()
    with pytest.raises(ConfigurationError, match=r"srgb\.icc"):
        compile_layout(folder, store())
