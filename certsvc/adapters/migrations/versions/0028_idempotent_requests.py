"""Requests with an idempotency key, and their sealed answers, for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "idempotent_request",
        sa.Column("request_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("turn", sa.LargeBinary(length=16), nullable=False),
        sa.Column("running_until", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("request_key", name=op.f("pk_idempotent_request")),
    )
    op.create_index("ix_idempotent_request_ends_at", "idempotent_request", ["ends_at"])
