"""The table of what the background work passed over."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from certsvc.adapters.schema import metadata as metadata

background_fault = Table(
    "background_fault",
    metadata,
    Column("work", String(32), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("fault", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("since_at", String(32), nullable=False),
    Column("failed_at", String(32), nullable=False),
)
