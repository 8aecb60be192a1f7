"""Whom filings name, by keyed digest: a person finds the own rows without anybody else's being opened.

The running service reads older filings once: it needs the key of personal data, which a schema change does not hold.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "filed_person",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_title", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filed_person_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", "row_no", name=op.f("pk_filed_person")),
    )
    op.create_index("ix_filed_person_person_key", "filed_person", ["person_key"], unique=False)
    op.create_table(
        "persons_read",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_persons_read_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", name=op.f("pk_persons_read")),
    )
