"""The tables of persons' cancelled years, of documents that are one person's, and of messages to the national platforms."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from certsvc.adapters.schema import metadata

_ROW_ID = BigInteger().with_variant(Integer, "sqlite")

cancelled_year = Table(
    "cancelled_year",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("step", String(8), nullable=False),
    Column("lifts", String(20)),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("year", Integer, nullable=False),
    Column("place", String(6), nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("status", String(12), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    CheckConstraint("step IN ('cancel', 'lift')", name="step_known"),
    CheckConstraint("(step = 'lift') = (lifts IS NOT NULL)", name="lifting_names_what_it_lifts"),
    CheckConstraint("status IN ('proposed', 'confirmed', 'withdrawn')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(status = 'confirmed') = (checker IS NOT NULL)", name="confirmed_by_checker"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
    Index("ix_cancelled_year_person_key", "person_key"),
)
Index(
    "uq_cancelled_year_lifted_once",
    cancelled_year.c.lifts,
    unique=True,
    sqlite_where=text("status != 'withdrawn'"),
    postgresql_where=text("status != 'withdrawn'"),
)

person_link = Table(
    "person_link",
    metadata,
    Column("person_key", LargeBinary(32), primary_key=True),
    Column("group_key", LargeBinary(32), nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("linked_at", String(32), nullable=False),
    Index("ix_person_link_group_key", "group_key"),
)

person_link_paper = Table(
    "person_link_paper",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("one_key", LargeBinary(32), nullable=False),
    Column("other_key", LargeBinary(32), nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("first_person", String(64)),
    Column("second_person", String(64)),
    Column("linked_at", String(32), nullable=False),
    Column("undone_at", String(32)),
    Index("ix_person_link_paper_document_ref", "document_ref"),
    Index("ix_person_link_paper_one_key", "one_key"),
    Index("ix_person_link_paper_other_key", "other_key"),
)
"""Why documents are one person's: the groups follow from the papers that nobody has undone."""

platform_message = Table(
    "platform_message",
    metadata,
    Column("id", _ROW_ID, primary_key=True, autoincrement=True),
    Column("platform", String(8), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("subject", String(20), nullable=False),
    Column("idempotency_key", String(64), nullable=False, unique=True),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("queued_at", String(32), nullable=False),
    Column("next_attempt_at", String(32), nullable=False),
    Column("delivered_at", String(32)),
    Column("last_fault", String(64)),
    Column("receipt", String(128)),
    CheckConstraint("platform IN ('credit', 'titles')", name="platform_known"),
    CheckConstraint("kind IN ('open', 'withdraw', 'publish', 'replace', 'change')", name="kind_known"),
    CheckConstraint("state IN ('waiting', 'delivered', 'dead')", name="state_known"),
    CheckConstraint("(state = 'delivered') = (receipt IS NOT NULL)", name="delivered_with_receipt"),
    CheckConstraint("(receipt IS NULL) = (delivered_at IS NULL)", name="receipt_with_time"),
    Index("ix_platform_message_subject", "platform", "subject"),
)
Index(
    "ix_platform_message_waiting",
    platform_message.c.platform,
    platform_message.c.next_attempt_at,
    sqlite_where=text("state = 'waiting'"),
    postgresql_where=text("state = 'waiting'"),
)
