"""Units that are named publicly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "unit_notice",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("lifts", sa.String(length=20), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.String(length=18), nullable=True),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("step IN ('name', 'lift')", name=op.f("ck_unit_notice_step_known")),
        sa.CheckConstraint(
            "(step = 'lift') = (lifts IS NOT NULL)", name=op.f("ck_unit_notice_lifting_names_its_notice")
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'withdrawn')", name=op.f("ck_unit_notice_status_known")
        ),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_unit_notice_four_eyes")),
        sa.CheckConstraint(
            "(status = 'confirmed') = (checker IS NOT NULL)", name=op.f("ck_unit_notice_confirmed_by_checker")
        ),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_unit_notice_confirmed_with_time")
        ),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_unit_notice_checker_actor")),
        sa.ForeignKeyConstraint(["lifts"], ["unit_notice.id"], name=op.f("fk_unit_notice_lifts_unit_notice")),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_unit_notice_maker_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_notice")),
    )
    op.create_index(
        "uq_unit_notice_lifted_once",
        "unit_notice",
        ["lifts"],
        unique=True,
        sqlite_where=sa.text("status != 'withdrawn'"),
        postgresql_where=sa.text("status != 'withdrawn'"),
    )
