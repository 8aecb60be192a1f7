"""The tables of who did and saw what: service clients, audit trail, log of looks at personal data."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from certsvc.adapters.schema import metadata

_POSITION = BigInteger().with_variant(Integer, "sqlite")

service_client = Table(
    "service_client",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("purposes", String(255), nullable=False),
    Column("registered_at", String(32), nullable=False),
)

spent_token = Table(
    "spent_token",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("ends_at", String(32), nullable=False),
)

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("region", String(6), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", String(128), nullable=False),
    Column("before_digest", String(64)),
    Column("after_digest", String(64)),
    Column("previous_hash", LargeBinary(32), nullable=False),
    Column("entry_hash", LargeBinary(32), nullable=False, unique=True),
    Index("ix_audit_entry_object", "object"),
    Index("ix_audit_entry_actor", "actor", "position"),
    Index("ix_audit_entry_action", "action", "position"),
    Index("ix_audit_entry_at", "at"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("entries", BigInteger, nullable=False),
    Column("entry_hash", LargeBinary(32), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

personal_look = Table(
    "personal_look",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("viewer", String(64), nullable=False),
    Column("object", String(20), nullable=False),
    Column("purpose", Text, nullable=False),
    CheckConstraint(
        "channel IN ('api', 'page', 'console', 'cli', 'service', 'portal')", name="channel_known"
    ),
    Index("ix_personal_look_object", "object"),
    Index("ix_personal_look_viewer", "viewer", "position"),
    Index("ix_personal_look_at", "at"),
)
