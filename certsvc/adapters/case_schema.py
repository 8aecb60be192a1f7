"""The tables of case work: uploaded documents of decisions, and proof of service 送达. Triggers keep both as they are."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table

from certsvc.adapters.schema import metadata as metadata

decision_document = Table(
    "decision_document",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("office", String(6), primary_key=True),
    Column("media_type", String(32), nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("uploaded_by", String(64), ForeignKey("actor.name"), nullable=False),
    Column("uploaded_at", String(32), nullable=False),
)

proof_of_service = Table(
    "proof_of_service",
    metadata,
    Column("decision_id", String(20), ForeignKey("decision.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("served_on", String(10), nullable=False),
    Column("method", String(12), nullable=False),
    Column("proof_sha256", String(64)),
    Column("actor", String(64), ForeignKey("actor.name"), nullable=False),
    Column("office", String(6), nullable=False),
    Column("recorded_at", String(32), nullable=False),
    CheckConstraint("method IN ('direct', 'left', 'postal', 'electronic', 'announced')", name="method_known"),
)
