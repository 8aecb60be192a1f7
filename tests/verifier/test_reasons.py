"""Why a witness or a monitor cannot run is said in Chinese and in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "verifier" / "certverify"
SPOKEN = {"WitnessStateError", "MonitorStateError", "KeyFileError", "MirrorError", "BatchError"}
COMMANDS = {"witness_command.py", "monitor_command.py"}
CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2}")


def reasons() -> Iterator[tuple[str, str]]:
    """Where an error is made, and the fixed words in it; of words taken over from another error, none."""
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            spoken = name in SPOKEN or (name == "ArgumentTypeError" and path.name in COMMANDS)
            if spoken and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
                parts = ast.walk(node.args[0])
                words = [one.value for one in parts if isinstance(one, ast.Constant)]
                yield f"{path.name}:{node.lineno}", " ".join(map(str, words))


def test_every_reason_is_told_in_two_languages() -> None:
    told = dict(reasons())
    assert len(told) > 25
    assert [at for at, words in told.items() if not (CHINESE.search(words) and ENGLISH.search(words))] == []
