"""Reports of suspected fakes, as cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "suspicion_case",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("report_key", sa.LargeBinary(length=32)),
        sa.Column("reported_at", sa.String(length=32), nullable=False),
        sa.Column("certificate_number", sa.String(length=16)),
        sa.Column("city", sa.String(length=6)),
        sa.Column("sealed_report", sa.LargeBinary()),
        sa.Column("sealed_attachment", sa.LargeBinary()),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("assigned_to", sa.String(length=64)),
        sa.Column("assigned_at", sa.String(length=32)),
        sa.Column("outcome", sa.String(length=8)),
        sa.Column("sealed_closing", sa.LargeBinary()),
        sa.Column("closed_by", sa.String(length=64)),
        sa.Column("closed_at", sa.String(length=32)),
        sa.Column("forgotten_at", sa.String(length=32)),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_by IS NOT NULL)", name=op.f("ck_suspicion_case_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "(status = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_suspicion_case_closed_with_outcome")
        ),
        sa.CheckConstraint(
            "forgotten_at IS NULL OR status = 'closed'", name=op.f("ck_suspicion_case_forgotten_when_closed")
        ),
        sa.CheckConstraint(
            "outcome IN ('true', 'untrue', 'unclear')", name=op.f("ck_suspicion_case_outcome_known")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'assigned', 'closed')", name=op.f("ck_suspicion_case_status_known")
        ),
        sa.CheckConstraint(
            "(assigned_to IS NULL) = (assigned_at IS NULL)", name=op.f("ck_suspicion_case_assigned_with_time")
        ),
        sa.CheckConstraint(
            "(closed_by IS NULL) = (closed_at IS NULL)", name=op.f("ck_suspicion_case_closed_with_time")
        ),
        sa.CheckConstraint(
            "(forgotten_at IS NULL) = (sealed_report IS NOT NULL)",
            name=op.f("ck_suspicion_case_forgotten_means_without_report"),
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["actor.name"], name=op.f("fk_suspicion_case_assigned_to_actor")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["actor.name"], name=op.f("fk_suspicion_case_closed_by_actor")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_suspicion_case")),
    )
    op.create_index("ix_suspicion_case_report_key", "suspicion_case", ["report_key"], unique=False)
    op.create_index("ix_suspicion_case_status", "suspicion_case", ["status", "reported_at"], unique=False)
