"""A list checked row by row: one verdict a row, whatever the row holds, and a run that can be taken up again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from certverify.anything import check_anything, worst
from certverify.batch_items import (
    ROWS_SEARCHED,
    Asked,
    Column,
    asked_of,
    differing,
    file_beside,
    head_row,
    place_code,
)
from certverify.batch_list import ListRow, list_rows
from certverify.batch_results import Row
from certverify.check import check_record
from certverify.codes import Code
from certverify.errors import BatchError
from certverify.examination import DEFAULT_MAX_AGE
from certverify.images import MAX_IMAGE_BYTES
from certverify.ledger import LedgerUnavailable, LedgerView
from certverify.meanings import MEANINGS
from certverify.recognised import Kind
from certverify.trust import Trust
from certverify.verdict import Outcome, StatusWord, Verdict, finding, leaves_open

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
        rows = list_rows(self.path)
        top = [] if self.path.is_dir() else list(islice(rows, ROWS_SEARCHED))
        place, columns = head_row(top) or (-1, None)
        for row in islice(chain(top[place + 1 :], rows), skip, None):
            yield self._result(row, columns)

    def _result(self, row: ListRow, columns: dict[int, Column] | None) -> Row:
        if row.cells is None:
            return result_row(row.number, row.named, _only(row.code))
        if self.path.is_dir():
            return result_row(row.number, row.named, self._file(self.path, row.named, self.place))
        asked = asked_of(row.cells, columns)
        return result_row(row.number, asked.given, self._verdict(asked))

    def _verdict(self, asked: Asked) -> Verdict:
        """The verdict on what the row shows, which must be what the row says; of QR text and file the worse one."""
        if asked.is_on_line_only:
            return _only(Code.ON_LINE_ONLY)
        place = self.place if asked.place is None else place_code(asked.place, self.trust.tables.regions)
        found = []
        if asked.text is not None:
            found.append(check_record(asked.text, self.trust, self.ledger, self.now, place, self.max_age))
        if asked.file is not None:
            found.append(self._file(self.path.parent, asked.file, place))
        if not found:
            return _only(Code.RECORD_UNREADABLE)
        outcome = worst(one.outcome for one in found)
        verdict = next(one for one in found if one.outcome is outcome)
        codes = {differing(asked, one) for one in found}
        known = {one.believed.number for one in found if one.believed is not None}
        if Code.ROW_DIFFERS in codes or len(known) > 1:
            return _also(verdict, Code.ROW_DIFFERS)
        return _also(verdict, Code.ROW_NOT_COMPARED) if Code.ROW_NOT_COMPARED in codes else verdict

    def _file(self, folder: Path, named: str, place: str | None) -> Verdict:
        raw = file_beside(folder, named, MAX_IMAGE_BYTES)
        if isinstance(raw, Code):
            return _only(raw)
        found = check_anything(raw, self.trust, self.ledger, self.now, place, self.max_age)
        if found.kind is Kind.SIGNED_VERDICT:  # it tells of its own day, a list asks about today
            return _only(Code.RECORD_UNREADABLE)
        return found.answers[0].verdict if len(found.answers) == 1 else _only(Code.QR_SEVERAL)


def _only(code: Code) -> Verdict:
    return Verdict(findings=(finding(code),), not_established=(code,))


def _also(verdict: Verdict, code: Code) -> Verdict:
    """The verdict with one more finding before the others."""
    open_points = (code,) if leaves_open(code) else ()
    return replace(
        verdict,
        findings=(finding(code), *verdict.findings),
        not_established=(*open_points, *verdict.not_established),
    )


def result_row(number: int | None, given: str, verdict: Verdict) -> Row:
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
