"""The tables of filings' outlines: what lists and deadlines are made of. Keys and texts of 批次信息 are sealed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata as metadata

filing_outline = Table(
    "filing_outline",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("committee_code", String(64)),
    Column("batch_ref", String(128)),
    Column("review_year", Integer),
    Column("received_at", String(32), nullable=False),
    Column("filed_by", String(64), nullable=False),
    Column("filed_from", String(6)),
    Column("sealed_header", LargeBinary, nullable=False),
    Column("follows", String(20)),
    Column("followed_by", String(20)),
    Column("replaced_by", String(20)),
    Index("ix_filing_outline_received_at", "received_at", "filing_id"),
    Index("ix_filing_outline_committee", "committee_code", "received_at"),
    Index("ix_filing_outline_batch", "batch_ref", "committee_code", "received_at"),
)

filing_due = Table(
    "filing_due",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("level", String(8)),
    Column("office", String(6)),
    Column("due_on", String(10)),
    Index("ix_filing_due_due_on", "due_on", "filing_id"),
)
