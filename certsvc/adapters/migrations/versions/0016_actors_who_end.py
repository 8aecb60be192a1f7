"""Actors who end, and what actors were registered as before a change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.add_column("actor", sa.Column("ended_at", sa.String(length=32)))
    op.create_table(
        "actor_past",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("until_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "role IN ('maker', 'checker', 'supervisor')", name=op.f("ck_actor_past_role_known")
        ),
        sa.ForeignKeyConstraint(["name"], ["actor.name"], name=op.f("fk_actor_past_name_actor")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_actor_past")),
    )
    op.create_index("ix_actor_past_name", "actor_past", ["name"], unique=False)
