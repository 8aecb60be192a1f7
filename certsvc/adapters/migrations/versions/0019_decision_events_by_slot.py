"""The events of decisions are found by slot, so that reconciliation asks every table once an event."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_index("ix_decision_event_slot", "decision_event", ["slot"])
