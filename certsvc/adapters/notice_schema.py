"""The tables of units that are named publicly 公开通报: one row a step, never changed but for its confirmation."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text

from certsvc.adapters.schema import metadata

unit_notice = Table(
    "unit_notice",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("step", String(8), nullable=False),
    Column("lifts", String(20), ForeignKey("unit_notice.id")),
    Column("unit_name", Text, nullable=False),
    Column("unit_code", String(18)),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("ground", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    CheckConstraint("step IN ('name', 'lift')", name="step_known"),
    CheckConstraint("(step = 'lift') = (lifts IS NOT NULL)", name="lifting_names_its_notice"),
    CheckConstraint("status IN ('proposed', 'confirmed', 'withdrawn')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(status = 'confirmed') = (checker IS NOT NULL)", name="confirmed_by_checker"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
)
unit_notice_certificate = Table(
    "unit_notice_certificate",
    metadata,
    Column("notice_id", String(20), ForeignKey("unit_notice.id"), primary_key=True),
    Column("number", String(16), primary_key=True),
)
"""The certificates that a step is about: kept for officials, never public."""

Index(
    "uq_unit_notice_lifted_once",
    unit_notice.c.lifts,
    unique=True,
    sqlite_where=text("status != 'withdrawn'"),
    postgresql_where=text("status != 'withdrawn'"),
)
