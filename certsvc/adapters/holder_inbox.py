"""ports.holder_notices.HolderInbox in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, func, select, update

from certsvc.adapters.holder_notice_schema import holder_notice
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.person_links import keys_of_persons
from certsvc.domain.holder_notice import HolderNotice, NoticeKind


class DatabaseHolderInbox:
    """On SQLAlchemy Core."""

    def __init__(self, engine: Engine, reading: Engine | None = None) -> None:
        """`reading`: an engine of `open_for_reading`, so that pages wait for no writer."""
        self._engine = engine
        self._reading = reading or engine

    def owners(self, owner: bytes) -> tuple[bytes, ...]:
        """The digest itself, and those of documents that are registered as the same person's."""
        with self._reading.begin() as connection:
            return tuple(keys_of_persons(connection, [owner]))

    def counted(self, owners: Sequence[bytes]) -> tuple[int, int]:
        """How many entries, and how many of them are unread."""
        own = holder_notice.c
        counts = select(func.count(), func.count() - func.count(own.read_at)).where(own.owner.in_(owners))
        with self._reading.begin() as connection:
            total, unread = connection.execute(counts).one()
        return int(total), int(unread)

    def page(self, owners: Sequence[bytes], offset: int, most: int) -> tuple[HolderNotice, ...]:
        """Entries, the unread first, each newest first."""
        own = holder_notice.c
        wanted = select(holder_notice).where(own.owner.in_(owners))
        ordered = wanted.order_by(own.read_at.is_not(None), own.id.desc()).offset(offset).limit(most)
        with self._reading.begin() as connection:
            return tuple(_notice(row) for row in connection.execute(ordered))

    def mark_read(self, owners: Sequence[bytes], notice: int | None, at: datetime) -> int:
        """Note that one entry (None: every one) was read; how many were unread."""
        own = holder_notice.c
        unread = update(holder_notice).where(own.owner.in_(owners), own.read_at.is_(None))
        if notice is not None:
            unread = unread.where(own.id == notice)
        with self._engine.begin() as connection:
            return int(connection.execute(unread.values(read_at=instant_text(at))).rowcount)

    def forget_before(self, before: datetime, most: int) -> int:
        """Delete entries noted before, at most so many; how many."""
        own = holder_notice.c
        old = select(own.id).where(own.noted_at < instant_text(before)).order_by(own.noted_at).limit(most)
        with self._engine.begin() as connection:
            ids = list(connection.scalars(old))
            connection.execute(delete(holder_notice).where(own.id.in_(ids)))
        return len(ids)


def _notice(row: Row[Any]) -> HolderNotice:
    read_at = None if row.read_at is None else read_instant(row.read_at)
    return HolderNotice(row.id, NoticeKind(row.kind), row.subject, read_instant(row.noted_at), read_at)
