"""The table of annotated copies 加注件: written down before anything is signed, and finished from there."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from certsvc.adapters.schema import metadata

annotated_copy = Table(
    "annotated_copy",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("certificate_number", String(16), nullable=False),
    Column("certificate_version", Integer, nullable=False),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("request_digest", LargeBinary(32), nullable=False),
    Column("sealed_terms", LargeBinary, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ends_on", String(10), nullable=False),
    Column("sealed_record", LargeBinary),
    Column("code_key", LargeBinary(32), unique=True),
    Column("document_sha256", String(64)),
    Column("withdrawn_at", String(32)),
    UniqueConstraint("person_key", "request_digest"),
    Index("ix_annotated_copy_certificate_number", "certificate_number"),
    Index(
        "ix_annotated_copy_unfinished",
        "id",
        sqlite_where=text("document_sha256 IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("document_sha256 IS NULL AND withdrawn_at IS NULL"),
    ),
)
