"""Batches filed again are found by their index on SQLite too; messages that ended by their time."""

from __future__ import annotations

from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.drop_index("ix_filing_outline_batch", "filing_outline")
    op.create_index(
        "ix_filing_outline_batch", "filing_outline", ["batch_ref", "committee_code", "received_at"]
    )
    op.create_index("ix_notice_message_state", "notice_message", ["channel", "state"])
    op.create_index("ix_notice_message_ended_at", "notice_message", ["ended_at"])
