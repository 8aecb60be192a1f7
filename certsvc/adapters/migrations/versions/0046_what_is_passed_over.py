"""What the background work passed over, until it is well again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "background_fault",
        sa.Column("work", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.String(length=32), nullable=False),
        sa.Column("failed_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("work", "subject", name=op.f("pk_background_fault")),
    )
