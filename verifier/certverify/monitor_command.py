"""`certverify monitor`: follow a log, replay it, keep every checkpoint (docs/monitoring.md)."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from certverify.errors import MonitorStateError
from certverify.monitor_codes import Found
from certverify.options import tree_source, trust_anchor

if TYPE_CHECKING:  # loaded when a round is run
    from certverify.monitor import Monitor
    from certverify.monitor_key import AuditorKey
    from certverify.monitor_report import Report
    from certverify.monitor_state import MonitorState
    from certverify.replay_follow import Progress

EXIT_CANNOT_TELL = 2
SECONDS_BETWEEN_LINES = 5.0
_ENDING = (
    "退出码 Exit codes: 0 一切正常 all right, 1 日志有违规行为（证据已保存） the log misbehaved, evidence kept, "
    "2 无法判定 cannot tell."
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = (
        "监督日志：逐条重放，核对运营方的全部声明。Follow a log, replay all of it, recompute what it claims."
    )
    command = commands.add_parser("monitor", help=purpose, description=purpose, epilog=_ENDING)
    command.add_argument(
        "tree",
        metavar="TREE|URL",
        type=tree_source,
        help="公开日志的目录或网址。Folder or address of the public tree.",
    )
    command.add_argument(
        "--trust", metavar="DIR", type=Path, required=True,
        help="另行取得的信任清单目录（含 trust-list.json）。Folder of the trust material, obtained apart.",
    )  # fmt: skip
    command.add_argument(
        "--anchor", metavar="VKEY", type=trust_anchor,
        help="另行核对过的信任根公钥行。The trust anchor, compared over another way.",
    )  # fmt: skip
    command.add_argument(
        "--state", metavar="DIR", type=Path, required=True,
        help="保存检查点、证据和重放进度的目录。Folder for checkpoints, evidence and the replay.",
    )  # fmt: skip
    command.add_argument(
        "--copy", metavar="URL|DIR", type=tree_source, action="append", default=[],
        help="用于比对的镜像或见证方，可多次给出。A mirror or witness to compare with; may be repeated.",
    )  # fmt: skip
    command.add_argument(
        "--max-age", metavar="MINUTES", type=_minutes, default=timedelta(hours=1),
        help="检查点的最大分钟数，默认 60。Greatest age of the checkpoint, 60 minutes by default.",
    )  # fmt: skip
    command.add_argument(
        "--every", metavar="SECONDS", type=_seconds,
        help="持续运行，每隔若干秒一轮，发现违规即结束。Run on; end at the first misbehaviour.",
    )  # fmt: skip
    command.add_argument(
        "--cosign", action="store_true",
        help="重放无误后共签（审计方）；密钥首次使用时建立。Cosign after a replay without fault; the key is made at first use.",
    )  # fmt: skip
    command.add_argument(
        "--key", metavar="FILE", type=Path,
        help="审计方密钥文件，默认 STATE/auditor-key.pem；隐含 --cosign。The auditor's key file; implies --cosign.",
    )  # fmt: skip
    command.add_argument(
        "--name", metavar="NAME",
        help="审计方的密钥名称，共签时必填，如 audit.example.gov.cn/a1。Key name of the auditor, needed to cosign.",
    )  # fmt: skip
    command.add_argument(
        "--acknowledge", metavar="NAME", action="append", default=[],
        help="确认 STATE/evidence 中的一项证据后结束，可多次给出。Take note of an item of evidence, and end; may be repeated.",
    )  # fmt: skip
    command.add_argument(
        "--json", action="store_true", help="每轮仅输出一个 JSON 对象。Print one JSON object a round."
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Run one round, or round after round; the exit code."""
    from certverify.monitor_state import open_state

    try:
        with open_state(asked.state) as state:
            if asked.acknowledge:
                return _acknowledged(asked.acknowledge, state)
            return _rounds(asked, clock, state)
    except MonitorStateError as error:
        sys.stderr.write(f"监督状态无法使用 the state cannot be used: {error}\n")
        return EXIT_CANNOT_TELL


def _acknowledged(names: list[str], state: MonitorState) -> int:
    for name in names:
        state.acknowledge(name)
        _say(f"已确认，移至 acknowledged，不再报告 acknowledged: {name}\n")
    return 0


def _rounds(asked: argparse.Namespace, clock: Callable[[], datetime], state: MonitorState) -> int:
    from certverify.monitor import Monitor

    monitor = Monitor(
        source=asked.tree,
        trust=asked.trust,
        state=state,
        max_age=asked.max_age,
        anchor=asked.anchor,
        copies=asked.copy,
        key=_key(asked),
        tell=_ProgressLines(),
    )
    if asked.every is None:
        return _shown(asked, monitor, clock).exit_code
    return _run_on(asked, monitor, clock)


def _run_on(asked: argparse.Namespace, monitor: Monitor, clock: Callable[[], datetime]) -> int:
    """Rounds until the log misbehaves, or until somebody interrupts: then the exit code of the last one."""
    code = EXIT_CANNOT_TELL
    try:
        while True:
            code = _shown(asked, monitor, clock, in_a_line=True).exit_code
            if code == 1:
                return code
            time.sleep(asked.every)
    except KeyboardInterrupt:
        return code


def _shown(
    asked: argparse.Namespace, monitor: Monitor, clock: Callable[[], datetime], *, in_a_line: bool = False
) -> Report:
    report = monitor.round(clock())
    if asked.anchor is None and report.trust:
        report.add(Found.TRUST_NOT_PINNED)
    if asked.json:
        _say(
            json.dumps(report.as_json(), ensure_ascii=sys.stdout.encoding.lower() not in ("utf-8", "utf8"))
            + "\n"
        )
    elif in_a_line and report.exit_code != 1:
        _say(report.line() + "\n")
    else:
        _say(report.words())
    return report


def _key(asked: argparse.Namespace) -> AuditorKey | None:
    from certverify.monitor_key import open_key

    if not asked.cosign and asked.key is None:
        return None
    if asked.name is None:
        raise MonitorStateError("审计方须有名称 an auditor needs a name: --name")
    key = open_key(asked.key or asked.state / "auditor-key.pem", asked.name)
    sys.stderr.write(f"审计方公钥 verifier key of this auditor: {key.line}\n")
    return key


class _ProgressLines:
    """A line every few seconds of a long replay, on standard error."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.seconds < SECONDS_BETWEEN_LINES:
            self._told_at = 0.0
        elif progress.seconds - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = progress.seconds
            share = progress.size / progress.goal
            sys.stderr.write(
                f"重放 replay: {progress.size:,} / {progress.goal:,} ({share:.1%}), "
                f"{progress.leaves_per_second:,.0f} 条/秒 leaves/s\n"
            )


def _say(text: str) -> None:
    """To standard output; what its encoding lacks becomes `?`, and a reader that has left is none of our business."""
    try:
        sys.stdout.write(text.encode(sys.stdout.encoding, "replace").decode(sys.stdout.encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _minutes(digits: str) -> timedelta:
    minutes = int(digits)
    if not 0 <= minutes <= 525_600:
        raise argparse.ArgumentTypeError("应为 must be 0-525600")
    return timedelta(minutes=minutes)


def _seconds(digits: str) -> float:
    seconds = float(digits)
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("应为 must be 1-86400")
    return seconds
