"""Verification jobs in the database. Questions, answers and askers are sealed, each bound to its place."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, literal, select, update

from certsvc.adapters.database import insert_rows
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.verification_job_schema import verification_job, verification_job_row
from certsvc.domain.bulk_check import CodeAsked, HolderAsked, QrAsked, RowQuestion
from certsvc.domain.verification_job import JobCounts, RowOutcome, counted
from certsvc.errors import IntegrityError
from certsvc.ports import PersonalCipher
from certsvc.ports.verification_jobs import JobAsker, JobChunk, JobStanding, RowResult, WaitingRow

_JOB, _ROW = verification_job.c, verification_job_row.c
_LARGEST_ANSWER = 1024 * 1024  # bytes unpacked; a verdict has some two thousand
_ASKED: dict[str, type[QrAsked | CodeAsked | HolderAsked]] = {
    "qr": QrAsked,
    "code": CodeAsked,
    "holder": HolderAsked,
}
_UNREADABLE = (IntegrityError, ValueError, TypeError, KeyError)
_log = logging.getLogger(__name__)
_WAY_OF = {kind: way for way, kind in _ASKED.items()}


class DatabaseVerificationJobs:
    """ports.verification_jobs.JobBoard and JobWork on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def make(
        self,
        standing: JobStanding,
        token_digest: bytes,
        asker: JobAsker,
        rows: Sequence[WaitingRow],
        results: Sequence[RowResult],
    ) -> None:
        """Keep a new job."""
        job = standing.id
        raw_asker = json.dumps([asker.key, asker.organisation, asker.purpose]).encode()
        new: list[tuple[str, int, str | None, bytes | None, bytes | None]] = [
            (job, row.position, None, self._sealed_question(job, row), None) for row in rows
        ]
        new += [
            (job, one.position, one.outcome.value, None, self._sealed_answer(job, one)) for one in results
        ]
        names = ("job_id", "position", "outcome", "sealed_question", "sealed_answer")
        with self._engine.begin() as connection:
            connection.execute(
                verification_job.insert().values(
                    id=job,
                    token_digest=token_digest,
                    of_organisation=int(asker.organisation is not None),
                    sealed_asker=self._cipher.encrypt(raw_asker, context=_context(job, "asker")),
                    made_at=instant_text(standing.made_at),
                    finished_at=None if standing.finished_at is None else instant_text(standing.finished_at),
                    ends_at=instant_text(standing.ends_at),
                    worked_at=instant_text(standing.made_at),
                    lease=0,
                    leased_until=None,
                    **_columns_of(standing.counts),
                )
            )
            insert_rows(connection, verification_job_row, names, new)

    def waiting_rows(self) -> int:
        """Rows that wait."""
        done = sum((_JOB[word.value] for word in RowOutcome), start=literal(0))
        query = select(func.coalesce(func.sum(_JOB.rows - done), 0)).where(_JOB.finished_at.is_(None))
        with self._engine.begin() as connection:
            return int(connection.scalar(query) or 0)

    def standing(self, token_digest: bytes) -> JobStanding | None:
        """How a job stands."""
        query = select(verification_job).where(_JOB.token_digest == token_digest)
        with self._engine.begin() as connection:
            found = connection.execute(query).one_or_none()
        return None if found is None else _standing(found)

    def results(
        self, job: str, after: int, most: int, outcomes: Sequence[RowOutcome]
    ) -> tuple[RowResult, ...]:
        """Results in the order of the rows."""
        words = [one.value for one in outcomes]
        waiting = select(func.min(_ROW.position)).where(_ROW.job_id == job, _ROW.outcome.is_(None))
        query = (
            select(_ROW.position, _ROW.outcome, _ROW.sealed_answer)
            .where(_ROW.job_id == job, _ROW.position > after, _ROW.outcome.in_(words))
            .order_by(_ROW.position)
            .limit(most)
        )
        with self._engine.begin() as connection:
            first_waiting = connection.scalar(waiting)
            if first_waiting is not None:
                query = query.where(_ROW.position < first_waiting)
            found = connection.execute(query).all()
        return tuple(
            RowResult(
                row.position, RowOutcome(row.outcome), self._answer(job, row.position, row.sealed_answer)
            )
            for row in found
        )

    def remove(self, token_digest: bytes) -> bool:
        """Delete a job."""
        with self._engine.begin() as connection:
            query = select(_JOB.id).where(_JOB.token_digest == token_digest).with_for_update()
            job = connection.scalars(query).one_or_none()
            if job is not None:
                _delete(connection, [job])
        return job is not None

    def claim(
        self, now: datetime, until: datetime, most: int, *, organisations_first: bool = False
    ) -> JobChunk | None:
        """Lease rows. Whoever loses the race for a job looks again the next time."""
        at = instant_text(now)
        free = _JOB.leased_until.is_(None) | (_JOB.leased_until <= at)
        query = select(verification_job).where(_JOB.finished_at.is_(None), _JOB.ends_at > at, free)
        with self._engine.begin() as connection:
            if organisations_first:
                query = query.order_by(_JOB.of_organisation.desc())
            found = connection.execute(query.order_by(_JOB.worked_at, _JOB.id).limit(1)).one_or_none()
            if found is None:
                return None
            taken = connection.execute(
                update(verification_job)
                .where(_JOB.id == found.id, _JOB.lease == found.lease, _JOB.finished_at.is_(None))
                .values(lease=found.lease + 1, leased_until=instant_text(until), worked_at=at)
            )
            if taken.rowcount != 1:
                return None
            rows = connection.execute(
                select(_ROW.position, _ROW.sealed_question)
                .where(_ROW.job_id == found.id, _ROW.outcome.is_(None))
                .order_by(_ROW.position)
                .limit(most)
            ).all()
        return self._chunk(found, rows)

    def finish(self, chunk: JobChunk, results: Sequence[RowResult], now: datetime, ends_at: datetime) -> bool:
        """Results in, questions out."""
        sealed = [
            {
                "of_job": chunk.job,
                "of_position": one.position,
                "outcome": one.outcome.value,
                "sealed_question": None,
                "sealed_answer": self._sealed_answer(chunk.job, one),
            }
            for one in results
        ]
        new = counted(len(results), (one.outcome for one in results))
        added = {word.value: _JOB[word.value] + getattr(new, word.value) for word in RowOutcome}
        own = (_JOB.id == chunk.job) & (_JOB.lease == chunk.number)
        of_row = (_ROW.job_id == bindparam("of_job")) & (_ROW.position == bindparam("of_position"))
        with self._engine.begin() as connection:
            given_back = update(verification_job).where(own).values(leased_until=None, **added)
            if connection.execute(given_back).rowcount != 1:
                return False
            if sealed:
                connection.execute(
                    update(verification_job_row).where(of_row & _ROW.outcome.is_(None)), sealed
                )
            self._close_if_done(connection, chunk.job, now, ends_at)
        return True

    def give_back(self, chunk: JobChunk) -> None:
        """End a lease."""
        own = (_JOB.id == chunk.job) & (_JOB.lease == chunk.number)
        with self._engine.begin() as connection:
            connection.execute(update(verification_job).where(own).values(leased_until=None))

    def delete_ended(self, now: datetime) -> int:
        """Delete what is over."""
        with self._engine.begin() as connection:
            over = connection.scalars(select(_JOB.id).where(_JOB.ends_at <= instant_text(now))).all()
            _delete(connection, over)
        return len(over)

    @staticmethod
    def _close_if_done(connection: Connection, job: str, now: datetime, ends_at: datetime) -> None:
        waiting = select(_ROW.position).where(_ROW.job_id == job, _ROW.outcome.is_(None)).limit(1)
        if connection.scalar(waiting) is None:
            # Whose job it was is needed for its look-ups alone.
            done = {"finished_at": instant_text(now), "ends_at": instant_text(ends_at), "sealed_asker": None}
            connection.execute(update(verification_job).where(_JOB.id == job).values(**done))

    def _chunk(self, found: Row[Any], rows: Sequence[Row[Any, Any]]) -> JobChunk:
        """What was leased. A row that cannot be read is told of as damaged: it must not hold up the line."""
        waiting, damaged = [], []
        try:
            asker = self._asker(found)
        except _UNREADABLE as error:
            _log.error("the asker of a verification job cannot be read: %s", type(error).__name__)
            every = tuple(row.position for row in rows)
            return JobChunk(found.id, found.lease + 1, JobAsker(""), (), every)
        for row in rows:
            try:
                waiting.append(self._question(found.id, row.position, row.sealed_question))
            except _UNREADABLE as error:
                _log.error("a row of a verification job cannot be read: %s", type(error).__name__)
                damaged.append(row.position)
        return JobChunk(found.id, found.lease + 1, asker, tuple(waiting), tuple(damaged))

    def _sealed_question(self, job: str, row: WaitingRow) -> bytes:
        asked, place = row.question.asked, row.question.place
        values = [getattr(asked, name) for name in asked.__slots__]
        plain = json.dumps([row.number, row.label, place, _WAY_OF[type(asked)], values]).encode()
        return self._cipher.encrypt(plain, context=_context(job, f"{row.position}/question"))

    def _question(self, job: str, position: int, sealed: bytes) -> WaitingRow:
        plain = self._cipher.decrypt(sealed, context=_context(job, f"{position}/question"))
        number, label, place, way, values = json.loads(plain)
        return WaitingRow(position, number, label, RowQuestion(_ASKED[way](*values), place))

    def _sealed_answer(self, job: str, one: RowResult) -> bytes:
        packed = zlib.compress(one.answer)
        return self._cipher.encrypt(packed, context=_context(job, f"{one.position}/answer"))

    def _answer(self, job: str, position: int, sealed: bytes) -> bytes:
        packed = self._cipher.decrypt(sealed, context=_context(job, f"{position}/answer"))
        unpacking = zlib.decompressobj()
        answer = unpacking.decompress(packed, _LARGEST_ANSWER)
        if not unpacking.eof:
            raise IntegrityError("批量核验结果无法解读，已停止处理。")
        return answer

    def _asker(self, found: Row[Any]) -> JobAsker:
        if found.sealed_asker is None:
            raise IntegrityError("批量核验任务缺少提交人记录，已停止处理。")
        plain = self._cipher.decrypt(found.sealed_asker, context=_context(found.id, "asker"))
        return JobAsker(*json.loads(plain))


def _delete(connection: Connection, jobs: Sequence[str]) -> None:
    connection.execute(delete(verification_job_row).where(_ROW.job_id.in_(jobs)))
    connection.execute(delete(verification_job).where(_JOB.id.in_(jobs)))


def _columns_of(counts: JobCounts) -> dict[str, int]:
    return {"rows": counts.rows, **{word.value: getattr(counts, word.value) for word in RowOutcome}}


def _standing(found: Row[Any]) -> JobStanding:
    return JobStanding(
        id=found.id,
        made_at=read_instant(found.made_at),
        finished_at=None if found.finished_at is None else read_instant(found.finished_at),
        ends_at=read_instant(found.ends_at),
        counts=JobCounts(found.rows, *(found._mapping[word.value] for word in RowOutcome)),
    )


def _context(job: str, place: str) -> bytes:
    return f"verification-job/{job}/{place}".encode()
