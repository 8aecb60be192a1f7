"""certverify against the table: text, picture, file, a row of a list, and what can be asked on line alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.channels.asking import ON_LINE_ALONE, told, wanted, without
from tests.channels.command import certverify, said
from tests.channels.scene import Counter, Presented
from tests.channels.table import KINDS, ON_LINE_ONLY, Answer, Kind

by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@by_kind
def test_the_command_line_answers_as_the_table_says(
    counter: Counter, kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown, answer = counter.presented[kind.presented], kind.told_off_line
    files = written(tmp_path, kind, shown)
    place = {} if kind.place is None else {"place": kind.place}
    with counter.later(kind.hours):
        told_of: dict[str, tuple[int, dict[str, Any]]] = {
            "text": certverify(counter, capsys, "qr", shown.text, **place),
            "picture": certverify(counter, capsys, "qr", tmp_path / "symbol.png", **place),
        }
        if "file.pdf" in files:
            told_of["file"] = certverify(counter, capsys, "pdf", tmp_path / "file.pdf", **place)
        anything = certverify(counter, capsys, "check", shown.text, **place)
        words = said(counter, capsys, "qr", shown.text, **place)
        rows = certverify(counter, capsys, "batch", tmp_path / "list.csv", **place)[1]["rows"]
        on_line = counter.programs.post("/api/v1/verify", json={"qr": shown.text} | place).json()
    for way, (exit_code, verdict) in told_of.items():
        expected = (kind.by_file or answer) if way == "file" else answer
        assert (exit_code, told(verdict)) == (expected.exit_code, wanted(expected)), way
        assert verdict["decision"] is None
    found = told_of["text"][1]
    assert (anything[0], anything[1]["answers"][0]["verdict"]) == (answer.exit_code, found)
    assert words[0] == answer.exit_code
    assert f"核验结果：{answer.word}" in words[1]
    assert found["valid_here"] == kind.valid_here
    if kind.hours == 0:
        assert without(found, *ON_LINE_ALONE) == without(on_line, *ON_LINE_ALONE)
    assert [(row["outcome"], tuple(row["codes"].split())) for row in rows] == [
        (one.outcome, one.codes) for one in files.values()
    ]


def written(folder: Path, kind: Kind, shown: Presented) -> dict[str, Answer]:
    """Picture, file, and a list that names all there is; the rows of the list with the answers to them."""
    answer = kind.told_off_line
    rows: list[tuple[str, ...]] = [("二维码", "文件", "校验码", "证书编号", "姓名", "后四位")]
    rows += [(shown.text,), ("", "symbol.png")]
    found = {"text": answer, "symbol.png": answer}
    (folder / "symbol.png").write_bytes(shown.picture)
    if shown.document is not None:
        (folder / "file.pdf").write_bytes(shown.document)
        rows.append(("", "file.pdf"))
        found["file.pdf"] = kind.by_file or answer
    if shown.code is not None:
        rows.append(("", "", shown.code))
        found["code"] = ON_LINE_ONLY
    if shown.claim is not None:
        rows.append(("", "", "", *shown.claim.values()))
        found["number"] = ON_LINE_ONLY
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return found
