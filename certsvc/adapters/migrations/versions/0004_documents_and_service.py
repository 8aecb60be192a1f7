"""Uploaded documents of decisions, proof that they were served, and the order in which decisions were confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "decision_document",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("office", sa.String(length=6), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["actor.name"], name=op.f("fk_decision_document_uploaded_by_actor")
        ),
        sa.PrimaryKeyConstraint("sha256", "office", name=op.f("pk_decision_document")),
    )
    op.create_table(
        "proof_of_service",
        sa.Column("decision_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("office", sa.String(length=6), nullable=False),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "method IN ('direct', 'left', 'postal', 'electronic', 'announced')",
            name=op.f("ck_proof_of_service_method_known"),
        ),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_proof_of_service_actor_actor")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_proof_of_service_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", "position", name=op.f("pk_proof_of_service")),
    )
    for table in ("decision_document", "proof_of_service"):
        _keep_for_ever(table)
    op.add_column("decision", sa.Column("ordinal", sa.Integer(), nullable=True))
    op.execute(_NUMBER_THE_CONFIRMED)


_NUMBER_THE_CONFIRMED = """
UPDATE decision SET ordinal = (
    SELECT count(*) FROM decision AS other
    WHERE other.certificate_number = decision.certificate_number
      AND other.status = 'confirmed'
      AND (other.confirmed_at < decision.confirmed_at
           OR (other.confirmed_at = decision.confirmed_at AND other.id <= decision.id))
) WHERE status = 'confirmed'
"""


def _keep_for_ever(table: str) -> None:
    """Append-only for everybody, database administrators' tools included."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_{table}_change()"
    )
