"""Keys of organisations that verify much, and how much of each day's quota they used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "organisation_key",
        sa.Column("id", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("ends_on", sa.String(length=10)),
        sa.Column("ended_at", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_key")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_key_name")),
    )
    op.create_table(
        "organisation_key_use",
        sa.Column("key_id", sa.String(length=10), nullable=False),
        sa.Column("used_on", sa.String(length=10), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "used_on", name=op.f("pk_organisation_key_use")),
    )
