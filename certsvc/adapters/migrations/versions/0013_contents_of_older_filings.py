"""Which filings' files were read for what they cite and whom they admit.

The marks of older filings are made by the running service, which reads their files in resumable steps: they need the key of personal
data, which a schema change does not hold (`certsvc report fill`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "contents_read",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_contents_read_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_contents_read")),
    )
