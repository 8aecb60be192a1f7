"""Outlines of filings: what lists, deadlines and the page of rows are made of; names of rows, sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup. The background work reads older filings once."""
    op.create_table(
        "filing_outline",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("committee_code", sa.String(length=64)),
        sa.Column("batch_ref", sa.String(length=128)),
        sa.Column("review_year", sa.Integer()),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("filed_by", sa.String(length=64), nullable=False),
        sa.Column("filed_from", sa.String(length=6)),
        sa.Column("sealed_header", sa.LargeBinary(), nullable=False),
        sa.Column("follows", sa.String(length=20)),
        sa.Column("followed_by", sa.String(length=20)),
        sa.Column("replaced_by", sa.String(length=20)),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_outline_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_filing_outline")),
    )
    op.create_index("ix_filing_outline_received_at", "filing_outline", ["received_at", "filing_id"])
    op.create_index("ix_filing_outline_committee", "filing_outline", ["committee_code", "received_at"])
    op.create_index("ix_filing_outline_batch", "filing_outline", ["batch_ref", "committee_code"])
    op.create_table(
        "filing_due",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8)),
        sa.Column("office", sa.String(length=6)),
        sa.Column("due_on", sa.String(length=10)),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_due_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", "step", name=op.f("pk_filing_due")),
    )
    op.create_index("ix_filing_due_due_on", "filing_due", ["due_on", "filing_id"])
    op.add_column("filing_row", sa.Column("sealed_name", sa.LargeBinary()))
    op.create_index("ix_filing_status", "filing", ["status", "id"])
    op.create_index("ix_filing_row_outcome", "filing_row", ["filing_id", "outcome", "row_no"])
    op.create_index(
        "ix_filing_row_held",
        "filing_row",
        ["filing_id", "row_no"],
        sqlite_where=sa.text("outcome = 'held'"),
        postgresql_where=sa.text("outcome = 'held'"),
    )
    op.create_index("ix_filing_finding_row", "filing_finding", ["filing_id", "row_no"])
    op.create_index("ix_filing_finding_code", "filing_finding", ["filing_id", "code", "row_no"])
