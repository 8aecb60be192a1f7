"""Historical records and mapping statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_STATES = "state IN ('graded', 'confirmed', 'published', 'disputed', 'corrected', 'revoked')"


def _actor(column: str, table: str, *, nullable: bool) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column(column, sa.String(64), nullable=nullable),
        sa.ForeignKeyConstraint([column], ["actor.name"], name=f"fk_{table}_{column}_actor"),
    )


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    _imports()
    _records()
    _disputes_and_endings()
    _mappings()


def _imports() -> None:
    table = "history_import"
    op.create_table(
        table,
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("place", sa.String(6), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("sealed_file", sa.LargeBinary(), nullable=False),
        *_actor("maker", table, nullable=False),
        sa.Column("imported_at", sa.String(32), nullable=False),
        *_actor("checker", table, nullable=True),
        sa.Column("confirmed_at", sa.String(32)),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_history_import_four_eyes")),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_history_import_confirmed_with_time")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_history_import"),
        sa.UniqueConstraint("digest", name="uq_history_import_digest"),
    )


def _records() -> None:
    table = "history_record"
    op.create_table(
        table,
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.String(20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("quality", sa.String(1), nullable=False),
        sa.Column("person_key", sa.LargeBinary(32), nullable=False),
        sa.Column("title_key", sa.LargeBinary(32), nullable=False),
        sa.Column("old_number_key", sa.LargeBinary(32)),
        sa.Column("series", sa.Integer()),
        sa.Column("level", sa.Integer()),
        sa.Column("title", sa.Integer()),
        sa.Column("acquired_to", sa.String(10), nullable=False),
        sa.Column("slot", sa.BigInteger()),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary()),
        sa.Column("commitment", sa.LargeBinary(32)),
        sa.Column("basis", sa.String(128)),
        *_actor("maker", table, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        *_actor("checker", table, nullable=True),
        sa.Column("confirmed_at", sa.String(32)),
        sa.ForeignKeyConstraint(
            ["import_id"], ["history_import.id"], name="fk_history_record_import_id_history_import"
        ),
        sa.CheckConstraint(_STATES, name=op.f("ck_history_record_state_known")),
        sa.CheckConstraint("quality IN ('A', 'B', 'C')", name=op.f("ck_history_record_quality_known")),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_history_record_four_eyes")),
        sa.CheckConstraint(
            "(slot IS NULL) = (status IS NULL)", name=op.f("ck_history_record_slot_with_status")
        ),
        sa.CheckConstraint(
            "(slot IS NULL) = (commitment IS NULL)", name=op.f("ck_history_record_slot_with_commitment")
        ),
        sa.CheckConstraint(
            "slot IS NULL OR quality <> 'C'", name=op.f("ck_history_record_claims_stay_inside")
        ),
        sa.CheckConstraint(
            "slot IS NULL OR checker IS NOT NULL",
            name=op.f("ck_history_record_confirmed_before_published"),
        ),
        sa.PrimaryKeyConstraint("reference", "version", name="pk_history_record"),
        sa.UniqueConstraint("slot", name="uq_history_record_slot"),
        sa.UniqueConstraint("title_key", "version", name="uq_history_record_title_key"),
    )
    op.create_index("ix_history_record_person_key", table, ["person_key"])
    op.create_index("ix_history_record_old_number_key", table, ["old_number_key"])
    op.create_index("ix_history_record_import_id", table, ["import_id", "row_no"])
    op.create_index("ix_history_record_state", table, ["state"])
    op.create_table(
        "history_event",
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("slot", "kind", name="pk_history_event"),
    )


def _disputes_and_endings() -> None:
    table = "history_dispute"
    op.create_table(
        table,
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed_ground", sa.LargeBinary(), nullable=False),
        *_actor("recorded_by", table, nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(128)),
        *_actor("settled_by", table, nullable=True),
        sa.Column("settled_at", sa.String(32)),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_by IS NULL)", name=op.f("ck_history_dispute_settled_by_somebody")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_history_dispute_settled_with_time")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_history_dispute"),
    )
    op.create_index("ix_history_dispute_reference", table, ["reference"])
    table = "history_ending"
    op.create_table(
        table,
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("document_ref", sa.String(128), nullable=False),
        sa.Column("decided_on", sa.String(10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        *_actor("maker", table, nullable=False),
        sa.Column("proposed_at", sa.String(32), nullable=False),
        *_actor("checker", table, nullable=True),
        sa.Column("confirmed_at", sa.String(32)),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_history_ending_four_eyes")),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_history_ending_confirmed_with_time")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_history_ending"),
        sa.UniqueConstraint("reference", name="uq_history_ending_reference"),
    )


def _mappings() -> None:
    op.create_table(
        "mapping_list",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_mapping_list"),
        sa.UniqueConstraint("digest", name="uq_mapping_list_digest"),
    )
    table = "mapping_statement"
    op.create_table(
        table,
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("statement_key", sa.LargeBinary(32), nullable=False),
        sa.Column("person_key", sa.LargeBinary(32), nullable=False),
        sa.Column("qualification_key", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        *_actor("maker", table, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_mapping_statement"),
        sa.UniqueConstraint("statement_key", name="uq_mapping_statement_statement_key"),
    )
    op.create_index("ix_mapping_statement_person_key", table, ["person_key"])
