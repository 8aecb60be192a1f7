"""The table of verification reports 核验报告: what each one said, encrypted, and the digest of its document."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata

verification_report = Table(
    "verification_report",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("code_key", LargeBinary(32), nullable=False, unique=True),
    Column("certificate_number", String(16), nullable=False),
    Column("certificate_version", Integer, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ends_on", String(10), nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("document_sha256", String(64)),
    Index("ix_verification_report_ends_on", "ends_on"),
    Index("ix_verification_report_document_sha256", "document_sha256"),
)
