"""Certificates are found by the keyed digest of their manual code.

Those of older certificates are filled by the running service, in resumable steps: they need the key of personal data, which a schema
change does not hold (`certsvc report fill`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.add_column("certificate", sa.Column("code_key", sa.LargeBinary(length=32)))
    kept = sa.text("code_key IS NOT NULL")
    op.create_index(
        "ix_certificate_code_key",
        "certificate",
        ["code_key"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )
    missing = sa.text("code_key IS NULL AND state != 'drafted'")
    op.create_index(
        "ix_certificate_uncoded",
        "certificate",
        ["number", "version"],
        sqlite_where=missing,
        postgresql_where=missing,
    )
