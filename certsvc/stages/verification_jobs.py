"""Verification jobs 批量核验任务: taken in with a token, worked off in chunks, fetched and deleted by whoever has the token.

A chunk is leased, answered, and stored with its questions deleted, in that order: a process that dies leaves its chunk to the
next one once the lease is over, and a process that lost its lease stores nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final, Protocol

from certverify import Verdict

from certsvc.domain.bulk_check import DAMAGED, TOO_OFTEN, RowProblem, RowQuestion
from certsvc.domain.bulk_file import NumberedRow
from certsvc.domain.verification_job import (
    LONGEST_UNFINISHED,
    TOKEN_BYTES,
    RowOutcome,
    counted,
    token_digest,
    written_token,
)
from certsvc.errors import ConflictError, UnavailableError, UnknownReference
from certsvc.ports import Clock
from certsvc.ports.verification_jobs import (
    JobAsker,
    JobBoard,
    JobChunk,
    JobStanding,
    JobWork,
    RowResult,
    WaitingRow,
)
from certsvc.stages.bulk_check import BulkCheck, problem_object

CHUNK: Final = 50  # rows: some 0.1 seconds
LEASE: Final = timedelta(seconds=60)
_AT_ONCE: Final = 500  # results read at once for a download
_ID_BYTES: Final = 8

ROOM_FOR_ORGANISATIONS: Final = 2
"""Organisations are taken in while others fill no more than all the room there is: they have as much again."""


class RowWatch(Protocol):
    """Who watches the rows of files, as single questions are watched."""

    def refuses(self, asker: JobAsker, question: RowQuestion) -> bool:
        """Whether a row may not be answered, for its asker or its number is suspected of numbers being tried out."""
        ...

    def answered(self, asker: JobAsker, question: RowQuestion, verdict: Verdict) -> None:
        """A verdict was found; told at once, so that the next row is judged by it."""
        ...

    def stored(self, asker: JobAsker, question: RowQuestion, verdict: Verdict) -> None:
        """A verdict was stored, and may be fetched from now on."""
        ...


class JobDesk:
    """Jobs for those who bring a file, or the token of one."""

    def __init__(
        self,
        board: JobBoard,
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        kept: timedelta,
        most_waiting: int,
    ) -> None:
        """`kept`: how long a finished job stays; `most_waiting`: rows of all jobs that may wait."""
        self._most_waiting = most_waiting
        self._board = board
        self._clock = clock
        self._random_bytes = random_bytes
        self._kept = kept

    def require_room(self, rows: int, *, organisation: bool) -> None:
        """Return when so many rows more may wait. Raises UnavailableError."""
        most = self._most_waiting * (ROOM_FOR_ORGANISATIONS if organisation else 1)
        if self._board.waiting_rows() + rows > most:
            raise UnavailableError("现在等待核验的名单较多，暂时不能再受理，请稍后再试。")

    def begin(self, rows: Sequence[NumberedRow], asker: JobAsker) -> tuple[str, JobStanding]:
        """Take a file in; its token, which is told this once, and how the job stands."""
        now = self._clock.now()
        waiting = [
            WaitingRow(position, one.number, one.label, one.row.asks)
            for position, one in enumerate(rows, start=1)
            if isinstance(one.row.asks, RowQuestion)
        ]
        results = [
            _problem_result(position, one.number, one.label, one.row.asks)
            for position, one in enumerate(rows, start=1)
            if not isinstance(one.row.asks, RowQuestion)
        ]
        standing = JobStanding(
            id=self._random_bytes(_ID_BYTES).hex(),
            made_at=now,
            finished_at=None if waiting else now,
            ends_at=now + (LONGEST_UNFINISHED if waiting else self._kept),
            counts=counted(len(rows), (one.outcome for one in results)),
        )
        token = written_token(self._random_bytes(TOKEN_BYTES))
        self._board.make(standing, _digest(token), asker, waiting, results)
        return token, standing

    def standing(self, token: str) -> JobStanding:
        """How a job stands. Raises UnknownReference, for an unknown token as for a job that is deleted."""
        found = self._board.standing(_digest(token))
        if found is None or found.ends_at <= self._clock.now():
            raise UnknownReference(_GONE)
        return found

    def results(
        self, token: str, after: int, most: int, outcomes: Sequence[RowOutcome]
    ) -> tuple[RowResult, ...]:
        """At most so many results behind a position. Raises UnknownReference."""
        return self._board.results(self.standing(token).id, after, most, outcomes)

    def all_results(self, token: str, outcomes: Sequence[RowOutcome]) -> Iterator[RowResult]:
        """Every result there is by now, read bit by bit. Raises UnknownReference, also while it is read."""
        job, after = self.standing(token).id, 0
        while page := self._board.results(job, after, _AT_ONCE, outcomes):
            yield from page
            after = page[-1].position

    def remove(self, token: str) -> None:
        """Delete a job at once, finished or not. Raises UnknownReference."""
        if not self._board.remove(_digest(token)):
            raise UnknownReference(_GONE)


class JobLine:
    """Works jobs off."""

    def __init__(
        self,
        work: JobWork,
        check: BulkCheck,
        clock: Clock,
        kept: timedelta,
        watch: RowWatch,
        chunk: int = CHUNK,
    ) -> None:
        self._work = work
        self._check = check
        self._clock = clock
        self._kept = kept
        self._watch = watch
        self._chunk = chunk
        self._organisations_first = False

    def work_off(self) -> int:
        """Answer one chunk of some job; how many rows. 0 when nothing waits, or all is in others' hands.

        Every other chunk is an organisation's while one of theirs waits, however many jobs others have.
        Raises UnavailableError, ConflictError when nothing can be answered at the moment; the rows wait on.
        """
        now = self._clock.now()
        first = self._organisations_first = not self._organisations_first
        chunk = self._work.claim(now, now + LEASE, self._chunk, organisations_first=first)
        if chunk is None:
            return 0
        try:
            answers = [(row, self._answer(chunk.asker, row.question)) for row in chunk.rows]
        except (UnavailableError, ConflictError):
            self._work.give_back(chunk)
            raise
        results = [_result(row, answer) for row, answer in answers]
        results += [_damaged_result(position) for position in chunk.damaged]
        now = self._clock.now()
        if not self._work.finish(chunk, results, now, now + self._kept):
            return 0
        self._tell(chunk, answers)
        return len(results)

    def delete_ended(self) -> int:
        """Delete the jobs whose time is over; how many."""
        return self._work.delete_ended(self._clock.now())

    def _answer(self, asker: JobAsker, question: RowQuestion) -> Verdict | RowProblem:
        if self._watch.refuses(asker, question):
            return TOO_OFTEN
        answer = self._check.answer(question)
        if isinstance(answer, Verdict):
            self._watch.answered(asker, question, answer)
        return answer

    def _tell(self, chunk: JobChunk, answers: Sequence[tuple[WaitingRow, Verdict | RowProblem]]) -> None:
        for row, answer in answers:
            if isinstance(answer, Verdict):
                self._watch.stored(chunk.asker, row.question, answer)


_GONE: Final = "没有这个核验任务：地址不完整，或者任务已经删除。结果保留期满后会自动删除。"


def _result(row: WaitingRow, answer: Verdict | RowProblem) -> RowResult:
    if isinstance(answer, RowProblem):
        return _problem_result(row.position, row.number, row.label, (answer,))
    told = {"line": row.number, "row": row.label, "verdict": answer.as_json()}
    return RowResult(row.position, RowOutcome(answer.outcome.value), _encoded(told))


def _damaged_result(position: int) -> RowResult:
    """Where in the file it stood, and its label, went with the question; its place among the rows is all that is known."""
    return _problem_result(position, None, f"第 {position} 条", (DAMAGED,))


def _problem_result(
    position: int, number: int | None, label: str, problems: Sequence[RowProblem]
) -> RowResult:
    told = {"line": number, "row": label, "problem": problem_object(problems)}
    return RowResult(position, RowOutcome.PROBLEM, _encoded(told))


def _encoded(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(token: str) -> bytes:
    digest = token_digest(token)
    if digest is None:
        raise UnknownReference(_GONE)
    return digest
