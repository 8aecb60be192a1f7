"""The golden vectors of the Merkle and C2SP kind are judged by the outsider as they are written, case by case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.conftest import Outsider

VECTORS = Path(__file__).parents[1] / "vectors"
UNJUDGED = {"policies"}  # sumdb knows no policies
FILES = sorted([*VECTORS.glob("merkle/*.json"), *VECTORS.glob("c2sp/*.json")])


def test_there_are_vectors_of_every_kind() -> None:
    assert len(FILES) >= 2


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_outsider_judges_every_case_as_written(outsider: Outsider, file: Path) -> None:
    written: dict[str, Any] = json.loads(file.read_text())
    if file.stem in UNJUDGED:
        return
    _, report = outsider.run("vectors", file)
    told = report[written["kind"]]
    for case, accepted in zip(written["cases"], told["accepted"], strict=True):
        assert accepted is case["holds"], case
    for case, accepted in zip(written["cases"], told.get("library", []), strict=False):
        # `sumdb` stands where the library alone, without what the program adds, answers otherwise.
        assert accepted is case.get("sumdb", case["holds"]), case
