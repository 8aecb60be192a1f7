"""The tables of sessions. Tokens stand in them as digests, who a holder is sealed (docs/privacy.md)."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table
from sqlalchemy.sql.schema import SchemaItem

from certsvc.adapters.schema import metadata


def _columns() -> tuple[SchemaItem, ...]:
    return (
        Column("id", LargeBinary(16), primary_key=True),
        Column("owner", String(64), nullable=False),
        Column("token_digest", LargeBinary(32), nullable=False, unique=True),
        Column("next_digest", LargeBinary(32), unique=True),
        Column("next_salt", LargeBinary(32)),
        Column("previous_digest", LargeBinary(32)),
        Column("previous_until", String(32)),
        Column("started_at", String(32), nullable=False),
        Column("ends_at", String(32), nullable=False),
        Column("last_seen_at", String(32), nullable=False),
        Column("rotated_at", String(32), nullable=False),
        Column("assurance", String(255), nullable=False),
        Column("browser", String(64), nullable=False),
        Column("provider_session", LargeBinary(32)),
        Column("provider_subject", LargeBinary(32)),
    )


official_session = Table(
    "web_session",
    metadata,
    *_columns(),
    Column("acting_for", String(64)),
    Index("ix_web_session_owner", "owner"),
    Index("ix_web_session_previous_digest", "previous_digest"),
)

holder_session = Table(
    "holder_session",
    metadata,
    *_columns(),
    Column("sealed_identity", LargeBinary, nullable=False),
    Index("ix_holder_session_owner", "owner"),
    Index("ix_holder_session_previous_digest", "previous_digest"),
)

seen_browser = Table(
    "seen_browser",
    metadata,
    Column("owner", LargeBinary(32), primary_key=True),
    Column("browser_key", LargeBinary(32), primary_key=True),
    Column("seen_on", String(10), nullable=False),
    Index("ix_seen_browser_seen_on", "seen_on"),
)
