"""`certverify batch`: a list or a folder of certificates, one verdict a row."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from certverify.codes import Code
from certverify.errors import BatchError
from certverify.extras import missing_extra
from certverify.ledger import LedgerView, open_ledger
from certverify.meanings import MEANINGS
from certverify.options import add_check, left_open, named_trust, write, write_json

if TYPE_CHECKING:  # loaded when a batch is run
    from certverify.batch import Batch, Counts
    from certverify.batch_results import Row

SCHEMA = "certverify-batch/1"
EXIT_CANNOT_TELL = 2
SECONDS_BETWEEN_LINES = 2.0
_IN_MEMORY = 8 << 20
_PIECE = 1 << 20
_ENDING = (
    "退出码 Exit codes: 0 全部通过核验 all passed, 1 有未通过的 any failed, 2 没有未通过的，但有无法判定的 none failed and "
    "some cannot be told (also for a list that cannot be read)."
)
_SHOWN = {
    None: ("passed", "failed", "undetermined"),
    "failed": ("failed",),
    "problems": ("failed", "undetermined"),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command's arguments; `run(asked, clock)` among the defaults does the work and gives the exit code."""
    purpose = "成批查验：清单（XLSX、CSV）或文件夹，每行一个结论。Check a list (XLSX, CSV) or a folder, one verdict a row."
    command = add_check(commands, "batch", purpose)
    command.epilog = _ENDING
    command.add_argument(
        "list", metavar="LIST|FOLDER", type=Path,
        help="清单（二维码文本，或相对于清单的图片、PDF 路径）或文件夹。QR texts, or files beside the list; or a folder.",
    )  # fmt: skip
    command.add_argument(
        "--out", metavar="FILE", type=Path,
        help="结果文件，.csv 或 .xlsx，不覆盖已有文件。Results; never overwrites a file.",
    )  # fmt: skip
    command.add_argument(
        "--only", choices=["failed", "problems"],
        help="结果只列未通过的，或未通过和无法判定的。Tell these rows alone.",
    )  # fmt: skip
    command.add_argument(
        "--resume", action="store_true",
        help="接着上次中断处继续（需要 --out）。Go on where an earlier run was interrupted (needs --out).",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(asked: argparse.Namespace, clock: Callable[[], datetime]) -> int:
    """Check all rows and tell the results; the exit code."""
    try:
        return _run(asked, clock())
    except KeyboardInterrupt:
        again = "" if asked.out is None else "，可加 --resume 继续 go on with --resume"
        return _stopped(asked, f"已中断 interrupted{again}")
    except BatchError as error:
        return _stopped(asked, f"无法完成 it cannot be done: {error}")
    except OSError as error:
        return _stopped(asked, f"文件无法读写 a file cannot be read or written: {error}")


def _stopped(asked: argparse.Namespace, why: str) -> int:
    """No row is told of a run that did not come to its end: half of a list is no answer on it."""
    sys.stderr.write(f"{why}\n")
    if asked.json:
        out = None if asked.out is None else str(asked.out)
        told = {"schema": SCHEMA, "list": str(asked.list), "rows": None, "counts": None, "out": out}
        write_json({**told, "error": why})
    return EXIT_CANNOT_TELL


def _run(asked: argparse.Namespace, now: datetime) -> int:
    from certverify.batch import Batch

    _require_sense(asked)
    trust = named_trust(asked)
    if isinstance(trust, Code):
        said = f"{MEANINGS[trust].zh} {MEANINGS[trust].en}"
        raise BatchError(said)
    ledger = open_ledger(asked.trust, trust)
    days = timedelta(days=asked.max_age_days)
    batch = Batch(asked.list, trust, ledger, now, asked.place, days)
    progress = _Progress()
    counts = _told(asked, batch, progress) if asked.out is None else _written(asked, batch, progress)
    for code in left_open(asked):
        sys.stderr.write(f"{MEANINGS[code].zh} {MEANINGS[code].en}\n")
    progress.line(counts)
    return counts.outcome.exit_code


def _require_sense(asked: argparse.Namespace) -> None:
    if not asked.list.exists():
        raise BatchError(f"没有这个清单或文件夹 there is no such list or folder: {asked.list}")
    if asked.resume and asked.out is None:
        raise BatchError("--resume 需要 --out needs --out")
    if asked.out is not None and asked.out.suffix.lower() not in (".csv", ".xlsx"):
        raise BatchError("结果文件须为 .csv 或 .xlsx the results are .csv or .xlsx")
    if asked.out is not None and (asked.out.exists() or asked.out.is_symlink()):
        raise BatchError(f"{asked.out} 已存在，不覆盖 exists and is not overwritten")
    if asked.out is not None and asked.list.is_dir() and _lies_below(asked.out, asked.list):
        raise BatchError(
            "结果文件请放在所查文件夹之外 let the results lie outside the folder that is checked"
        )
    suffixes = {asked.list.suffix.lower() if asked.list.is_file() else ""}
    suffixes.add("" if asked.out is None else asked.out.suffix.lower())
    if suffixes & {".xlsx", ".xlsm"} and (missing := missing_extra("batch")) is not None:
        said = f"{missing.zh} {missing.en}"
        raise BatchError(said)


def _lies_below(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _told(asked: argparse.Namespace, batch: Batch, progress: _Progress) -> Counts:
    """Every row to standard output: a line of words each as it comes, or one JSON object when all of them are there."""
    from certverify.batch import Counts
    from certverify.verdict import Outcome

    counts = Counts()
    with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as rows:
        for row in batch.rows():
            counts.add(Outcome(row["outcome"]))
            progress(counts)
            if row["outcome"] not in _SHOWN[asked.only]:
                continue
            if asked.json:
                rows.write((", " if rows.tell() else "") + json.dumps(row))
            else:
                write(_words(row, asked.lang))
        if asked.json:
            write(f'{{"schema": "{SCHEMA}", "list": {json.dumps(str(asked.list))}, "rows": [')
            rows.seek(0)
            while piece := rows.read(_PIECE):
                write(piece)
            write(f'], "counts": {json.dumps(counts.as_json())}, "out": null, "error": null}}\n')
    return counts


def _written(asked: argparse.Namespace, batch: Batch, progress: _Progress) -> Counts:
    """Every row to a journal, and in the end all of them to the results."""
    from certverify.batch import Journal, run_journal
    from certverify.batch_results import write_results

    journal = Journal(asked.out.with_name(f"{asked.out.name}.progress"), _about(asked, batch))
    run_journal(batch, journal, progress, resume=asked.resume)
    write_results(asked.out, _shown(journal.rows(), asked.only))
    journal.path.unlink()
    if asked.json:
        told = {"schema": SCHEMA, "list": str(asked.list), "rows": None, "counts": journal.counts.as_json()}
        write_json({**told, "out": str(asked.out), "error": None})
    return journal.counts


def _about(asked: argparse.Namespace, batch: Batch) -> dict[str, Any]:
    """What must be the same for a run to be taken up again."""
    from certverify.batch_list import list_digest

    known = batch.ledger
    state = [known.checkpoint.size, known.checkpoint.root.hex()] if isinstance(known, LedgerView) else None
    return {
        "list": list_digest(asked.list),
        "state": state,
        "trust": batch.trust.trust_list.sequence,
        "place": asked.place,
        "max_age_days": asked.max_age_days,
    }


def _shown(rows: Iterable[Row], only: str | None) -> Iterable[Row]:
    return (row for row in rows if row["outcome"] in _SHOWN[only])


def _words(row: Row, language: str) -> str:
    said = row["zh"] if language == "zh" else row["en"]
    certificate = "　".join(filter(None, (row["number"], row["holder"], row["title"], row["level"])))
    given = "".join(letter if letter.isprintable() else "?" for letter in row["given"][:40])
    return f"{row['row'] or '–'}　{row['verdict']}　{certificate or given}　{row['codes']}　{said}\n"


class _Progress:
    """A line of counts every few seconds, on standard error."""

    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def __call__(self, counts: Counts) -> None:
        if time.monotonic() - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = time.monotonic()
            self.line(counts)

    def line(self, counts: Counts) -> None:
        """The counts as they are now."""
        sys.stderr.write(
            f"已核验 {counts.total} 行 rows：通过 passed {counts.passed}，未通过 failed {counts.failed}，"
            f"无法判定 cannot tell {counts.undetermined}\n"
        )
