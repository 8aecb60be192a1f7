"""`certverify sync`: mirror a public tree into a folder that every other command takes as --trust."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from certverify.errors import MirrorError
from certverify.options import tree_source, trust_anchor, write, write_json

EXIT_CANNOT_TELL = 2
SECONDS_BETWEEN_LINES = 5.0
_ENDING = (
    "退出码 Exit codes: 0 文件夹与所给地址一致（未加 --whole-log 的，只核对状态查验所需的部分） "
    "the folder holds what the address shows "
    "(without --whole-log, as far as statuses need it), 1 日志有违规行为（证据已保存） the log misbehaved, evidence kept, "
    "2 已拒绝或未完成，原有数据不变 refused or not finished, the folder is as it was."
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = (
        "把公开日志取到本机文件夹，核对无误后才替换，供离线查验。"
        "Mirror a public tree into a folder for use off line; verified before it replaces anything."
    )
    command = commands.add_parser("sync", help=purpose, description=purpose, epilog=_ENDING)
    command.add_argument(
        "address",
        metavar="ADDRESS",
        type=tree_source,
        help="公开日志的网址或目录。Address or folder of the public tree.",
    )
    command.add_argument(
        "folder",
        metavar="FOLDER",
        type=Path,
        help="本机文件夹，可用作 --trust。The folder; give it as --trust.",
    )
    command.add_argument(
        "--anchor", metavar="VKEY", type=trust_anchor,
        help="另行核对过的信任根公钥行。The trust anchor, compared over another way.",
    )  # fmt: skip
    command.add_argument(
        "--whole-log", action="store_true",
        help="取回全部条目和哈希块（past --complete 需要）。Every entry and tile, as past --complete needs them.",
    )  # fmt: skip
    command.add_argument(
        "--prune", action="store_true", help="清理不再需要的旧文件。Remove files that are no longer needed."
    )
    command.add_argument(
        "--minutes", metavar="N", type=_minutes, default=60,
        help="最多用多少分钟，默认 60。How long all of it may take, 60 minutes by default.",
    )  # fmt: skip
    command.add_argument(
        "--json", action="store_true", help="仅输出一个 JSON 对象。Print one JSON object alone."
    )
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Sync once and print the report; the exit code."""
    from certverify.sync import Sync
    from certverify.sync_folder import open_mirror

    try:
        with open_mirror(asked.folder) as folder:
            sync = Sync(
                asked.address,
                folder,
                asked.anchor,
                whole_log=asked.whole_log,
                prune=asked.prune,
                seconds=60.0 * asked.minutes,
                tell=_ProgressLines(),
            )
            report = sync.run(clock())
    except (MirrorError, OSError) as error:
        sys.stderr.write(f"文件夹无法使用 the folder cannot be used: {error}\n")
        return EXIT_CANNOT_TELL
    except KeyboardInterrupt:
        sys.stderr.write(
            "已中断，原有数据不变，可再次运行 interrupted: the folder is as it was, run it again\n"
        )
        return EXIT_CANNOT_TELL
    if asked.json:
        write_json(report.as_json())
    else:
        write(report.words())
    return report.exit_code


class _ProgressLines:
    """A line every few seconds, on standard error."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = time.monotonic()
            sys.stderr.write(f"条目文件 entry bundles {done}/{total}\n")


def _minutes(digits: str) -> int:
    minutes = int(digits)
    if not 1 <= minutes <= 10_000:
        raise argparse.ArgumentTypeError("1-10000")
    return minutes
