"""ports.idempotency.IdempotentRequests in the database: answers sealed, everything else as keyed digests, gone after a day."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, update

from certsvc.adapters.database import insert_unless_known
from certsvc.adapters.idempotency_schema import idempotent_request as table
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.ports import Clock, PersonalCipher
from certsvc.ports.idempotency import Begun, IdempotentRequest, KeptAnswer, OtherContent, StillRunning

KEPT_FOR: Final = timedelta(hours=24)
BROKEN_OFF_AFTER: Final = timedelta(minutes=2)
"""Twice as long as any answer may take; then whoever was answering is believed to be gone."""
_FORGET_AT_ONCE: Final = 500


class DatabaseIdempotentRequests:
    """The requests of the last day on SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher, clock: Clock) -> None:
        self._engine = engine
        self._cipher = cipher
        self._clock = clock

    def begin(
        self, request: IdempotentRequest, at: datetime
    ) -> Begun | KeptAnswer | StillRunning | OtherContent:
        """Write down that a request is being answered, or tell what is known of it."""
        turn = os.urandom(16)
        with self._engine.begin() as connection:
            fresh = self._row(request, turn, at)
            if insert_unless_known(connection, table, fresh):
                return Begun(turn)
            found = connection.execute(select(table).where(self._of(request)).with_for_update()).one_or_none()
            if found is None:  # forgotten between the two: as if it were running for a moment more
                return StillRunning(1)
            if read_instant(found.ends_at) <= at:
                connection.execute(update(table).where(self._of(request)).values(**fresh, sealed_answer=None))
                return Begun(turn)
            if bytes(found.content_key) != fresh["content_key"]:
                return OtherContent()
            if found.sealed_answer is not None:
                opened = self._cipher.decrypt(bytes(found.sealed_answer), context=_context(fresh))
                return _decode(opened)
            running_until = read_instant(found.running_until)
            if running_until > at:
                return StillRunning(int((running_until - at).total_seconds()))
            connection.execute(
                update(table).where(self._of(request)).values(turn=turn, running_until=fresh["running_until"])
            )
            return Begun(turn)

    def keep(self, request: IdempotentRequest, turn: bytes, answer: KeptAnswer) -> None:
        """Keep the answer, unless another one has taken the turn over."""
        context = _context({"request_key": self._request_key(request)})
        sealed = self._cipher.encrypt(_encode(answer), context=context)
        with self._engine.begin() as connection:
            connection.execute(
                update(table)
                .where(self._of(request), table.c.turn == turn, table.c.sealed_answer.is_(None))
                .values(sealed_answer=sealed)
            )

    def give_up(self, request: IdempotentRequest, turn: bytes) -> None:
        """Forget a request that was not answered."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(table).where(self._of(request), table.c.turn == turn, table.c.sealed_answer.is_(None))
            )

    def work(self, stopping: Callable[[], bool]) -> None:
        """Forget what is older than a day, some at a time, until nothing is left or `stopping`."""
        now = instant_text(self._clock.now())
        while not stopping():
            with self._engine.begin() as connection:
                if not _forget_some(connection, now):
                    return

    def _row(self, request: IdempotentRequest, turn: bytes, at: datetime) -> dict[str, object]:
        return {
            "request_key": self._request_key(request),
            "content_key": self._cipher.person_key(f"idempotency-content\n{request.content_digest.hex()}"),
            "turn": turn,
            "running_until": instant_text(at + BROKEN_OFF_AFTER),
            "ends_at": instant_text(at + KEPT_FOR),
        }

    def _of(self, request: IdempotentRequest) -> ColumnElement[bool]:
        return table.c.request_key == self._request_key(request)

    def _request_key(self, request: IdempotentRequest) -> bytes:
        """A line feed stands in none of the parts, so that no two requests have one digest."""
        return self._cipher.person_key(f"idempotency\n{request.asker}\n{request.route}\n{request.key}")


def _forget_some(connection: Connection, now: str) -> int:
    old = select(table.c.request_key).where(table.c.ends_at <= now).limit(_FORGET_AT_ONCE)
    keys = connection.scalars(old).all()
    if keys:
        connection.execute(delete(table).where(table.c.request_key.in_(keys), table.c.ends_at <= now))
    return len(keys)


def _context(row: dict[str, object]) -> bytes:
    key = row["request_key"]
    assert isinstance(key, bytes)
    return b"idempotent_request/answer/" + key


def _encode(answer: KeptAnswer) -> bytes:
    body = b64encode(answer.body).decode()
    return json.dumps({"status": answer.status, "headers": answer.headers, "body": body}).encode()


def _decode(raw: bytes) -> KeptAnswer:
    kept = json.loads(raw)
    headers = tuple((name, value) for name, value in kept["headers"])
    return KeptAnswer(kept["status"], headers, b64decode(kept["body"]))
