"""A list checked row by row: one verdict a row, whatever the row holds, and a run that can be taken up again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from certverify.anything import Answers, check_anything
from certverify.batch_items import asked_of, columns_of, file_beside
from certverify.batch_list import ListRow, list_rows
from certverify.batch_results import Row
from certverify.check import check_record
from certverify.codes import Code
from certverify.errors import BatchError
from certverify.examination import DEFAULT_MAX_AGE
from certverify.images import MAX_IMAGE_BYTES
from certverify.ledger import LedgerUnavailable, LedgerView
from certverify.meanings import MEANINGS
from certverify.trust import Trust
from certverify.verdict import Outcome, StatusWord, Verdict, finding

JOURNAL = "certverify-batch-journal/1"
_SECONDS_UNWRITTEN = 1.0
_GIVEN_SHOWN = 120


@dataclass(slots=True)
class Counts:
    """How many rows had which verdict."""

    passed: int = 0
    failed: int = 0
    undetermined: int = 0

    def add(self, outcome: Outcome) -> None:
        """One more."""
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    @property
    def total(self) -> int:
        """All rows."""
        return self.passed + self.failed + self.undetermined

    @property
    def outcome(self) -> Outcome:
        """Failed when any failed, passed when all did; undetermined also when there was no row."""
        if self.failed:
            return Outcome.FAILED
        return Outcome.PASSED if self.passed and not self.undetermined else Outcome.UNDETERMINED

    def as_json(self) -> dict[str, int]:
        """For programs."""
        return {
            "total": self.total,
            "passed": self.passed,
            "failed": self.failed,
            "undetermined": self.undetermined,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Checks the rows of the list at `path`; what does not depend on the row."""

    path: Path
    trust: Trust
    ledger: LedgerView | LedgerUnavailable
    now: datetime
    place: str | None = None
    max_age: timedelta = DEFAULT_MAX_AGE

    def rows(self, skip: int = 0) -> Iterator[Row]:
        """A result for each row that is not empty, in order, without the first `skip`. Raises BatchError for the list."""
        columns, first = None, not self.path.is_dir()
        for row in list_rows(self.path):
            if first and row.cells is not None:
                first = False
                columns = columns_of(row.cells)
                if columns is not None:
                    continue
            if skip:
                skip -= 1
                continue
            yield self._result(row, columns)

    def _result(self, row: ListRow, columns: Any) -> Row:
        if row.cells is None:
            return result_row(row.number, "", self._only(Code.RECORD_UNREADABLE))
        asked = asked_of(row.cells, columns)
        if self.path.is_dir():
            found = self._file(self.path, row.cells[0])
        elif asked.code is not None:
            found = self._only(asked.code)
        elif asked.file is not None:
            found = self._file(self.path.parent, asked.file)
        else:
            found = check_record(
                asked.text or "", self.trust, self.ledger, self.now, self.place, self.max_age
            )
        return result_row(row.number, row.cells[0] if self.path.is_dir() else asked.given, found)

    def _file(self, folder: Path, named: str) -> Verdict:
        raw = file_beside(folder, named, MAX_IMAGE_BYTES)
        if isinstance(raw, Code):
            return self._only(raw)
        found = check_anything(raw, self.trust, self.ledger, self.now, self.place, self.max_age)
        return _one(found)

    def _only(self, code: Code) -> Verdict:
        return Verdict(findings=(finding(code),), not_established=(code,))


def _one(found: Answers) -> Verdict:
    """The verdict of a file with one code; several make a row that nobody can tell."""
    if len(found.answers) == 1:
        return found.answers[0].verdict
    code = Code.QR_SEVERAL
    return Verdict(findings=(finding(code),), not_established=(code,))


def result_row(number: int, given: str, verdict: Verdict) -> Row:
    """What a table says of one verdict; the same keys whatever was found."""
    shown, past, area = verdict.certificate, verdict.historical, verdict.validity_area
    weighty = [item for item in verdict.findings if MEANINGS[item.code].effect.value != "note"]
    said = weighty or list(verdict.findings)
    return {
        "row": number,
        "given": given[:_GIVEN_SHOWN],
        "outcome": verdict.outcome.value,
        "verdict": f"{verdict.outcome.zh} {verdict.outcome.value}",
        "status": ""
        if verdict.status is StatusWord.UNKNOWN
        else f"{verdict.status.zh} {verdict.status.value}",
        "number": shown.number if shown else past.reference if past else "",
        "holder": verdict.holder or "",
        "series": shown.series if shown else (past.series or "") if past else "",
        "title": shown.title if shown else past.title if past else "",
        "level": shown.level if shown else (past.level or "") if past else "",
        "acquired_on": shown.acquired_on if shown else past.acquired if past else "",
        "area": "" if area is None else f"{area.name} {area.code}",
        "valid_here": "" if verdict.valid_here.value == "not_asked" else verdict.valid_here.value,
        "as_of": "" if verdict.as_of is None else verdict.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "codes": " ".join(item.code.value for item in verdict.findings),
        "zh": " ".join(item.zh for item in said),
        "en": " ".join(item.en for item in said),
    }


@dataclass(slots=True)
class Journal:
    """What has been checked so far, beside the results to come: a line of JSON a row, complete or not there."""

    path: Path
    about: dict[str, Any]
    counts: Counts = field(default_factory=Counts)

    def open(self, *, resume: bool) -> BinaryIO:
        """The file, at the place where the next row goes. Raises BatchError when it does not fit, or is not asked for."""
        if not self.path.exists():
            begun: BinaryIO = self.path.open("xb")
            begun.write(_line({"format": JOURNAL, **self.about}))
            begun.flush()
            return begun
        if not resume:
            raise BatchError(
                "上次运行没有完成，请加 --resume 继续，或删除该文件 an earlier run was interrupted: --resume, or delete "
                f"{self.path}"
            )
        file = self.path.open("r+b")
        head = file.readline()
        if head != _line({"format": JOURNAL, **self.about}):
            file.close()
            raise BatchError(
                f"清单、离线数据或选项与上次不同，不能继续 list, data or options are others than then: {self.path}"
            )
        file.truncate(self._read(file))
        file.seek(0, os.SEEK_END)
        return file

    def _read(self, file: BinaryIO) -> int:
        """Count the rows that are there; where the last whole one ends."""
        end = file.tell()
        for line in file:
            try:
                outcome = Outcome(json.loads(line)["outcome"]) if line.endswith(b"\n") else None
            except (ValueError, KeyError, TypeError):
                outcome = None
            if outcome is None:
                break
            self.counts.add(outcome)
            end += len(line)
        return end

    def rows(self) -> Iterator[Row]:
        """The rows that are there."""
        with self.path.open("rb") as file:
            file.readline()
            for line in file:
                yield json.loads(line)


def run_journal(batch: Batch, journal: Journal, tell: Callable[[Counts], None], *, resume: bool) -> None:
    """Check the rows that the journal does not have yet. Raises BatchError, OSError; what was checked stays written."""
    with journal.open(resume=resume) as file:
        unwritten_since = time.monotonic()
        for row in batch.rows(skip=journal.counts.total):
            file.write(_line(row))
            journal.counts.add(Outcome(row["outcome"]))
            if time.monotonic() - unwritten_since > _SECONDS_UNWRITTEN:
                file.flush()
                unwritten_since = time.monotonic()
            tell(journal.counts)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
