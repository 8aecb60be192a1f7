"""The tables of the title information base: entries, dates of filings, attestations, samples. Nothing personal."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from certsvc.adapters.schema import metadata as metadata

title_entry = Table(
    "title_entry",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("source", String(12), nullable=False),
    Column("filing_id", String(20)),
    Column("committee_code", String(64)),
    Column("unit_region", String(6)),
    Column("city", String(6)),
    Column("unit_kind", String(16)),
    Column("series", Integer),
    Column("specialty", Text),
    Column("level", Integer),
    Column("way", Integer),
    Column("review_year", Integer),
    Column("acquired_on", String(10)),
    Column("acquired_year", Integer),
    Column("validity_area", String(6)),
    Column("filled", Integer, nullable=False),
    Column("entered_on", String(10), nullable=False),
    Column("noted_at", String(32), nullable=False),
    CheckConstraint("source IN ('filing', 'historical')", name="source_known"),
    CheckConstraint("(source = 'filing') = (filing_id IS NOT NULL)", name="filing_when_issued_here"),
    Index("ix_title_entry_unit_region", "unit_region"),
    Index("ix_title_entry_city", "city"),
    Index("ix_title_entry_way", "way", "acquired_year"),
)

filing_milestone = Table(
    "filing_milestone",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("channel", String(64)),
    Column("review_year", Integer),
    Column("meeting_ends_on", String(10)),
    Column("reported_on", String(10)),
    Column("publicity_ends_on", String(10)),
    Column("filed_on", String(10)),
    Column("approval_ref", String(128)),
)

meeting_attestation = Table(
    "meeting_attestation",
    metadata,
    Column("approval_ref", String(128), primary_key=True),
    Column("committee_code", String(64), nullable=False),
    Column("by_office", String(128), nullable=False),
    Column("attested_on", String(10), nullable=False),
    Column("actor", String(64), ForeignKey("actor.name"), nullable=False),
    Column("recorded_at", String(32), nullable=False),
)

sample = Table(
    "sample",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("subject", String(12), nullable=False),
    Column("region", String(6), nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("ratio_percent", Integer, nullable=False),
    Column("crossed", Integer, nullable=False),
    Column("seed", String(128), nullable=False),
    Column("seed_source", String(8), nullable=False),
    Column("algorithm", String(32), nullable=False),
    Column("population", Text, nullable=False),
    Column("population_digest", String(64), nullable=False),
    Column("actor", String(64), ForeignKey("actor.name"), nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("drawn_at", String(32)),
    UniqueConstraint("document_ref", "subject", "region"),
    CheckConstraint("subject IN ('committees', 'batches', 'level-3')", name="subject_known"),
    CheckConstraint("ratio_percent BETWEEN 1 AND 100", name="ratio_known"),
    CheckConstraint("seed_source IN ('given', 'fresh')", name="seed_source_known"),
)

sample_item = Table(
    "sample_item",
    metadata,
    Column("sample_id", String(20), ForeignKey("sample.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("item", String(128), nullable=False),
    Column("place", String(6)),
    Column("inspector", String(6), nullable=False),
    Column("outcome", String(12)),
    Column("note", Text),
    Column("document_ref", String(128)),
    Column("actor", String(64), ForeignKey("actor.name")),
    Column("recorded_at", String(32)),
    UniqueConstraint("sample_id", "item"),
    CheckConstraint("outcome IN ('qualified', 'problem')", name="outcome_known"),
    CheckConstraint("(outcome IS NULL) = (actor IS NULL)", name="outcome_by_somebody"),
    Index("ix_sample_item_item", "item"),
)
