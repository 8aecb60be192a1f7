"""The unit that a filed row names, beside the person: a unit finds the rows of its own people.

The running service reads older filings once more for it: their files are sealed, and a schema change holds no key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    with op.batch_alter_table("filed_person") as persons:
        persons.add_column(sa.Column("unit_code", sa.String(length=18)))
        persons.create_index("ix_filed_person_unit_code", ["unit_code", "filing_id", "row_no"], unique=False)
    op.execute("DELETE FROM persons_read")
