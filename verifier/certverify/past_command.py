"""`certverify past`: how a certificate stood on a day, from one file (docs/formats/past-bundle.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from certverify.codes import Code
from certverify.errors import JsonError
from certverify.evidence import MAX_BUNDLE_BYTES
from certverify.ledger import open_ledger
from certverify.options import add_check, named_trust, with_left_open, write, write_json
from certverify.past import PastVerdict, check_past
from certverify.past_report import render_past
from certverify.presented import read_file
from certverify.report import Language
from certverify.strict_json import day
from certverify.verdict import Verdict, finding


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = "查验履历查验包：证书在某一天的状态，以及全部履历。Check a past bundle: how a certificate stood on a day."
    command = add_check(commands, "past", purpose)
    command.add_argument(
        "file", metavar="FILE", type=Path, help="履历查验包 JSON 文件。The past bundle, a JSON file."
    )
    command.add_argument(
        "--on",
        metavar="YYYY-MM-DD",
        type=_day,
        help="查询日期（北京时间），默认为日志检查点当天。The day asked about, by default that of the checkpoint.",
    )
    command.add_argument(
        "--complete",
        action="store_true",
        help="通读 --trust 目录中的全部日志条目，确认没有遗漏任何事件。"
        "Read all entries of the downloaded log: no event has been left out.",
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Check the file and print the answer; the exit code is that of the verdict of today."""
    answer = _answer(asked, clock())
    if isinstance(answer, Code):
        answer = PastVerdict(Verdict(findings=(finding(answer),), not_established=(answer,)), None)
    answer = replace(answer, verdict=with_left_open(asked, answer.verdict))
    if asked.json:
        write_json(answer.as_json())
    else:
        write(render_past(answer, Language(asked.lang)))
    return answer.verdict.outcome.exit_code


def _answer(asked: argparse.Namespace, now: datetime) -> PastVerdict | Code:
    trust = named_trust(asked)
    if isinstance(trust, Code):
        return trust
    raw_bundle = read_file(asked.file, MAX_BUNDLE_BYTES)
    if isinstance(raw_bundle, Code):
        return raw_bundle
    return check_past(
        raw_bundle,
        trust,
        now,
        asked.on,
        asked.place,
        timedelta(days=asked.max_age_days),
        open_ledger(asked.trust, trust),
        complete=asked.complete,
    )


def _day(digits: str) -> date:
    try:
        return day(digits)
    except JsonError as error:
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from error
