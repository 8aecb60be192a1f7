"""The tables of notices on change: holders' inboxes, the addresses they gave, and messages that wait to leave."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from certsvc.adapters.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")

holder_notice = Table(
    "holder_notice",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("change_key", String(96), nullable=False, unique=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("noted_at", String(32), nullable=False),
    Column("read_at", String(32)),
    Index("ix_holder_notice_owner", "owner", "id"),
    Index("ix_holder_notice_noted_at", "noted_at"),
)

notice_address = Table(
    "notice_address",
    metadata,
    Column("owner", LargeBinary(32), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("sealed_address", LargeBinary),
    Column("confirmed_at", String(32)),
    Column("switched_on", Integer, nullable=False),
    Column("sealed_waiting", LargeBinary),
    Column("code_digest", LargeBinary(32)),
    Column("code_ends_at", String(32)),
    Column("tries_left", Integer, nullable=False),
    CheckConstraint("channel IN ('email', 'sms')", name="channel_known"),
    CheckConstraint("switched_on IN (0, 1)", name="switched_on_known"),
    CheckConstraint("tries_left >= 0", name="tries_left_counted"),
    CheckConstraint("(sealed_address IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
    CheckConstraint("switched_on = 0 OR sealed_address IS NOT NULL", name="switched_on_with_address"),
    CheckConstraint("(sealed_waiting IS NULL) = (code_digest IS NULL)", name="waiting_for_code"),
    CheckConstraint("(code_digest IS NULL) = (code_ends_at IS NULL)", name="code_with_end"),
)

notice_message = Table(
    "notice_message",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("message_key", String(112), nullable=False, unique=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("address_key", LargeBinary(32)),
    Column("sealed_code", LargeBinary),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", String(32), nullable=False),
    Column("next_attempt_at", String(32), nullable=False),
    Column("ends_at", String(32)),
    Column("ended_at", String(32)),
    Column("last_fault", String(64)),
    CheckConstraint("channel IN ('email', 'sms')", name="channel_known"),
    CheckConstraint("state IN ('waiting', 'delivered', 'dead', 'dropped')", name="state_known"),
    CheckConstraint("(kind = 'code') = (address_key IS NOT NULL)", name="code_names_its_address"),
    CheckConstraint("state = 'waiting' OR sealed_code IS NULL", name="code_forgotten_when_ended"),
    CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_with_time"),
    Index("ix_notice_message_owner", "owner", "channel"),
    Index("ix_notice_message_state", "channel", "state"),
    Index("ix_notice_message_ended_at", "ended_at"),
)
Index(
    "ix_notice_message_waiting",
    notice_message.c.channel,
    notice_message.c.next_attempt_at,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
Index(
    "ix_notice_message_address_key",
    notice_message.c.address_key,
    sqlite_where=text("address_key IS NOT NULL"),
    postgresql_where=text("address_key IS NOT NULL"),
)
