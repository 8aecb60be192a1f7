"""Write-offs and voidings beside revocations; the digest of a decision's document; the end of a credit record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KINDS = "kind IN ('revoke', 'write_off', 'void', 'correct', 'suspend', 'reinstate')"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup. SQLite copies the table: its checks cannot be altered."""
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("document_sha256", sa.String(64), nullable=True))
        decision.add_column(sa.Column("batch_decision_id", sa.String(20), nullable=True))
        decision.drop_constraint("kind_known", type_="check")
        decision.create_check_constraint("kind_known", _KINDS)
    op.create_index("ix_decision_batch_decision_id", "decision", ["batch_decision_id"], unique=False)
    with op.batch_alter_table("credit_record") as credit_record:
        credit_record.add_column(sa.Column("ended_on", sa.String(10), nullable=True))
