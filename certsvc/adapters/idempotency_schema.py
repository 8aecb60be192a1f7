"""The table of requests with an idempotency key: keyed digests of who asked what, and the sealed answer, for a day."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table

from certsvc.adapters.schema import metadata

idempotent_request = Table(
    "idempotent_request",
    metadata,
    Column("request_key", LargeBinary(32), primary_key=True),
    Column("content_key", LargeBinary(32), nullable=False),
    Column("turn", LargeBinary(16), nullable=False),
    Column("running_until", String(32), nullable=False),
    Column("ends_at", String(32), nullable=False),
    Column("sealed_answer", LargeBinary),
    Index("ix_idempotent_request_ends_at", "ends_at"),
)
