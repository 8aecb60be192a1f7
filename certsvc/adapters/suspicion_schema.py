"""The table of suspicion cases 举报疑似假证: everything that is personal in them is sealed, and forgotten in time."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table

from certsvc.adapters.schema import metadata as metadata

suspicion_case = Table(
    "suspicion_case",
    metadata,
    Column("number", String(10), primary_key=True),
    Column("report_key", LargeBinary(32)),
    Column("reported_at", String(32), nullable=False),
    Column("certificate_number", String(16)),
    Column("city", String(6)),
    Column("sealed_report", LargeBinary),
    Column("sealed_attachment", LargeBinary),
    Column("status", String(8), nullable=False),
    Column("assigned_to", String(64), ForeignKey("actor.name")),
    Column("assigned_at", String(32)),
    Column("outcome", String(8)),
    Column("sealed_closing", LargeBinary),
    Column("closed_by", String(64), ForeignKey("actor.name")),
    Column("closed_at", String(32)),
    Column("forgotten_at", String(32)),
    Column("kind", String(10), nullable=False, server_default="suspicion"),
    Column("entered_by", String(64), ForeignKey("actor.name")),
    Column("sealed_opinion", LargeBinary),
    Column("opinion_by", String(64), ForeignKey("actor.name")),
    Column("opinion_at", String(32)),
    CheckConstraint("status IN ('open', 'assigned', 'closed')", name="status_known"),
    CheckConstraint("outcome IN ('true', 'untrue', 'unclear', 'slander')", name="outcome_known"),
    CheckConstraint("kind IN ('suspicion', 'complaint')", name="kind_known"),
    CheckConstraint("(kind = 'complaint') = (entered_by IS NOT NULL)", name="complaint_entered"),
    CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned_with_time"),
    CheckConstraint("(status = 'closed') = (outcome IS NOT NULL)", name="closed_with_outcome"),
    CheckConstraint("(status = 'closed') = (closed_by IS NOT NULL)", name="closed_by_somebody"),
    CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name="closed_with_time"),
    CheckConstraint("forgotten_at IS NULL OR status = 'closed'", name="forgotten_when_closed"),
    CheckConstraint(
        "(forgotten_at IS NULL) = (sealed_report IS NOT NULL)", name="forgotten_means_without_report"
    ),
    Index("ix_suspicion_case_report_key", "report_key"),
    Index("ix_suspicion_case_status", "status", "reported_at"),
)
