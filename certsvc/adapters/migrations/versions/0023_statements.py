"""Statements of historical records, from the first question to the kept document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "historical_statement",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stated_at", sa.String(length=32), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary()),
        sa.Column("code_key", sa.LargeBinary(length=32)),
        sa.Column("document_sha256", sa.String(length=64)),
        sa.ForeignKeyConstraint(
            ["reference", "version"],
            ["history_record.reference", "history_record.version"],
            name=op.f("fk_historical_statement_reference_history_record"),
        ),
        sa.PrimaryKeyConstraint("reference", "version", name=op.f("pk_historical_statement")),
        sa.UniqueConstraint("code_key", name=op.f("uq_historical_statement_code_key")),
    )
