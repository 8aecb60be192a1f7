"""The tables of voided batches, of titles that depend on what ended, and of annulled examinations.

A certificate that a batch decision ends has a row of its own in `decision`, which names the batch decision.
`row_reference` says which filing row cites which proof (考试合格证明编号, 依据文号), by keyed digest alone.
"""

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
    Text,
    UniqueConstraint,
)

from certsvc.adapters.decision_schema import decision
from certsvc.adapters.schema import filing, metadata

batch_decision = Table(
    "batch_decision",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("filing_id", String(20), ForeignKey(filing.c.id), nullable=False),
    Column("undoes", String(20), ForeignKey("batch_decision.id")),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("ground", Text, nullable=False),
    Column("document_sha256", String(64)),
    Column("status", String(12), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    Column("finished_at", String(32)),
    CheckConstraint("kind IN ('void', 'restore')", name="kind_known"),
    CheckConstraint("(kind = 'restore') = (undoes IS NOT NULL)", name="restore_undoes"),
    CheckConstraint("status IN ('proposed', 'confirmed', 'withdrawn')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("(status = 'confirmed') = (checker IS NOT NULL)", name="confirmed_by_checker"),
    CheckConstraint("(checker IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_time"),
    CheckConstraint("finished_at IS NULL OR status = 'confirmed'", name="finished_after_confirmation"),
    Index("ix_batch_decision_filing_id", "filing_id"),
)

person_turn = Table("person_turn", metadata, Column("person_key", LargeBinary(32), primary_key=True))
"""A row for everybody a certificate was ever drafted for: whoever drafts holds it, so that nobody gets a title twice."""

row_reference = Table(
    "row_reference",
    metadata,
    Column("filing_id", String(20), ForeignKey(filing.c.id), primary_key=True),
    Column("row_no", Integer, primary_key=True),
    Column("column_name", String(16), primary_key=True),
    Column("reference_key", LargeBinary(32), nullable=False),
    Index("ix_row_reference_reference_key", "reference_key"),
)

contents_read = Table(
    "contents_read",
    metadata,
    Column("filing_id", String(20), ForeignKey(filing.c.id), primary_key=True),
)
"""The filings whose files were read for what they cite (`row_reference`) and whom they admit (`admitted_count`)."""

annulment_step = Table(
    "annulment_step",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("step", String(8), nullable=False),
    Column("lifts", String(20), ForeignKey("annulment_step.id")),
    Column("kind", String(16), nullable=False),
    Column("reference_key", LargeBinary(32), nullable=False),
    Column("sealed_reference", LargeBinary, nullable=False),
    Column("document_ref", String(128), nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("ground", Text, nullable=False),
    Column("status", String(12), nullable=False),
    Column("maker", String(64), ForeignKey("actor.name"), nullable=False),
    Column("proposed_at", String(32), nullable=False),
    Column("checker", String(64), ForeignKey("actor.name")),
    Column("confirmed_at", String(32)),
    CheckConstraint("step IN ('annul', 'lift')", name="step_known"),
    CheckConstraint("(step = 'lift') = (lifts IS NOT NULL)", name="lift_lifts"),
    CheckConstraint("kind IN ('examination', 'qualification')", name="kind_known"),
    CheckConstraint("status IN ('proposed', 'confirmed', 'withdrawn')", name="status_known"),
    CheckConstraint("maker <> checker", name="four_eyes"),
    CheckConstraint("checker IS NULL OR status = 'confirmed'", name="checker_confirms"),
    CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_with_time"),
    Index("ix_annulment_step_reference_key", "reference_key"),
)
"""Annulments, and what lifts them. Those that one person recorded before there was a second one have no checker."""

dependent_title = Table(
    "dependent_title",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("cause", String(20), nullable=False),
    Column("ended_number", String(16)),
    Column("subject", String(32), nullable=False),
    Column("certificate_number", String(16)),
    Column("reason", String(24), nullable=False),
    Column("through", String(16)),
    Column("status", String(8), nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("note", Text),
    Column("decision_id", String(20), ForeignKey(decision.c.id)),
    Column("actor", String(64), ForeignKey("actor.name")),
    Column("settled_at", String(32)),
    UniqueConstraint("cause", "subject"),
    CheckConstraint("status IN ('open', 'kept', 'ended', 'lifted')", name="status_known"),
    CheckConstraint("(status = 'open') = (settled_at IS NULL)", name="settled_with_time"),
    CheckConstraint("status <> 'kept' OR note IS NOT NULL", name="kept_with_note"),
    Index("ix_dependent_title_status", "status"),
    Index("ix_dependent_title_ended_number", "ended_number"),
)

dependants_listed = Table(
    "dependants_listed",
    metadata,
    Column("decision_id", String(20), ForeignKey(decision.c.id), primary_key=True),
)
"""The confirmed decisions whose consequences for other titles are written down."""
