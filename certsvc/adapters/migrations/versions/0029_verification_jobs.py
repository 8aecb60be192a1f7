"""Checks of whole files, worked off in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "verification_job",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_asker", sa.LargeBinary()),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32)),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("worked_at", sa.String(length=32), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.String(length=32)),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("undetermined", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_job")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_verification_job_token_digest")),
    )
    op.create_index("ix_verification_job_finished_at", "verification_job", ["finished_at", "worked_at"])
    op.create_index("ix_verification_job_ends_at", "verification_job", ["ends_at"])
    op.create_table(
        "verification_job_row",
        sa.Column("job_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("outcome", sa.String(length=12)),
        sa.Column("sealed_question", sa.LargeBinary()),
        sa.Column("sealed_answer", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["job_id"], ["verification_job.id"], name=op.f("fk_verification_job_row_job_id_verification_job")
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_verification_job_row")),
        sa.CheckConstraint(
            "(sealed_question IS NULL) = (outcome IS NOT NULL)"
            " AND (sealed_answer IS NULL) = (outcome IS NULL)",
            name=op.f("ck_verification_job_row_question_or_answer"),
        ),
    )
    op.create_index(
        "ix_verification_job_row_outcome", "verification_job_row", ["job_id", "outcome", "position"]
    )
