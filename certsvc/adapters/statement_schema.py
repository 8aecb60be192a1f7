"""The table of statements 历史数据说明: one row for each version of a historical record of which one was asked for."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata

historical_statement = Table(
    "historical_statement",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("stated_at", String(32), nullable=False),
    Column("sealed_record", LargeBinary),
    Column("code_key", LargeBinary(32), unique=True),
    Column("document_sha256", String(64)),
    ForeignKeyConstraint(["reference", "version"], ["history_record.reference", "history_record.version"]),
)
