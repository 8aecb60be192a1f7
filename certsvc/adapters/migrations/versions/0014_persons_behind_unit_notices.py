"""The certificates that a unit notice is about: internal, so that their holders are not named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "unit_notice_certificate",
        sa.Column("notice_id", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["unit_notice.id"], name=op.f("fk_unit_notice_certificate_notice_id_unit_notice")
        ),
        sa.PrimaryKeyConstraint("notice_id", "number", name=op.f("pk_unit_notice_certificate")),
    )
