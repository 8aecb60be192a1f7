"""Archive objects: long-term levels of certificate PDFs, and what was passed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "archive_object",
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("certificate_version", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=5), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("hash_algorithm", sa.String(length=16), nullable=False),
        sa.Column("timestamped_at", sa.String(length=32), nullable=False),
        sa.Column("renew_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("level IN ('B-T', 'B-LT', 'B-LTA')", name=op.f("ck_archive_object_level_known")),
        sa.CheckConstraint("newest IN (0, 1)", name=op.f("ck_archive_object_newest_flag")),
        sa.PrimaryKeyConstraint(
            "certificate_number", "certificate_version", "generation", name=op.f("pk_archive_object")
        ),
    )
    op.create_index("ix_archive_object_newest", "archive_object", ["newest", "level", "renew_at"])
    op.create_table(
        "archive_failure",
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("certificate_version", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("failed_at", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("certificate_number", "certificate_version", name=op.f("pk_archive_failure")),
    )
