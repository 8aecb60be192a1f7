"""The command line: `certverify qr|pdf|bundle`. Exit code 0 passed, 1 failed, 2 cannot tell (or not understood)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certverify import monitor_command, past_command, receipt_command, witness_command
from certverify.bundle import MAX_BUNDLE_BYTES, check_bundle
from certverify.check import check_image, check_pdf, check_record
from certverify.codes import Code
from certverify.errors import NoteError, TrustForgedError, TrustListError
from certverify.images import MAX_IMAGE_BYTES
from certverify.ledger import open_ledger
from certverify.note import VerifierKey
from certverify.presented import names_a_file, read_file
from certverify.report import Language, render
from certverify.trust import Trust, decode_verifier_anchor, load_trust
from certverify.verdict import Verdict, finding

MAX_PDF_BYTES = 8 * 1024 * 1024
MAX_STDIN_BYTES = 1 << 20
_ENDING = "退出码 Exit codes: 0 通过核验 passed, 1 未通过核验 failed, 2 无法判定 cannot tell."


def main(
    arguments: Sequence[str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Run one check and print its verdict; the return value is the exit code."""
    asked = _parser().parse_args(arguments)
    if "run" in asked:
        return int(asked.run(asked, clock))
    verdict = _verdict(asked, clock())
    if asked.json:
        plain = sys.stdout.encoding.lower() not in ("utf-8", "utf8")
        _write(json.dumps(verdict.as_json(), ensure_ascii=plain) + "\n")
    else:
        _write(render(verdict, Language(asked.lang)))
    return verdict.outcome.exit_code


def _write(text: str) -> None:
    """To standard output; what its encoding lacks becomes `?`, and a reader that has left is none of our business."""
    encoding = sys.stdout.encoding
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _verdict(asked: argparse.Namespace, now: datetime) -> Verdict:
    try:
        trust = load_trust(asked.trust, asked.anchor)
    except TrustForgedError:
        return _only(Code.TRUST_FORGED)
    except TrustListError:
        return _only(Code.TRUST_UNREADABLE)
    checks: dict[str, Callable[[argparse.Namespace, Trust, datetime], Verdict]] = {
        "qr": _check_qr,
        "pdf": _check_pdf,
        "bundle": _check_bundle,
    }
    return checks[asked.command](asked, trust, now)


def _check_qr(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    ledger = open_ledger(asked.trust, trust)
    place, max_age = asked.place, timedelta(days=asked.max_age_days)
    if asked.input == "-":
        text = sys.stdin.buffer.read(MAX_STDIN_BYTES).decode("utf-8", "replace")
        return check_record(text.strip(), trust, ledger, now, place, max_age)
    if not names_a_file(asked.input):
        return check_record(asked.input.strip(), trust, ledger, now, place, max_age)
    raw_image = read_file(Path(asked.input), MAX_IMAGE_BYTES)
    if isinstance(raw_image, Code):
        return _only(raw_image)
    return check_image(raw_image, trust, ledger, now, place, max_age)


def _check_pdf(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    raw_pdf = read_file(asked.file, MAX_PDF_BYTES)
    if isinstance(raw_pdf, Code):
        return _only(raw_pdf)
    ledger = open_ledger(asked.trust, trust)
    return check_pdf(raw_pdf, trust, ledger, now, asked.place, timedelta(days=asked.max_age_days))


def _check_bundle(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    raw_bundle = read_file(asked.file, MAX_BUNDLE_BYTES)
    if isinstance(raw_bundle, Code):
        return _only(raw_bundle)
    ledger = open_ledger(asked.trust, trust)
    return check_bundle(raw_bundle, trust, now, asked.place, timedelta(days=asked.max_age_days), ledger)


def _only(code: Code) -> Verdict:
    return Verdict(findings=(finding(code),), not_established=(code,))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="certverify",
        description="离线查验吉林省职称电子证书。Check certificates of professional titles offline.",
        epilog=_ENDING,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    qr = _command(commands, "qr", "查验二维码文本或图片。Check the text or a picture of a QR code.")
    qr.add_argument(
        "input",
        metavar="TEXT|IMAGE",
        help="二维码文本、图片文件，或 - 从标准输入读文本。Text, file, or - for stdin.",
    )
    pdf = _command(commands, "pdf", "查验证书 PDF 文件。Check a certificate file.")
    pdf.add_argument("file", metavar="FILE", type=Path, help="证书 PDF 原始文件。The original PDF file.")
    bundle = _command(commands, "bundle", "查验离线查验包。Check a bundle.")
    bundle.add_argument("file", metavar="FILE", type=Path, help="查验包 JSON 文件。The bundle, a JSON file.")
    for add_command in (past_command.add, receipt_command.add, monitor_command.add, witness_command.add):
        add_command(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, purpose: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=purpose, description=purpose, epilog=_ENDING)
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
        type=_anchor,
        help="另行核对过的信任根公钥行；信任列表须由它（或由它签署的后继）签名。"
        "The trust anchor, compared over another way: the trust list must be signed by it or by its successors.",
    )
    command.add_argument(
        "--json", action="store_true", help="仅输出一个 JSON 对象。Print one JSON object alone."
    )
    command.add_argument("--place", metavar="CODE", help="查询地六位区划代码。Is it valid in this county?")
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


def _anchor(line: str) -> VerifierKey:
    try:
        return decode_verifier_anchor(line)
    except NoteError as error:
        raise argparse.ArgumentTypeError("<name>+<hash>+<key>") from error


def _days(digits: str) -> int:
    days = int(digits)
    if not 0 <= days <= 36_500:
        raise argparse.ArgumentTypeError("0-36500")
    return days
