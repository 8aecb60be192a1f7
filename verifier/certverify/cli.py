"""The command line: `certverify COMMAND`, with what `qr`, `pdf` and `bundle` do.

Exit code 0 passed, 1 failed, 2 cannot tell, not understood, or crashed.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from certverify import (
    __version__,
    batch_command,
    check_command,
    explain_command,
    monitor_command,
    past_command,
    receipt_command,
    sandbox_command,
    sync_command,
    tlog_proof_command,
    verdict_command,
    witness_command,
)
from certverify.anything import check_anything
from certverify.bundle import MAX_BUNDLE_BYTES, check_bundle
from certverify.check import check_image, check_pdf, check_record
from certverify.codes import Code
from certverify.errors import OutputError
from certverify.extras import Hint, missing_extra
from certverify.images import MAX_IMAGE_BYTES
from certverify.ledger import LedgerUnavailable, LedgerView, open_ledger
from certverify.options import (
    ENDING,
    add_check,
    drop_output,
    named_trust,
    with_left_open,
    write,
    write_json,
    writes_chinese,
)
from certverify.presented import names_a_file, read_file
from certverify.recognised import ON_LINE_ONLY, Kind, kind_of, kind_of_text
from certverify.report import Language, render
from certverify.trust import Trust
from certverify.verdict import Verdict, finding

MAX_PDF_BYTES = 8 * 1024 * 1024
MAX_STDIN_BYTES = 1 << 20
EXIT_CANNOT_TELL = 2
_CRASHED = (
    "certverify：程序出错，无法判定；这不说明证书或日志有问题。请将以下内容反馈给维护方。"
    "The program failed: it cannot tell, and nothing is said against certificate or log. Please report what follows."
)


def main(
    arguments: Sequence[str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Run one command and print what it found; the return value is the exit code.

    Exit code 1 accuses somebody, so what nobody foresaw ends here with 2, its traceback on standard error.
    """
    try:
        return _run(_readable(_parser().parse_args(arguments)), clock)
    except BrokenPipeError:
        drop_output()
        return EXIT_CANNOT_TELL
    except OutputError as error:
        sys.stderr.write(f"标准输出无法写入（磁盘可能已满） standard output cannot be written: {error}\n")
        return EXIT_CANNOT_TELL
    except Exception:
        with suppress(OSError):
            sys.stderr.write(f"{_CRASHED}\n{traceback.format_exc()}")
        drop_output()
        return EXIT_CANNOT_TELL


def _readable(asked: argparse.Namespace) -> argparse.Namespace:
    """The same in English alone, where what is asked for has a language and the output cannot hold Chinese."""
    if "lang" in asked and not writes_chinese():
        asked.lang = Language.EN.value
    return asked


def _run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    if "run" in asked:
        return int(asked.run(asked, clock))
    verdict = _verdict(asked, clock())
    if asked.json:
        write_json(verdict.as_json())
    else:
        write(render(verdict, Language(asked.lang)))
    return verdict.outcome.exit_code


def _verdict(asked: argparse.Namespace, now: datetime) -> Verdict:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return _only(trust)
    checks: dict[str, Callable[[argparse.Namespace, Trust, datetime], Verdict]] = {
        "qr": _check_qr,
        "pdf": _check_pdf,
        "bundle": _check_bundle,
    }
    return with_left_open(asked, checks[asked.command](asked, trust, now))


def _check_qr(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    ledger = open_ledger(asked.trust, trust)
    place, max_age = asked.place, timedelta(days=asked.max_age_days)
    if asked.input == "-":
        text = sys.stdin.buffer.read(MAX_STDIN_BYTES).decode("utf-8", "replace")
        return check_record(text.strip(), trust, ledger, now, place, max_age)
    if kind_of_text(asked.input) in ON_LINE_ONLY:
        return _only(Code.ON_LINE_ONLY)
    if not names_a_file(asked.input):
        return check_record(asked.input.strip(), trust, ledger, now, place, max_age)
    raw_image = read_file(Path(asked.input), MAX_IMAGE_BYTES)
    if isinstance(raw_image, Code):
        return _only(raw_image)
    if kind_of(raw_image) is Kind.PDF:
        return _check_scan(raw_image, trust, ledger, now, asked)
    return check_image(raw_image, trust, ledger, now, place, max_age)


def _check_scan(
    raw_pdf: bytes,
    trust: Trust,
    ledger: LedgerView | LedgerUnavailable,
    now: datetime,
    asked: argparse.Namespace,
) -> Verdict:
    """A scan in a PDF is a picture too; any other PDF is told what it is worth."""
    days = timedelta(days=asked.max_age_days)
    found = check_anything(raw_pdf, trust, ledger, now, asked.place, days)
    _tell(found.hints)
    return found.answers[0].verdict if len(found.answers) == 1 else _only(Code.QR_SEVERAL)


def _check_pdf(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    raw_pdf = read_file(asked.file, MAX_PDF_BYTES)
    if isinstance(raw_pdf, Code):
        return _only(raw_pdf)
    ledger = open_ledger(asked.trust, trust)
    verdict = check_pdf(raw_pdf, trust, ledger, now, asked.place, timedelta(days=asked.max_age_days))
    if any(item.code is Code.DOCUMENT_NOT_EXAMINED for item in verdict.findings):
        missing = missing_extra("upload")
        _tell(() if missing is None else (missing,))
    return verdict


def _check_bundle(asked: argparse.Namespace, trust: Trust, now: datetime) -> Verdict:
    raw_bundle = read_file(asked.file, MAX_BUNDLE_BYTES)
    if isinstance(raw_bundle, Code):
        return _only(raw_bundle)
    ledger = open_ledger(asked.trust, trust)
    return check_bundle(raw_bundle, trust, now, asked.place, timedelta(days=asked.max_age_days), ledger)


def _tell(hints: Iterable[Hint]) -> None:
    for hint in hints:
        sys.stderr.write(f"certverify：{hint.zh} {hint.en}\n")


def _only(code: Code) -> Verdict:
    return Verdict(findings=(finding(code),), not_established=(code,))


class _Parser(argparse.ArgumentParser):
    """A parser whose help and complaints reach any terminal, the complaints in two languages."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stdout:
            write(message)
        else:
            super()._print_message(message, file)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EXIT_CANNOT_TELL, f"{self.prog}: 命令有误，请核对参数 error: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="certverify",
        description="离线查验吉林省职称电子证书。Check certificates of professional titles offline.",
        epilog=ENDING,
    )
    parser.add_argument(
        "--version", action="version", version=f"certverify {__version__}", help="版本。The version."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check_command.add(commands)
    qr = add_check(commands, "qr", "查验二维码文本或图片。Check the text or a picture of a QR code.")
    qr.add_argument(
        "input",
        metavar="TEXT|IMAGE",
        help="二维码文本、图片文件，或 - 从标准输入读文本。Text, file, or - for stdin.",
    )
    pdf = add_check(commands, "pdf", "查验证书 PDF 文件。Check a certificate file.")
    pdf.add_argument("file", metavar="FILE", type=Path, help="证书 PDF 原始文件。The original PDF file.")
    bundle = add_check(commands, "bundle", "查验离线查验包。Check a bundle.")
    bundle.add_argument("file", metavar="FILE", type=Path, help="查验包 JSON 文件。The bundle, a JSON file.")
    modules = (
        batch_command,
        sync_command,
        explain_command,
        past_command,
        verdict_command,
        receipt_command,
        tlog_proof_command,
        monitor_command,
        witness_command,
        sandbox_command,
    )
    for module in modules:
        module.add(commands)
    return parser
