"""Annulled proofs under four eyes, and liftings; what one person recorded before stays in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_KEPT = "id, kind, reference_key, sealed_reference, document_ref, decided_on, ground"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "annulment_step",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("lifts", sa.String(length=20), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_reference", sa.LargeBinary(), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint("step IN ('annul', 'lift')", name=op.f("ck_annulment_step_step_known")),
        sa.CheckConstraint(
            "(step = 'lift') = (lifts IS NOT NULL)", name=op.f("ck_annulment_step_lift_lifts")
        ),
        sa.CheckConstraint(
            "kind IN ('examination', 'qualification')", name=op.f("ck_annulment_step_kind_known")
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'withdrawn')", name=op.f("ck_annulment_step_status_known")
        ),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_annulment_step_four_eyes")),
        sa.CheckConstraint(
            "checker IS NULL OR status = 'confirmed'", name=op.f("ck_annulment_step_checker_confirms")
        ),
        sa.CheckConstraint(
            "(status = 'confirmed') = (confirmed_at IS NOT NULL)",
            name=op.f("ck_annulment_step_confirmed_with_time"),
        ),
        sa.ForeignKeyConstraint(
            ["lifts"], ["annulment_step.id"], name=op.f("fk_annulment_step_lifts_annulment_step")
        ),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_annulment_step_maker_actor")),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_annulment_step_checker_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annulment_step")),
    )
    op.create_index("ix_annulment_step_reference_key", "annulment_step", ["reference_key"])
    op.execute(
        f"INSERT INTO annulment_step ({_KEPT}, step, status, maker, proposed_at, confirmed_at) "  # noqa: S608
        f"SELECT {_KEPT}, 'annul', 'confirmed', actor, recorded_at, recorded_at FROM annulment"
    )
    op.drop_table("annulment")
