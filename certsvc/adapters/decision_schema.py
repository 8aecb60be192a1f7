"""The tables of decisions: what was decided of a certificate, credit records, receipts of the filing chain."""

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

from certsvc.adapters.schema import metadata

decision = Table(
    "decision",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("certificate_number", String(16), nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("effective_on", String(10), nullable=False),
    Column("ground", Text, nullable=False),
    Column("sealed_changes", LargeBinary),
    Column("status", String(12), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    Column("document_sha256", String(64)),
    Column("batch_decision_id", String(20)),
    Column("ordinal", Integer),
    CheckConstraint(
        "kind IN ('revoke', 'write_off', 'void', 'correct', 'suspend', 'reinstate')", name="kind_known"
    ),
    CheckConstraint("status IN ('proposed', 'confirmed', 'withdrawn')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(status = 'confirmed') = (checker IS NOT NULL)", name="confirmed_by_checker"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
    Index("ix_decision_certificate_number", "certificate_number"),
    Index("ix_decision_status", "status", "proposed_at"),
    Index("ix_decision_batch_decision_id", "batch_decision_id"),
)

credit_record = Table(
    "credit_record",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("decision_id", String(20), ForeignKey("decision.id"), nullable=False, unique=True),
    Column("person_key", LargeBinary(32), nullable=False),
    Column("slot", BigInteger, nullable=False, unique=True),
    Column("recorded_on", String(10), nullable=False),
    Column("until_on", String(10), nullable=False),
    Column("withdrawn_on", String(10)),
    Column("ended_on", String(10)),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("sealed_salt", LargeBinary, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Index("ix_credit_record_person_key", "person_key"),
)

decision_event = Table(
    "decision_event",
    metadata,
    Column("decision_id", String(20), ForeignKey("decision.id"), primary_key=True),
    Column("slot", BigInteger, primary_key=True),
    Column("sealed_payload", LargeBinary, nullable=False),
    Column("sealed_salt", LargeBinary, nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),
    Index("ix_decision_event_slot", "slot"),
)

filing_receipt = Table(
    "filing_receipt",
    metadata,
    Column("filing_id", String(20), ForeignKey("filing.id"), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("level", String(8), nullable=False),
    Column("receipt_ref", String(128), nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("actor", String(64), ForeignKey("actor.name"), nullable=False),
    Column("office", String(6), nullable=False),
    Column("opinion", Text, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    UniqueConstraint("filing_id", "level"),
)
