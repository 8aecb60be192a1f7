"""What verification reports said, until some time after they end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "verification_report",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("code_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("certificate_version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("document_sha256", sa.String(length=64)),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_verification_report")),
        sa.UniqueConstraint("code_key", name=op.f("uq_verification_report_code_key")),
    )
    op.create_index("ix_verification_report_ends_on", "verification_report", ["ends_on"])
    op.create_index("ix_verification_report_document_sha256", "verification_report", ["document_sha256"])
