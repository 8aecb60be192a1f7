"""Whether a verification job is an organisation's, so that these have a turn of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    column = sa.Column("of_organisation", sa.Integer(), nullable=False, server_default="0")
    op.add_column("verification_job", column)
