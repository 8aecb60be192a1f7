"""The tables of archive objects: every kept file, and the certificate versions that were passed over."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
)

from certsvc.adapters.schema import metadata

archive_object = Table(
    "archive_object",
    metadata,
    Column("certificate_number", String(16), primary_key=True),
    Column("certificate_version", Integer, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("newest", Integer, nullable=False),
    Column("level", String(5), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("hash_algorithm", String(16), nullable=False),
    Column("timestamped_at", String(32), nullable=False),
    Column("renew_at", String(32), nullable=False),
    CheckConstraint("level IN ('B-T', 'B-LT', 'B-LTA')", name="level_known"),
    CheckConstraint("newest IN (0, 1)", name="newest_flag"),
    Index("ix_archive_object_newest", "newest", "level", "renew_at"),
)

archive_failure = Table(
    "archive_failure",
    metadata,
    Column("certificate_number", String(16), primary_key=True),
    Column("certificate_version", Integer, primary_key=True),
    Column("fault", String(32), nullable=False),
    Column("failed_at", String(32), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", String(32), nullable=False),
    Index("ix_archive_failure_next_try", "next_try_at", "certificate_number", "certificate_version"),
)
