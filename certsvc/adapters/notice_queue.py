"""ports.holder_notices.NoticeQueue in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.holder_notice_schema import notice_address, notice_message
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.adapters.notice_address_store import CODE, code_context, open_sealed
from certsvc.domain.caller import Caller
from certsvc.domain.holder_notice import DeliveryState, NoticeChannel, NoticeKind
from certsvc.domain.permission import Action
from certsvc.ports import PersonalCipher
from certsvc.ports.holder_notices import ClaimedNotice, NoticeFault

_WAITING = DeliveryState.WAITING.value


class DatabaseNoticeQueue:
    """On SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def claim(
        self, channel: NoticeChannel, now: datetime, wait: Callable[[int], int]
    ) -> ClaimedNotice | None:
        """The next message that is due. Two processes never claim the same one at the same time."""
        own = notice_message.c
        due = (
            select(notice_message)
            .where(
                own.channel == channel.value, own.state == _WAITING, own.next_attempt_at <= instant_text(now)
            )
            .order_by(own.next_attempt_at, own.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._engine.begin() as connection:
            row = connection.execute(due).one_or_none()
            if row is None:
                return None
            attempts = int(row.attempts) + 1
            next_at = instant_text(now + timedelta(seconds=wait(attempts)))
            put_off = update(notice_message).where(own.id == row.id)
            connection.execute(put_off.values(attempts=attempts, next_attempt_at=next_at))
            address = self._address(connection, row, now)
        sealed, code = row.sealed_code, None
        if sealed is not None:
            code = self._cipher.decrypt(sealed, context=code_context(row.message_key)).decode()
        kind = None if row.kind == CODE else NoticeKind(row.kind)
        return ClaimedNotice(row.id, row.message_key, channel, kind, address, code, attempts)

    def ended(self, message: int, state: DeliveryState, at: datetime, fault: str | None = None) -> None:
        """Note that nothing more is tried; a code is forgotten with it."""
        own = notice_message.c
        noted = {
            "state": state.value,
            "ended_at": instant_text(at),
            "sealed_code": None,
            "last_fault": fault,
        }
        with self._engine.begin() as connection:
            waiting = own.id == message, own.state == _WAITING
            connection.execute(update(notice_message).where(*waiting).values(noted))

    def failed(self, message: int, fault: str) -> None:
        """Note why an attempt failed."""
        own = notice_message.c
        with self._engine.begin() as connection:
            waiting = own.id == message, own.state == _WAITING
            connection.execute(update(notice_message).where(*waiting).values(last_fault=fault))

    def counted(self) -> dict[tuple[NoticeChannel, DeliveryState], int]:
        """How many messages are in each state."""
        keys = notice_message.c.channel, notice_message.c.state
        with self._engine.begin() as connection:
            rows = connection.execute(select(*keys, func.count()).group_by(*keys)).all()
        return {(NoticeChannel(one), DeliveryState(state)): count for one, state, count in rows}

    def faults(self) -> tuple[NoticeFault, ...]:
        """Why messages are tried again or were given up, way by way."""
        own = notice_message.c
        keys = own.channel, own.state, own.last_fault
        states = _WAITING, DeliveryState.DEAD.value
        failed = (
            select(*keys, func.count().label("failed"), func.min(own.next_attempt_at).label("next_at"))
            .where(own.state.in_(states), own.last_fault.is_not(None))
            .group_by(*keys)
            .order_by(*keys)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(failed).all()
        return tuple(
            NoticeFault(
                NoticeChannel(row.channel),
                row.last_fault,
                row.failed,
                read_instant(row.next_at) if row.state == _WAITING else None,
            )
            for row in rows
        )

    def revive(self, at: datetime, by: Caller) -> int:
        """Let every dead message be tried again, its attempts counted from the beginning; codes are over."""
        own = notice_message.c
        dead = update(notice_message).where(own.state == DeliveryState.DEAD.value, own.kind != CODE)
        again = {"state": _WAITING, "attempts": 0, "next_attempt_at": instant_text(at), "ended_at": None}
        with self._engine.begin() as connection:
            revived = int(connection.execute(dead.values(again)).rowcount)
            if revived:
                append_entry(connection, at, by, Action.PLATFORM_REVIVE, "notice-messages")
        return revived

    def forget_before(self, before: datetime, most: int) -> int:
        """Delete messages that ended before, at most so many; how many."""
        own = notice_message.c
        old = select(own.id).where(own.ended_at < instant_text(before)).order_by(own.ended_at).limit(most)
        with self._engine.begin() as connection:
            ids = list(connection.scalars(old))
            connection.execute(delete(notice_message).where(own.id.in_(ids)))
        return len(ids)

    def _address(self, connection: Connection, row: Row[Any], now: datetime) -> str | None:
        """Where it goes as things stand now; None when the holder took the address back, or the code is over."""
        own = notice_address.c
        given = connection.execute(
            select(notice_address).where(own.owner == row.owner, own.channel == row.channel)
        ).one_or_none()
        if given is None:
            return None
        channel, owner = NoticeChannel(row.channel), bytes(row.owner)
        if row.kind == CODE:
            over = row.sealed_code is None or row.ends_at <= instant_text(now)
            return None if over else open_sealed(self._cipher, owner, channel, given.sealed_waiting)
        if given.switched_on != 1:
            return None
        return open_sealed(self._cipher, owner, channel, given.sealed_address)
