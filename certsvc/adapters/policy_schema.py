"""The tables of policy documents and calendars, kept by digest for ever, and of persons admitted by unit."""

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

from certsvc.adapters.schema import metadata

policy_document = Table(
    "policy_document",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("origin", String(8), nullable=False),
    Column("policy_id", String(64), nullable=False),
    Column("document", String(255), nullable=False),
    Column("issued_on", String(10), nullable=False),
    Column("body", Text, nullable=False),
    Column("loaded_at", String(32), nullable=False),
    CheckConstraint("origin IN ('shipped', 'loaded')", name="origin_known"),
    CheckConstraint("(origin = 'shipped') = (position = 0)", name="loaded_have_positions"),
    Index("ix_policy_document_position", "position"),
)
"""`position`: the order of loading, 0 for documents that came with a version of the program."""

calendar_document = Table(
    "calendar_document",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("document", String(255), nullable=False),
    Column("body", Text, nullable=False),
    Column("loaded_at", String(32), nullable=False),
    UniqueConstraint("position"),
)

admitted_count = Table(
    "admitted_count",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("unit_code", String(18), primary_key=True),
    Column("sub_unit", String(200), primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("persons", Integer, nullable=False),
    CheckConstraint("persons > 0", name="somebody"),
)
"""How many persons a filing admits, by unit, sub-unit (empty: none named) and level: a supplement counts on."""
