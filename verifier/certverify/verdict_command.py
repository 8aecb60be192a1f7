"""`certverify verdict`: a signed verdict that was filed, checked without network (docs/formats/signed-verdict.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certverify.codes import Code
from certverify.errors import ImageError
from certverify.images import MAX_IMAGE_BYTES
from certverify.options import add_material, left_open, named_trust, write, write_json
from certverify.presented import names_a_file, read_file
from certverify.report import Language
from certverify.signed_verdict import (
    MAX_SIGNED_VERDICT_BYTES,
    AboutRecord,
    SignedVerdictCheck,
    check_signed_verdict,
)
from certverify.signed_verdict_report import render_signed_verdict

_ENDING = (
    "退出码 Exit codes: 0 文件可信，当时通过核验 genuine and passed then; 1 文件不可信，或文件可信而当时未通过 "
    "not to be believed, or genuine and not passed then; 2 无法判定 cannot tell. 1 的两种情形以首行和 --json 的 believed 区分："
    "the first line and `believed` of --json tell the two apart."
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = "核对已签名的核验结论：谁在何时出具、说了什么、有何证据。Check a signed verdict that was filed."
    command = commands.add_parser("verdict", help=purpose, description=purpose, epilog=_ENDING)
    add_material(command)
    command.add_argument(
        "file", metavar="FILE", type=Path, help="已签名的核验结论 JSON 文件。The signed verdict, a JSON file."
    )
    command.add_argument(
        "--qr",
        metavar="TEXT|IMAGE",
        help="证书二维码的文本或图片：核对结论是否针对这份证书。The QR code that the verdict should be about.",
    )
    command.add_argument(
        "--lang",
        choices=[item.value for item in Language],
        default="zh",
        help="输出语言。Language of the report.",
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Check the file and print the answer; 0 only for a believed file whose verdict passed."""
    check = _check(asked, clock())
    if asked.json:
        write_json(check.as_json())
    else:
        write(render_signed_verdict(check, Language(asked.lang)))
    return check.outcome.exit_code


def _check(asked: argparse.Namespace, now: datetime) -> SignedVerdictCheck:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return SignedVerdictCheck([trust])
    raw_file = read_file(asked.file, MAX_SIGNED_VERDICT_BYTES)
    if isinstance(raw_file, Code):
        return SignedVerdictCheck([raw_file])
    shown = None if asked.qr is None else _qr_text(asked.qr)
    check = check_signed_verdict(raw_file, trust, now, None if isinstance(shown, Code) else shown)
    if isinstance(shown, Code):
        check.codes.append(shown)
        check.about = AboutRecord.UNKNOWN
    check.codes += left_open(asked)
    return check


def _qr_text(shown: str) -> str | Code:
    """The text of the symbol that was given as text or as a picture, or why there is none."""
    if not names_a_file(shown):
        return shown.strip()
    raw_image = read_file(Path(shown), MAX_IMAGE_BYTES)
    if isinstance(raw_image, Code):
        return raw_image
    from certverify.images import qr_texts

    try:
        texts = qr_texts(raw_image)
    except ImageError:
        return Code.IMAGE_UNREADABLE
    if len(texts) != 1:
        return Code.QR_SEVERAL if texts else Code.QR_NOT_FOUND
    return texts[0]
