"""Every link of every page leads somewhere: files and pictures exist, anchors are headings of the page they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
_OTHERS = {".venv", "node_modules", "vendor", "var", ".git"}
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(<?([^()\s<>]+(?:\([^()\s]*\))?)>?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_NO_PART_OF_AN_ANCHOR = re.compile(r"[^\w\- ]")


def _pages() -> list[str]:
    pages = [page.relative_to(ROOT) for page in ROOT.rglob("*.md")]
    return sorted(str(page) for page in pages if not _OTHERS & set(page.parts) and page.parts[0] != "tests")


def _lines(page: Path) -> Iterator[str]:
    """The lines of a page without its blocks of code."""
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield line


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading: its words, small, without marks, with hyphens for blanks."""
    words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return _NO_PART_OF_AN_ANCHOR.sub("", words.lower()).replace(" ", "-")


@cache
def _anchors(page: Path) -> frozenset[str]:
    found: list[str] = []
    for line in _lines(page):
        if heading := _HEADING.match(line):
            anchor = anchor_of(heading[1])
            before = found.count(anchor)
            found.append(anchor)
            if before:
                found.append(f"{anchor}-{before}")
    return frozenset(found)


def _dead(page: Path) -> Iterator[str]:
    for line in _lines(page):
        for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, anchor = unquote(target).partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists():
                yield f"{target}: no such file"
            elif anchor and anchor not in _anchors(there):
                yield f"{target}: no such heading"


@pytest.mark.parametrize("page", _pages())
def test_no_link_of_a_page_is_dead(page: str) -> None:
    assert list(_dead(ROOT / page)) == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Rules by theme 按主题", "rules-by-theme-按主题"),
        ("A holder's own certificates", "a-holders-own-certificates"),
        ("`certsvc api-key` · keys", "certsvc-api-key--keys"),
        ("[Look-ups](api.md)", "look-ups"),
    ],
)
def test_anchors_are_those_of_the_pages(heading: str, anchor: str) -> None:
    assert anchor_of(heading) == anchor
