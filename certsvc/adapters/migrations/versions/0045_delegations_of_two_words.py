"""A delegation needs the word of both persons, and for whom somebody acts stands with their session.

What a security administrator proposed for somebody waits for that person's word from now on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    with op.batch_alter_table("delegation") as delegations:
        delegations.add_column(sa.Column("agreed_at", sa.String(length=32)))
    op.execute("UPDATE delegation SET agreed_at = proposed_at WHERE proposed_by = delegator")
    with op.batch_alter_table("web_session") as sessions:
        sessions.add_column(sa.Column("acting_for", sa.String(length=64)))
