"""certverify as somebody runs it who downloaded the tree and compared the trust anchor."""

from __future__ import annotations

import json
from typing import Any

import pytest
from certverify.cli import main

from tests.channels.scene import Counter


def certverify(
    counter: Counter, capsys: pytest.CaptureFixture[str], *words: object, place: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of a command."""
    exit_code, out = said(counter, capsys, *words, "--json", place=place)
    return exit_code, json.loads(out)


def said(
    counter: Counter, capsys: pytest.CaptureFixture[str], *words: object, place: str | None = None
) -> tuple[int, str]:
    """Exit code and what was printed."""
    capsys.readouterr()
    where = [] if place is None else ["--place", place]
    material = ["--trust", str(counter.tree), "--anchor", counter.anchor]
    exit_code = main([*map(str, words), *where, *material], clock=counter.now)
    return exit_code, capsys.readouterr().out
