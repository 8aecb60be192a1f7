"""A slot no longer repeats its newest leaf: the outbox names it, and the log holds it."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    with op.batch_alter_table("status_slot") as table:
        table.drop_constraint(op.f("ck_status_slot_seq_with_leaf"), type_="check")
        table.drop_column("leaf_hash")
        table.drop_column("seq")
