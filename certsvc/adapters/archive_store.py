"""ports.archive.ArchiveBook on SQLAlchemy Core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    null,
    or_,
    select,
    update,
)

from certsvc.adapters.archive_schema import archive_failure, archive_object
from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.schema import ARCHIVE_UNTRIED, certificate
from certsvc.domain.archive_object import (
    ArchiveFailure,
    ArchiveFault,
    ArchiveLevel,
    ArchiveObject,
    ArchiveStatus,
    ArchiveTask,
)
from certsvc.errors import IntegrityError

_FIRST_PAUSE: Final = timedelta(hours=1)
_LONGEST_PAUSE: Final = timedelta(days=7)
_IS_NEWEST = and_(
    archive_object.c.certificate_number == certificate.c.number,
    archive_object.c.certificate_version == certificate.c.version,
    archive_object.c.newest == 1,
)
_NEVER_FAILED = ~exists().where(
    archive_failure.c.certificate_number == archive_object.c.certificate_number,
    archive_failure.c.certificate_version == archive_object.c.certificate_version,
)
_OF_FAILURE = and_(
    archive_failure.c.certificate_number == certificate.c.number,
    archive_failure.c.certificate_version == certificate.c.version,
)
_PUBLISHED = and_(certificate.c.state == "published", certificate.c.document_sha256.is_not(None))
_SERVED = (certificate.c.number, certificate.c.version, certificate.c.document_sha256)
_KEPT = (
    select(*_SERVED, archive_object)
    .select_from(archive_object.join(certificate, _IS_NEWEST))
    .where(_PUBLISHED)
)
_FAILED = (
    select(*_SERVED, archive_object)
    .select_from(archive_failure.join(certificate, _OF_FAILURE).outerjoin(archive_object, _IS_NEWEST))
    .where(_PUBLISHED)
)


class DatabaseArchiveBook:
    """What was kept stands in rows that are never changed but for the mark of the newest. What is to be done is found by
    indexes, and by connections that hold up nobody who writes."""

    def __init__(self, engine: Engine, reading: Engine) -> None:
        """`reading`: connections that cannot write."""
        self._engine, self.reading = engine, reading

    def tasks(self, level: ArchiveLevel, at: datetime, most: int) -> Sequence[ArchiveTask]:
        """What is to be done now, at most so many."""
        columns, now = archive_object.c, instant_text(at)
        unfailed = _KEPT.where(_NEVER_FAILED).order_by(columns.renew_at)
        due = [unfailed.where(columns.level == one.value, columns.renew_at <= now) for one in ArchiveLevel]
        untried = select(*_SERVED, *(null().label(one.name) for one in columns)).where(ARCHIVE_UNTRIED)
        below = [unfailed.where(columns.level == one.value) for one in ArchiveLevel if one.rank < level.rank]
        again = _FAILED.where(archive_failure.c.next_try_at <= now, _is_to_do(level, now)).order_by(
            archive_failure.c.next_try_at,
            archive_failure.c.certificate_number,
            archive_failure.c.certificate_version,
        )
        found: dict[tuple[str, int], ArchiveTask] = {}
        with self.reading.begin() as connection:
            for wanted in (*due, untried.order_by(*_SERVED[:2]), *below, again):
                if len(found) < most:
                    rows = connection.execute(wanted.limit(most))
                    found |= {(one.number, one.version): one for one in map(_task, rows)}
        return tuple(found.values())[:most]

    def task(self, number: str, version: int) -> ArchiveTask | None:
        """One published certificate version."""
        wanted = (
            select(*_SERVED, archive_object)
            .select_from(certificate.outerjoin(archive_object, _IS_NEWEST))
            .where(_PUBLISHED, certificate.c.number == number, certificate.c.version == version)
        )
        with self.reading.begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else _task(row)

    def note(self, kept: ArchiveObject) -> None:
        """Enter a kept object; see the port."""
        columns = archive_object.c
        own = and_(columns.certificate_number == kept.number, columns.certificate_version == kept.version)
        with self._engine.begin() as connection:
            if not insert_unless_known(connection, archive_object, _row(kept)):
                stands = select(columns.sha256).where(own, columns.generation == kept.generation)
                if connection.scalar(stands) != kept.sha256:
                    raise IntegrityError(
                        f"证书 {kept.number} 第 {kept.version} 版的归档文件已有不同的登记，已停止处理。"
                    )
            older = and_(own, columns.generation < kept.generation, columns.newest == 1)
            connection.execute(update(archive_object).where(older).values(newest=0))
            _forget(connection, kept.number, kept.version)
            _note_try(connection, kept.number, kept.version, kept.made_at)

    def note_failure(self, number: str, version: int, fault: ArchiveFault, at: datetime) -> ArchiveFailure:
        """Enter a failure, with when it is tried again."""
        own = and_(
            archive_failure.c.certificate_number == number, archive_failure.c.certificate_version == version
        )
        with self._engine.begin() as connection:
            before = connection.scalar(select(archive_failure.c.attempts).where(own).with_for_update()) or 0
            pause = min(_FIRST_PAUSE * 2 ** min(before, 10), _LONGEST_PAUSE)
            failed = ArchiveFailure(number, version, fault, at, before + 1, at + pause)
            _forget(connection, number, version)
            connection.execute(
                insert(archive_failure).values(
                    certificate_number=number,
                    certificate_version=version,
                    fault=fault.value,
                    failed_at=instant_text(at),
                    attempts=failed.attempts,
                    next_try_at=instant_text(failed.next_try_at),
                )
            )
            _note_try(connection, number, version, at)
        return failed

    def objects(self, number: str | None = None) -> Iterator[ArchiveObject]:
        """The kept objects, by number, version and generation; read in pages, so that a check of days holds nothing up."""
        after: tuple[str, int, int] = ("", 0, 0)
        while page := self._page(number, after):
            yield from page
            after = (page[-1].number, page[-1].version, page[-1].generation)

    def failures(self) -> Sequence[ArchiveFailure]:
        """What was passed over, by number."""
        ordered = select(archive_failure).order_by(
            archive_failure.c.certificate_number, archive_failure.c.certificate_version
        )
        with self.reading.begin() as connection:
            return tuple(map(_failure, connection.execute(ordered)))

    def status(self, level: ArchiveLevel, at: datetime) -> ArchiveStatus:
        """Where the archive stands."""
        columns = archive_object.c
        newest = select(columns.level, func.count()).where(columns.newest == 1).group_by(columns.level)
        due = newest.where(columns.renew_at <= instant_text(at))
        bare = ~exists().where(
            columns.certificate_number == archive_failure.c.certificate_number,
            columns.certificate_version == archive_failure.c.certificate_version,
        )
        next_renewals = select(func.min(columns.renew_at)).where(columns.newest == 1)
        failed = select(func.count()).select_from(archive_failure)
        with self.reading.begin() as connection:
            found = {ArchiveLevel(name): count for name, count in connection.execute(newest)}
            is_due = {ArchiveLevel(name): count for name, count in connection.execute(due)}
            untried = _count(connection, select(func.count()).select_from(certificate).where(ARCHIVE_UNTRIED))
            nothing_kept = untried + _count(connection, failed.where(bare))
            next_renewal = min(
                filter(
                    None,
                    (connection.scalar(next_renewals.where(columns.level == one)) for one in ArchiveLevel),
                ),
                default=None,
            )
            return ArchiveStatus(
                total=nothing_kept + sum(found.values()),
                levels={one: found.get(one, 0) for one in ArchiveLevel},
                waiting=nothing_kept
                + sum((found if one.rank < level.rank else is_due).get(one, 0) for one in ArchiveLevel),
                failed=_count(connection, failed),
                renewals_due=sum(is_due.values()),
                next_renewal_at=None if next_renewal is None else read_instant(next_renewal),
            )

    def _page(self, number: str | None, after: tuple[str, int, int]) -> Sequence[ArchiveObject]:
        columns = archive_object.c
        keys = (columns.certificate_number, columns.certificate_version, columns.generation)
        later = or_(
            keys[0] > after[0],
            and_(keys[0] == after[0], keys[1] > after[1]),
            and_(keys[0] == after[0], keys[1] == after[1], keys[2] > after[2]),
        )
        wanted = select(archive_object).where(later).order_by(*keys).limit(500)
        if number is not None:
            wanted = wanted.where(columns.certificate_number == number)
        with self.reading.begin() as connection:
            return tuple(map(_object, connection.execute(wanted)))


def _is_to_do(level: ArchiveLevel, now: str) -> ColumnElement[bool]:
    below = [one.value for one in ArchiveLevel if one.rank < level.rank]
    columns = archive_object.c
    return or_(columns.level.is_(None), columns.level.in_(below), columns.renew_at <= now)


def _note_try(connection: Connection, number: str, version: int, at: datetime) -> None:
    own = and_(certificate.c.number == number, certificate.c.version == version)
    first = update(certificate).where(own, certificate.c.archive_tried_at.is_(None))
    connection.execute(first.values(archive_tried_at=instant_text(at)))


def _forget(connection: Connection, number: str, version: int) -> None:
    connection.execute(
        delete(archive_failure).where(
            archive_failure.c.certificate_number == number, archive_failure.c.certificate_version == version
        )
    )


def _count(connection: Connection, statement: Select[int]) -> int:
    return connection.scalar(statement) or 0


def _task(row: Row[Any]) -> ArchiveTask:
    newest = None if row.level is None else _object(row)
    return ArchiveTask(row.number, row.version, row.document_sha256, newest)


def _object(row: Row[Any]) -> ArchiveObject:
    return ArchiveObject(
        number=row.certificate_number,
        version=row.certificate_version,
        generation=row.generation,
        level=ArchiveLevel(row.level),
        made_at=read_instant(row.made_at),
        sha256=row.sha256,
        hash_algorithm=row.hash_algorithm,
        timestamped_at=read_instant(row.timestamped_at),
        renew_at=read_instant(row.renew_at),
    )


def _row(kept: ArchiveObject) -> dict[str, object]:
    return {
        "certificate_number": kept.number,
        "certificate_version": kept.version,
        "generation": kept.generation,
        "newest": 1,
        "level": kept.level.value,
        "made_at": instant_text(kept.made_at),
        "sha256": kept.sha256,
        "hash_algorithm": kept.hash_algorithm,
        "timestamped_at": instant_text(kept.timestamped_at),
        "renew_at": instant_text(kept.renew_at),
    }


def _failure(row: Row[Any]) -> ArchiveFailure:
    return ArchiveFailure(
        number=row.certificate_number,
        version=row.certificate_version,
        fault=ArchiveFault(row.fault),
        failed_at=read_instant(row.failed_at),
        attempts=row.attempts,
        next_try_at=read_instant(row.next_try_at),
    )
