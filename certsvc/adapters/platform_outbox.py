"""Messages to the national platforms in the database: queued in the transaction of what they tell, sealed at rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from certsvc.adapters.audit_store import append_entry
from certsvc.adapters.credit_schema import platform_message
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.caller import OPERATOR, Caller
from certsvc.domain.permission import Action
from certsvc.domain.platform_message import (
    MessageKind,
    MessageReport,
    MessageState,
    Platform,
    PlatformMessage,
)
from certsvc.errors import ConflictError, UnknownReference
from certsvc.formats.platform_message import encode_message
from certsvc.ports import PersonalCipher
from certsvc.ports.platforms import ClaimedMessage


def queue_messages(
    connection: Connection, cipher: PersonalCipher, messages: Sequence[PlatformMessage], at: datetime
) -> None:
    """Queue messages in the caller's transaction, many in one statement; delivered later, in this order per subject."""
    if not messages:
        return
    stored_at = instant_text(at)
    rows = [
        {
            "platform": one.platform,
            "kind": one.kind,
            "subject": one.subject,
            "idempotency_key": one.key,
            "sealed_body": cipher.encrypt(encode_message(one, at), context=_context(one.key)),
            "state": MessageState.WAITING,
            "attempts": 0,
            "queued_at": stored_at,
            "next_attempt_at": stored_at,
        }
        for one in messages
    ]
    connection.execute(insert(platform_message), rows)


def is_queued(connection: Connection, key: str) -> bool:
    """Whether a message of that idempotency key was ever queued."""
    found = select(platform_message.c.id).where(platform_message.c.idempotency_key == key)
    return connection.execute(found).first() is not None


class DatabaseMessageQueue:
    """ports.platforms.MessageQueue on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher) -> None:
        self._engine = engine
        self._cipher = cipher

    def claim(self, platform: Platform, now: datetime, wait: Callable[[int], int]) -> ClaimedMessage | None:
        """The next message that is due. Two processes never claim the same one at the same time."""
        mine, older = platform_message, platform_message.alias()
        overtaken = select(older.c.id).where(
            older.c.platform == mine.c.platform,
            older.c.subject == mine.c.subject,
            older.c.id < mine.c.id,
            older.c.state != MessageState.DELIVERED,
        )
        due = (
            select(mine)
            .where(
                mine.c.platform == platform,
                mine.c.state == MessageState.WAITING,
                mine.c.next_attempt_at <= instant_text(now),
                ~overtaken.exists(),
            )
            .order_by(mine.c.next_attempt_at, mine.c.id)
            .limit(1)
            .with_for_update(of=mine, skip_locked=True)
        )
        with self._engine.begin() as connection:
            row = connection.execute(due).one_or_none()
            if row is None:
                return None
            attempts = int(row.attempts) + 1
            next_at = instant_text(now + timedelta(seconds=wait(attempts)))
            connection.execute(
                update(mine).where(mine.c.id == row.id).values(attempts=attempts, next_attempt_at=next_at)
            )
        body = self._cipher.decrypt(row.sealed_body, context=_context(row.idempotency_key))
        return ClaimedMessage(row.id, Platform(row.platform), row.idempotency_key, body, attempts)

    def delivered(self, message: int, receipt: str, at: datetime) -> None:
        """Note the receipt."""
        noted = {
            "state": MessageState.DELIVERED,
            "receipt": receipt,
            "delivered_at": instant_text(at),
            "last_fault": None,
        }
        with self._engine.begin() as connection:
            connection.execute(
                update(platform_message)
                .where(platform_message.c.id == message, platform_message.c.state != MessageState.DELIVERED)
                .values(noted)
            )

    def failed(self, message: int, fault: str, *, dead: bool) -> None:
        """Note why an attempt failed."""
        noted = {"last_fault": fault} | ({"state": MessageState.DEAD} if dead else {})
        with self._engine.begin() as connection:
            connection.execute(
                update(platform_message)
                .where(platform_message.c.id == message, platform_message.c.state == MessageState.WAITING)
                .values(noted)
            )

    def listed(
        self, platform: Platform | None, state: MessageState | None, most: int
    ) -> tuple[MessageReport, ...]:
        """Messages, oldest first."""
        found = select(platform_message).order_by(platform_message.c.id).limit(most)
        if platform is not None:
            found = found.where(platform_message.c.platform == platform)
        if state is not None:
            found = found.where(platform_message.c.state == state)
        with self._engine.begin() as connection:
            return tuple(_report(row) for row in connection.execute(found))

    def counted(self) -> dict[tuple[Platform, MessageState], int]:
        """How many messages are in each state."""
        keys = platform_message.c.platform, platform_message.c.state
        with self._engine.begin() as connection:
            rows = connection.execute(select(*keys, func.count()).group_by(*keys))
            return {(Platform(one), MessageState(state)): count for one, state, count in rows.all()}

    def revive(self, message: int, at: datetime, by: Caller = OPERATOR) -> MessageReport:
        """Let a dead message be tried again; its attempts are counted from the beginning."""
        this = platform_message.c.id == message
        with self._engine.begin() as connection:
            row = connection.execute(select(platform_message).where(this).with_for_update()).one_or_none()
            if row is None:
                raise UnknownReference(f"没有编号为 {message} 的报送消息。请核对编号。")
            if row.state != MessageState.DEAD:
                raise ConflictError("该消息没有停止报送，无需重新报送。")
            again = {"state": MessageState.WAITING, "attempts": 0, "next_attempt_at": instant_text(at)}
            connection.execute(update(platform_message).where(this).values(again))
            action = Action.PLATFORM_DELIVER if by == OPERATOR else Action.PLATFORM_REVIVE
            append_entry(connection, at, by, action, f"platform-message/{message}")
            return _report(connection.execute(select(platform_message).where(this)).one())


def _report(row: Row[Any]) -> MessageReport:
    return MessageReport(
        id=row.id,
        platform=Platform(row.platform),
        kind=MessageKind(row.kind),
        subject=row.subject,
        key=row.idempotency_key,
        state=MessageState(row.state),
        attempts=row.attempts,
        queued_at=read_instant(row.queued_at),
        next_attempt_at=read_instant(row.next_attempt_at),
        last_fault=row.last_fault,
        receipt=row.receipt,
    )


def _context(key: str) -> bytes:
    return f"platform-message/{key}".encode()
