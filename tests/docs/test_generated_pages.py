"""What the docs say of settings, commands and rules is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.make_docs import PAGES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_generated_page_equals_the_code(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"
