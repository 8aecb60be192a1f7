"""The tables of holders' requests, with their evidence and steps, and of the exports of personal data; all of it sealed."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from certsvc.adapters.schema import metadata

holder_request = Table(
    "holder_request",
    metadata,
    Column("number", String(10), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("form_key", LargeBinary(32), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("place", String(6)),
    Column("sealed_words", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("assigned_to", String(64), ForeignKey("actor.name")),
    Column("accepted_by", String(64), ForeignKey("actor.name")),
    Column("decision_id", String(20)),
    Column("unlink_by", String(64), ForeignKey("actor.name")),
    UniqueConstraint("owner", "form_key", name="uq_holder_request_form"),
    CheckConstraint("kind IN ('name', 'id_number', 'correction', 'history', 'appeal')", name="kind_known"),
    CheckConstraint(
        "state IN ('received', 'assigned', 'asked', 'accepted', 'done', 'declined', 'withdrawn', 'unlinking',"
        " 'unlinked')",
        name="state_known",
    ),
    CheckConstraint("state != 'accepted' OR accepted_by IS NOT NULL", name="accepted_by_somebody"),
    CheckConstraint("state != 'unlinking' OR unlink_by IS NOT NULL", name="unlinking_by_somebody"),
    Index("ix_holder_request_owner", "owner", "received_at"),
    Index("ix_holder_request_state", "state", "due_on"),
)

holder_request_step = Table(
    "holder_request_step",
    metadata,
    Column("number", String(10), ForeignKey("holder_request.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("sealed_words", LargeBinary, nullable=False),
)

holder_request_file = Table(
    "holder_request_file",
    metadata,
    Column("number", String(10), ForeignKey("holder_request.number"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
)

personal_export = Table(
    "personal_export",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("owner", LargeBinary(32), nullable=False),
    Column("sealed_holder", LargeBinary, nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("ready_at", String(32)),
    Column("ends_at", String(32), nullable=False),
    Column("sealed_file", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", String(32)),
    CheckConstraint("(ready_at IS NULL) = (sealed_file IS NULL)", name="ready_with_file"),
    Index("ix_personal_export_owner", "owner", "asked_at"),
)
Index(
    "ix_personal_export_waiting",
    personal_export.c.asked_at,
    sqlite_where=text("ready_at IS NULL"),
    postgresql_where=text("ready_at IS NULL"),
)
