"""The document behind the revocation of a historical record, by the digest under which it was uploaded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.add_column("history_ending", sa.Column("document_sha256", sa.String(length=64)))
