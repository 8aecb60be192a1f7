"""The tables of historical records and of mapping statements."""

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
    Text,
    UniqueConstraint,
)

from certsvc.adapters.schema import metadata as metadata

history_import = Table(
    "history_import",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("place", String(6), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("source", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("sealed_file", LargeBinary, nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("imported_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
)

history_record = Table(
    "history_record",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("import_id", String(20), ForeignKey("history_import.id"), nullable=False),
    Column("row_no", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("status", Integer),
    Column("quality", String(1), nullable=False),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("title_key", LargeBinary(32), nullable=False),
    Column("old_number_key", LargeBinary(32)),
    Column("series", Integer),
    Column("level", Integer),
    Column("title", Integer),
    Column("acquired_to", String(10), nullable=False),
    Column("slot", BigInteger, unique=True),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("sealed_salt", LargeBinary),
    Column("commitment", LargeBinary(32)),
    Column("basis", String(128)),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    UniqueConstraint("title_key", "version"),
    CheckConstraint(
        "state IN ('graded', 'confirmed', 'published', 'disputed', 'corrected', 'revoked')",
        name="state_known",
    ),
    CheckConstraint("quality IN ('A', 'B', 'C')", name="quality_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(slot IS NULL) = (status IS NULL)", name="slot_with_status"),
    CheckConstraint("(slot IS NULL) = (commitment IS NULL)", name="slot_with_commitment"),
    CheckConstraint("slot IS NULL OR quality <> 'C'", name="claims_stay_inside"),
    CheckConstraint("slot IS NULL OR checker IS NOT NULL", name="confirmed_before_published"),
    Index("ix_history_record_person_key", "person_key"),
    Index("ix_history_record_old_number_key", "old_number_key"),
    Index("ix_history_record_import_id", "import_id", "row_no"),
    Index("ix_history_record_state", "state"),
)

history_event = Table(
    "history_event",
    metadata,
    Column("slot", BigInteger, primary_key=True),
    Column("kind", Integer, primary_key=True),
    Column("sealed_payload", LargeBinary, nullable=False),
    Column("sealed_salt", LargeBinary, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
)

history_dispute = Table(
    "history_dispute",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("reference", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed_ground", LargeBinary, nullable=False),
    Column("recorded_by", String(64), ForeignKey("actor.name"), nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("outcome", String(128)),
    Column("settled_by", String(64), ForeignKey("actor.name")),
    Column("settled_at", String(32)),
    CheckConstraint("(outcome IS NULL) = (settled_by IS NULL)", name="settled_by_somebody"),
    CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled_with_time"),
    Index("ix_history_dispute_reference", "reference"),
)

history_ending = Table(
    "history_ending",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("reference", String(16), nullable=False, unique=True),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("ground", Text, nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    Column("document_sha256", String(64)),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
)

mapping_list = Table(
    "mapping_list",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("loaded_at", String(32), nullable=False),
)

mapping_statement = Table(
    "mapping_statement",
    metadata,
    Column("reference", String(16), primary_key=True),
    Column("statement_key", LargeBinary(32), nullable=False, unique=True),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("qualification_key", LargeBinary(32), nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("made_at", String(32), nullable=False),
    Index("ix_mapping_statement_person_key", "person_key"),
)
