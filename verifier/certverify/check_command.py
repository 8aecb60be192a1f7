"""`certverify check`: whatever it is, recognised by content, each code in it with its own verdict."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from certverify.anything import Answers, check_anything, unchecked
from certverify.codes import Code
from certverify.extras import Hint
from certverify.images import MAX_IMAGE_BYTES
from certverify.ledger import open_ledger
from certverify.options import add_check, named_trust, with_left_open, write, write_json
from certverify.presented import names_a_file, read_file
from certverify.recognised import MAX_TEXT_BYTES, Kind, kind_of_text
from certverify.report import Language, render
from certverify.trust import Trust

_KINDS = {
    Kind.RECORD: ("二维码内容", "the text of a QR code"),
    Kind.MANUAL_CODE: ("校验码", "a manual code"),
    Kind.NUMBER: ("证书编号", "a certificate number"),
    Kind.SHARE_CODE: ("授权码", "a share code"),
    Kind.REPORT_CODE: ("报告查验码", "a report code"),
    Kind.TEXT: ("文字", "a text"),
    Kind.PICTURE: ("图片", "a picture"),
    Kind.FOREIGN_PICTURE: ("不支持的图片", "a picture of a kind that is not read"),
    Kind.PDF: ("PDF 文件", "a PDF file"),
    Kind.BUNDLE: ("离线查验包", "a bundle"),
    Kind.PAST_BUNDLE: ("履历查验包", "a past bundle"),
    Kind.SIGNED_VERDICT: ("已签名的核验结论", "a signed verdict"),
    Kind.SAVED_VERDICT: ("保存的核验结果", "a saved verdict"),
    Kind.WORKBOOK: ("表格或压缩文件", "a workbook or an archive"),
    Kind.UNKNOWN: ("无法识别的内容", "something that is not recognised"),
}
_FOLDER = Hint(
    "这是文件夹；成批核验请用 certverify batch。", "This is a folder; use `certverify batch` for all of it."
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = (
        "查验任意内容：二维码文本、图片、PDF（含扫描件）、查验包，自动识别。"
        "Check anything: text, picture, PDF or scan, bundle; recognised by content."
    )
    command = add_check(commands, "check", purpose)
    command.add_argument(
        "input",
        metavar="ANYTHING",
        help="文件、二维码文本，或 - 从标准输入读取。A file, the text of a QR code, or - for stdin.",
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Check what is named and print an answer on everything in it; the exit code is that of the worst."""
    answers = _answers(asked, clock()).each(partial(with_left_open, asked))
    if asked.json:
        write_json(answers.as_json())
    else:
        write(_report(answers, Language(asked.lang)))
    return answers.outcome.exit_code


def _answers(asked: argparse.Namespace, now: datetime) -> Answers:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return unchecked(Kind.UNKNOWN, trust)
    raw = _presented(asked.input)
    if isinstance(raw, Code):
        answers = unchecked(Kind.UNKNOWN, raw)
        is_folder = raw is Code.FILE_UNREADABLE and Path(asked.input).is_dir()
        return Answers(answers.kind, answers.answers, (_FOLDER,)) if is_folder else answers
    return _checked(asked, trust, raw, now)


def _checked(asked: argparse.Namespace, trust: Trust, raw: bytes, now: datetime) -> Answers:
    ledger = open_ledger(asked.trust, trust)
    return check_anything(raw, trust, ledger, now, asked.place, timedelta(days=asked.max_age_days))


def _presented(named: str) -> bytes | Code:
    if named == "-":
        return sys.stdin.buffer.read(MAX_IMAGE_BYTES + 1)
    if kind_of_text(named[:MAX_TEXT_BYTES]) is not Kind.RECORD and names_a_file(named):
        return read_file(Path(named), MAX_IMAGE_BYTES)
    return named.encode("utf-8", "replace")


def _report(answers: Answers, language: Language) -> str:
    zh, en = _KINDS[answers.kind]
    chinese = language is Language.ZH
    lines = [f"识别为：{zh}　Recognised as: {en}" if chinese else f"Recognised as: {en}", ""]
    several = len(answers.answers) > 1
    for answer in answers.answers:
        if several:
            total = len(answers.answers)
            lines.append(f"—— 第 {answer.number} 个二维码，共 {total} 个　code {answer.number} of {total} ——")
        lines += [render(answer.verdict, language)]
    lines += [f"提示：{hint.zh}　{hint.en}" if chinese else f"Hint: {hint.en}" for hint in answers.hints]
    return "\n".join(lines).rstrip("\n") + "\n"
