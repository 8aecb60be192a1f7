"""Kinds of browsers in which a holder signed in, as keyed digests with a day: a new one is told to the holder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "seen_browser",
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("owner", "browser_key", name=op.f("pk_seen_browser")),
    )
    op.create_index("ix_seen_browser_seen_on", "seen_browser", ["seen_on"], unique=False)
