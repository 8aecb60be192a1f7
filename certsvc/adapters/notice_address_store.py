"""ports.holder_notices.NoticeAddresses in the database: addresses and codes are sealed, bound to holder and way."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from certsvc.adapters.database import hold_table
from certsvc.adapters.holder_notice_schema import notice_address, notice_message
from certsvc.adapters.instants import instant_text, read_instant
from certsvc.domain.holder_notice import DeliveryState, NoticeChannel
from certsvc.domain.notice_address import (
    MOST_CODES_A_DAY,
    MOST_CODES_AN_HOUR,
    MOST_TRIES,
    NoticeAddress,
    masked,
)
from certsvc.ports import PersonalCipher
from certsvc.ports.holder_notices import WaitingCode

CODE = "code"
"""The kind of a message that carries a code."""


class DatabaseNoticeAddresses:
    """On SQLAlchemy Core."""

    def __init__(self, engine: Engine, cipher: PersonalCipher, reading: Engine | None = None) -> None:
        """`reading`: an engine of `open_for_reading`, so that pages wait for no writer."""
        self._engine = engine
        self._reading = reading or engine
        self._cipher = cipher

    def of_owner(self, owner: bytes) -> tuple[NoticeAddress, ...]:
        """What the holder gave, at most one a way."""
        own = notice_address.c
        wanted = select(notice_address).where(own.owner == owner).order_by(own.channel)
        with self._reading.begin() as connection:
            return tuple(self._address(row) for row in connection.execute(wanted))

    def open_address(self, owner: bytes, channel: NoticeChannel, *, waiting: bool) -> str | None:
        """The address itself: the confirmed one, or that which waits for its code."""
        with self._reading.begin() as connection:
            row = connection.execute(select(notice_address).where(_this(owner, channel))).one_or_none()
        if row is None:
            return None
        sealed = row.sealed_waiting if waiting else row.sealed_address
        return open_sealed(self._cipher, owner, channel, sealed)

    def ask_code(
        self, owner: bytes, channel: NoticeChannel, address: str, waiting: WaitingCode, at: datetime
    ) -> bool:
        """Keep an address that waits for its code and queue the code; False when too many were asked for."""
        address_key = self._cipher.person_key(f"notice-address/{channel}/{address}")
        with self._engine.begin() as connection:
            hold_table(connection, notice_address)
            if _asked_too_often(connection, owner, channel, address_key, at):
                return False
            _drop_codes(connection, owner, channel, at)
            kept = {
                "sealed_waiting": self._cipher.encrypt(address.encode(), context=_context(owner, channel)),
                "code_digest": waiting.digest,
                "code_ends_at": instant_text(waiting.ends_at),
                "tries_left": MOST_TRIES,
            }
            changed = connection.execute(update(notice_address).where(_this(owner, channel)).values(kept))
            if changed.rowcount == 0:
                row = {"owner": owner, "channel": channel.value, "switched_on": 0, **kept}
                connection.execute(insert(notice_address).values(row))
            connection.execute(
                insert(notice_message).values(
                    message_key=waiting.key,
                    owner=owner,
                    channel=channel.value,
                    kind=CODE,
                    address_key=address_key,
                    sealed_code=self._cipher.encrypt(
                        waiting.code.encode(), context=code_context(waiting.key)
                    ),
                    state=DeliveryState.WAITING.value,
                    attempts=0,
                    queued_at=instant_text(at),
                    next_attempt_at=instant_text(at),
                    ends_at=instant_text(waiting.ends_at),
                )
            )
        return True

    def confirm(self, owner: bytes, channel: NoticeChannel, digest: bytes, at: datetime) -> bool:
        """Take the waiting address into use when the digest is that of its code; a wrong one is counted."""
        this = _this(owner, channel)
        with self._engine.begin() as connection:
            row = connection.execute(select(notice_address).where(this).with_for_update()).one_or_none()
            if row is None or row.code_digest is None or row.tries_left == 0:
                return False
            if read_instant(row.code_ends_at) <= at:
                return False
            if not hmac.compare_digest(bytes(row.code_digest), digest):
                connection.execute(update(notice_address).where(this).values(tries_left=row.tries_left - 1))
                return False
            confirmed = {
                "sealed_address": row.sealed_waiting,
                "confirmed_at": instant_text(at),
                "switched_on": 1,
                **_NOTHING_WAITS,
            }
            connection.execute(update(notice_address).where(this).values(confirmed))
            _drop_codes(connection, owner, channel, at)
        return True

    def switch(self, owner: bytes, channel: NoticeChannel, *, on: bool) -> None:
        """Switch a confirmed address on or off."""
        confirmed = notice_address.c.sealed_address.is_not(None)
        with self._engine.begin() as connection:
            changed = update(notice_address).where(_this(owner, channel), confirmed)
            connection.execute(changed.values(switched_on=int(on)))

    def remove(self, owner: bytes, channel: NoticeChannel) -> None:
        """Forget an address and what waits for it; what is under way finds no address any more."""
        with self._engine.begin() as connection:
            connection.execute(delete(notice_address).where(_this(owner, channel)))

    def _address(self, row: Row[Any]) -> NoticeAddress:
        channel, owner = NoticeChannel(row.channel), bytes(row.owner)
        shown, waiting = (
            None if plain is None else masked(channel, plain)
            for plain in (
                open_sealed(self._cipher, owner, channel, row.sealed_address),
                open_sealed(self._cipher, owner, channel, row.sealed_waiting),
            )
        )
        return NoticeAddress(channel, shown, row.switched_on == 1, waiting, row.tries_left)


_NOTHING_WAITS: dict[str, object] = {
    "sealed_waiting": None,
    "code_digest": None,
    "code_ends_at": None,
    "tries_left": 0,
}


def open_sealed(
    cipher: PersonalCipher, owner: bytes, channel: NoticeChannel, sealed: bytes | None
) -> str | None:
    """The address in a sealed column; None where there is none."""
    return None if sealed is None else cipher.decrypt(sealed, context=_context(owner, channel)).decode()


def code_context(key: str) -> bytes:
    """What binds a sealed code to its message."""
    return f"notice-message/{key}/code".encode()


def _context(owner: bytes, channel: NoticeChannel) -> bytes:
    return f"notice-address/{owner.hex()}/{channel}".encode()


def _this(owner: bytes, channel: NoticeChannel) -> ColumnElement[bool]:
    return (notice_address.c.owner == owner) & (notice_address.c.channel == channel.value)


def _asked_too_often(
    connection: Connection, owner: bytes, channel: NoticeChannel, address_key: bytes, at: datetime
) -> bool:
    own = notice_message.c
    of_holder = (own.owner == owner) & (own.channel == channel.value)

    def codes(whose: ColumnElement[bool], since: timedelta) -> int:
        counted = select(func.count()).select_from(notice_message)
        found = counted.where(own.kind == CODE, whose, own.queued_at > instant_text(at - since))
        return int(connection.scalar(found) or 0)

    hour, day = timedelta(hours=1), timedelta(days=1)
    return (
        codes(of_holder, hour) >= MOST_CODES_AN_HOUR
        or codes(of_holder, day) >= MOST_CODES_A_DAY
        or codes(own.address_key == address_key, day) >= MOST_CODES_A_DAY
    )


def _drop_codes(connection: Connection, owner: bytes, channel: NoticeChannel, at: datetime) -> None:
    own = notice_message.c
    dropped = {"state": DeliveryState.DROPPED.value, "ended_at": instant_text(at), "sealed_code": None}
    waiting = own.kind == CODE, own.owner == owner, own.channel == channel.value, own.state == "waiting"
    connection.execute(update(notice_message).where(*waiting).values(dropped))
