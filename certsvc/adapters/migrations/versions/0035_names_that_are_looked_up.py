"""Certificates are found by the keyed digest of the holder's name; lists of decisions by their state.

Names of older certificates are filled by the running service, in resumable steps: they need the key of personal data, which a
schema change does not hold.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.add_column("certificate", sa.Column("name_key", sa.LargeBinary(length=32)))
    op.create_index("ix_certificate_name_key", "certificate", ["name_key"], unique=False)
    missing = sa.text("name_key IS NULL")
    op.create_index(
        "ix_certificate_name_unkeyed",
        "certificate",
        ["number", "version"],
        sqlite_where=missing,
        postgresql_where=missing,
    )
    op.create_index("ix_decision_status", "decision", ["status", "proposed_at"], unique=False)
