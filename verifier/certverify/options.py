"""What the commands that check something share: their options, the trust material they name, and how they print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certverify.codes import Code
from certverify.errors import NoteError, OutputError, TrustForgedError, TrustListError
from certverify.meanings import MEANINGS
from certverify.note import VerifierKey
from certverify.report import Language
from certverify.trust import Trust, decode_verifier_anchor, load_trust
from certverify.verdict import Verdict, finding

if TYPE_CHECKING:
    from certverify.sources import Source

_NOTHING_CHECKED = frozenset(
    {Code.TRUST_UNREADABLE, Code.TRUST_FORGED, Code.FILE_MISSING, Code.FILE_UNREADABLE}
)
ENDING = "退出码 Exit codes: 0 通过核验 passed, 1 未通过核验 failed, 2 无法判定 cannot tell."


def add_check(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, purpose: str
) -> argparse.ArgumentParser:
    """A command with the options of every check."""
    command = commands.add_parser(name, help=purpose, description=purpose, epilog=ENDING)
    add_material(command)
    command.add_argument("--place", metavar="CODE", help="使用地六位区划代码。Is it valid in this county?")
    command.add_argument(
        "--max-age-days",
        metavar="N",
        type=_days,
        default=7,
        help="日志数据的最大天数，默认 7。Greatest age of the log files in days, 7 by default.",
    )
    command.add_argument(
        "--lang",
        choices=[item.value for item in Language],
        default="zh",
        help="输出语言。Language of the report.",
    )
    return command


def add_material(command: argparse.ArgumentParser) -> None:
    """The options that name the trust material, and the one for JSON."""
    command.add_argument(
        "--trust",
        metavar="DIR",
        type=Path,
        required=True,
        help="下载的公开日志目录（含 trust-list.json）。A downloaded public tree.",
    )
    command.add_argument(
        "--anchor",
        metavar="VKEY",
        type=trust_anchor,
        help="另行核对过的信任根公钥行；信任清单须由它（或由它签署的后继）签名。"
        "The trust anchor, compared over another way: the trust list must be signed by it or by its successors.",
    )
    command.add_argument(
        "--json", action="store_true", help="仅输出一个 JSON 对象。Print one JSON object alone."
    )


def named_trust(asked: argparse.Namespace) -> Trust | Code:
    """The trust material that the options name; otherwise the code that says why it is not believed."""
    try:
        return load_trust(asked.trust, asked.anchor)
    except TrustForgedError:
        return Code.TRUST_FORGED
    except TrustListError:
        return Code.TRUST_UNREADABLE


def left_open(asked: argparse.Namespace) -> tuple[Code, ...]:
    """What no check establishes under these options: without an anchor, whose the keys of the trust list are."""
    return () if asked.anchor is not None else (Code.TRUST_NOT_PINNED,)


def left_open_words(codes: tuple[Code, ...]) -> list[str]:
    """Such codes in words, a line each."""
    return [f"{MEANINGS[code].zh} {MEANINGS[code].en}" for code in codes]


def with_left_open(asked: argparse.Namespace, verdict: Verdict) -> Verdict:
    """The verdict with `left_open` among what was not established, unless nothing was checked at all."""
    if any(item.code in _NOTHING_CHECKED for item in verdict.findings):
        return verdict
    codes = left_open(asked)
    return replace(
        verdict,
        findings=(*verdict.findings, *map(finding, codes)),
        not_established=(*verdict.not_established, *codes),
    )


def write_json(value: dict[str, Any]) -> None:
    """One JSON object on a line of standard output."""
    plain = sys.stdout.encoding.lower() not in ("utf-8", "utf8")
    write(json.dumps(value, ensure_ascii=plain) + "\n")


def write(text: str) -> None:
    """To standard output; what its encoding lacks becomes `?`, and a reader that has left is none of our business.

    Raises OutputError when it cannot be written.
    """
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        drop_output()
        raise OutputError(str(error)) from error


def drop_output() -> None:
    """What standard output cannot take is dropped, for Python would try once more at its end and change the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def writes_chinese() -> bool:
    """Whether standard output can hold Chinese."""
    try:
        "核验〔〕".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def tree_source(place: str) -> Source:
    """The public tree that an argument names. Raises ArgumentTypeError for an address that is none."""
    from certverify.sources import open_source

    try:
        return open_source(place)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"不是可用的网址或目录 no usable address or folder: {error}"
        ) from error


def trust_anchor(line: str) -> VerifierKey:
    """The anchor that an argument gives. Raises ArgumentTypeError."""
    try:
        return decode_verifier_anchor(line)
    except NoteError as error:
        raise argparse.ArgumentTypeError("不是公钥行 must be <name>+<hash>+<key>") from error


def _days(digits: str) -> int:
    days = int(digits)
    if not 0 <= days <= 36_500:
        raise argparse.ArgumentTypeError("0-36500")
    return days
