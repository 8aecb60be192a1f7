"""Loaded policies and calendars, and the persons admitted by unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "policy_document",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("policy_id", sa.String(length=64), nullable=False),
        sa.Column("document", sa.String(length=255), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("origin IN ('shipped', 'loaded')", name=op.f("ck_policy_document_origin_known")),
        sa.CheckConstraint(
            "(origin = 'shipped') = (position = 0)", name=op.f("ck_policy_document_loaded_have_positions")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_document")),
    )
    op.create_index("ix_policy_document_position", "policy_document", ["position"])
    op.create_table(
        "calendar_document",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_calendar_document")),
        sa.UniqueConstraint("position", name=op.f("uq_calendar_document_position")),
    )
    op.create_table(
        "admitted_count",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("unit_code", sa.String(length=18), nullable=False),
        sa.Column("sub_unit", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.CheckConstraint("persons > 0", name=op.f("ck_admitted_count_somebody")),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_admitted_count_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint(
            "filing_id", "unit_code", "sub_unit", "level", name=op.f("pk_admitted_count")
        ),
    )
