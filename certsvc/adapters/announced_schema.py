"""The tables of announced lists and of what their corrections change."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from certsvc.adapters.schema import metadata as metadata

announced_list = Table(
    "announced_list",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("document_ref", String(128), nullable=False),
    Column("announcing_body", String(255), nullable=False),
    Column("announced_on", String(10), nullable=False),
    Column("title", String(255)),
    Column("document_sha256", String(64)),
    Column("place", String(6)),
    Column("row_count", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("replaces", String(20), ForeignKey("announced_list.id")),
    Column("loaded_by", String(64), ForeignKey("actor.name"), nullable=False),
    Column("loaded_at", String(32), nullable=False),
    Column("confirmed_by", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    CheckConstraint("status IN ('loaded', 'confirmed', 'replaced', 'discarded')", name="status_known"),
    CheckConstraint("(status IN ('confirmed', 'replaced')) = (confirmed_by IS NOT NULL)", name="confirmed"),
    CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
    CheckConstraint("loaded_by <> confirmed_by", name="four_eyes"),
    Index("ix_announced_list_document_ref", "document_ref"),
)
Index(
    "ix_announced_list_in_force",
    announced_list.c.document_ref,
    unique=True,
    sqlite_where=text("confirmed_by IS NOT NULL"),
    postgresql_where=text("confirmed_by IS NOT NULL"),
)
Index(
    "ix_announced_list_replaces",
    announced_list.c.replaces,
    unique=True,
    sqlite_where=text("confirmed_by IS NOT NULL"),
    postgresql_where=text("confirmed_by IS NOT NULL"),
)

announced_row = Table(
    "announced_row",
    metadata,
    Column("list_id", String(20), ForeignKey("announced_list.id"), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("person_key", LargeBinary(32)),
    Column("sealed_row", LargeBinary, nullable=False),
    Index("ix_announced_row_person_key", "person_key"),
)

announced_change = Table(
    "announced_change",
    metadata,
    Column("list_id", String(20), ForeignKey("announced_list.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("old_row", Integer),
    Column("new_row", Integer),
    Column("fields", String(128), nullable=False),
    Column("decision_id", String(20), ForeignKey("decision.id")),
    CheckConstraint("kind IN ('changed', 'withdrawn', 'added')", name="kind_known"),
    CheckConstraint("(kind = 'added') = (old_row IS NULL)", name="old_row_unless_added"),
    CheckConstraint("(kind = 'withdrawn') = (new_row IS NULL)", name="new_row_unless_withdrawn"),
)
