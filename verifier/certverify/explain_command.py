"""`certverify explain`: what a code means, what it does to a verdict, what to do, and where it is specified."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certverify.codes import Code
from certverify.errors import JsonError
from certverify.explain import (
    MAX_SAVED_BYTES,
    Explained,
    explain_code,
    explain_finding,
    explained_codes,
    near_codes,
    saved_findings,
)
from certverify.options import write, write_json
from certverify.presented import names_a_file, read_file

SCHEMA = "certverify-explain/1"
_EXIT_NOT_UNDERSTOOD = 2


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = "说明代码的含义、作用和处理办法。What a code means, what it does to a verdict, and what to do about it."
    ending = "退出码 Exit codes: 0 已说明 explained, 2 没有这样的代码或文件 no such code or file."
    command = commands.add_parser("explain", help=purpose, description=purpose, epilog=ending)
    command.add_argument(
        "asked",
        metavar="CODE|all|FILE",
        help="代码，如 checkpoint-stale；all 为全部；或保存的核验结果 JSON 文件。A code, all, or a saved verdict.",
    )
    command.add_argument(
        "--lang", choices=["zh", "en", "both"], default="both", help="输出语言。Language of the answer."
    )
    command.add_argument(
        "--json", action="store_true", help="仅输出一个 JSON 对象。Print one JSON object alone."
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, _clock: Callable[[], datetime]) -> int:
    """Print the explanations; 0, or 2 with near codes on standard error when there is nothing of that name."""
    found = explained_codes() if asked.asked == "all" else explain_code(asked.asked)
    if not found:
        saved = _in_file(asked.asked)
        if saved is None:
            return _not_found(asked)
        found = saved
    if asked.json:
        write_json({"schema": SCHEMA, "codes": [one.as_json() for one in found]})
    else:
        write("\n".join(_words(one, asked.lang) for one in found) or "没有任何代码。 No code is in it.\n")
    return 0


def _in_file(named: str) -> list[Explained] | None:
    if not names_a_file(named):
        return None
    raw_saved = read_file(Path(named), MAX_SAVED_BYTES)
    if isinstance(raw_saved, Code):
        return None
    try:
        return [explain_finding(one) for one in saved_findings(raw_saved)]
    except JsonError:
        return None


def _not_found(asked: argparse.Namespace) -> int:
    near = near_codes(asked.asked)
    meant = f"　是否要查 did you mean: {', '.join(near)}" if near else ""
    sys.stderr.write(
        f"没有这样的代码，也不是保存的核验结果 no such code, and no saved verdict: {asked.asked[:80]!r}{meant}\n"
    )
    if asked.json:
        write_json({"schema": SCHEMA, "codes": [], "near": near})
    return _EXIT_NOT_UNDERSTOOD


def _words(one: Explained, language: str) -> str:
    by = {"monitor": "（certverify monitor、sync）"}.get(one.by, "")
    lines = [f"{one.code}{by}"]
    if language != "en":
        lines += [f"  含义：{one.zh}", f"  作用：{one.effect_zh}", f"  办法：{one.advice_zh}"]
    if language != "zh":
        lines += [f"  Means: {one.en}", f"  Effect: {one.effect_en}", f"  What to do: {one.advice_en}"]
    return "\n".join([*lines, f"  docs/{one.where}", ""])
