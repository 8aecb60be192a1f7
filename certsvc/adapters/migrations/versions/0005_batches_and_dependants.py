"""Voiding of whole batches, dependent titles, annulled examinations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "person_turn",
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_person_turn")),
    )
    op.create_table(
        "annulment",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reference_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_reference", sa.LargeBinary(), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('examination', 'qualification')", name=op.f("ck_annulment_kind_known")),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_annulment_actor_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annulment")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_annulment_reference_key")),
    )
    op.create_table(
        "batch_decision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("undoes", sa.String(length=20), nullable=True),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("document_sha256", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.Column("finished_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(kind = 'restore') = (undoes IS NOT NULL)", name=op.f("ck_batch_decision_restore_undoes")
        ),
        sa.CheckConstraint(
            "(status = 'confirmed') = (checker IS NOT NULL)",
            name=op.f("ck_batch_decision_confirmed_by_checker"),
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR status = 'confirmed'",
            name=op.f("ck_batch_decision_finished_after_confirmation"),
        ),
        sa.CheckConstraint("kind IN ('void', 'restore')", name=op.f("ck_batch_decision_kind_known")),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'withdrawn')", name=op.f("ck_batch_decision_status_known")
        ),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_batch_decision_confirmed_with_time")
        ),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_batch_decision_four_eyes")),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_batch_decision_checker_actor")),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_batch_decision_filing_id_filing")
        ),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_batch_decision_maker_actor")),
        sa.ForeignKeyConstraint(
            ["undoes"], ["batch_decision.id"], name=op.f("fk_batch_decision_undoes_batch_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_decision")),
    )
    op.create_index("ix_batch_decision_filing_id", "batch_decision", ["filing_id"], unique=False)
    op.create_table(
        "dependants_listed",
        sa.Column("decision_id", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_dependants_listed_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_dependants_listed")),
    )
    op.create_table(
        "dependent_title",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("ended_number", sa.String(length=16), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("certificate_number", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("through", sa.String(length=16), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.String(length=20), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("settled_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (settled_at IS NULL)", name=op.f("ck_dependent_title_settled_with_time")
        ),
        sa.CheckConstraint(
            "status <> 'kept' OR note IS NOT NULL", name=op.f("ck_dependent_title_kept_with_note")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'kept', 'ended', 'lifted')", name=op.f("ck_dependent_title_status_known")
        ),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_dependent_title_actor_actor")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_dependent_title_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependent_title")),
        sa.UniqueConstraint("cause", "subject", name=op.f("uq_dependent_title_cause")),
    )
    op.create_index("ix_dependent_title_ended_number", "dependent_title", ["ended_number"], unique=False)
    op.create_index("ix_dependent_title_status", "dependent_title", ["status"], unique=False)
    op.create_table(
        "row_reference",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=16), nullable=False),
        sa.Column("reference_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_row_reference_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", "row_no", "column_name", name=op.f("pk_row_reference")),
    )
    op.create_index("ix_row_reference_reference_key", "row_reference", ["reference_key"], unique=False)
