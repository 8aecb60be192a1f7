"""The first tables: actors, registry, filings, certificates, ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "actor",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("registered_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("role IN ('maker', 'checker', 'supervisor')", name=op.f("ck_actor_role_known")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_actor")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("bundle", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bundle", "start", name=op.f("pk_ledger_entries")),
    )
    op.create_table(
        "ledger_hashes",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("tile", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile", "start", name=op.f("pk_ledger_hashes")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status_slots", sa.BigInteger(), nullable=False),
        sa.Column("shard_roots", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "number_counter",
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_counter")),
    )
    op.create_table(
        "outbox_event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.String(length=10), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("certificate_version", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.String(length=32), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("manifest_index", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(leaf_index IS NULL) = (manifest_index IS NULL)", name=op.f("ck_outbox_event_leaf_with_manifest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_event_idempotency_key")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_outbox_event_leaf_index")),
    )
    op.create_index(
        "ix_outbox_event_certificate",
        "outbox_event",
        ["certificate_number", "certificate_version"],
        unique=False,
    )
    op.create_index(
        "ix_outbox_event_pending",
        "outbox_event",
        ["id"],
        unique=False,
        sqlite_where=sa.text("leaf_index IS NULL"),
        postgresql_where=sa.text("leaf_index IS NULL"),
    )
    op.create_index("ix_outbox_event_slot", "outbox_event", ["slot"], unique=False)
    op.create_table(
        "registry_document",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_registry_document")),
        sa.UniqueConstraint("digest", name=op.f("uq_registry_document_digest")),
    )
    op.create_table(
        "status_chunk",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(length=256), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_status_chunk")),
    )
    op.create_table(
        "status_slot",
        sa.Column(
            "slot", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("(seq IS NULL) = (leaf_hash IS NULL)", name=op.f("ck_status_slot_seq_with_leaf")),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_status_slot")),
    )
    op.create_table(
        "status_space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slots", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_status_space_one_row")),
        sa.CheckConstraint("taken * 2 < slots", name=op.f("ck_status_space_under_half")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_space")),
    )
    op.create_table(
        "filing",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("batch_ref", sa.String(length=128), nullable=True),
        sa.Column("committee_code", sa.String(length=64), nullable=True),
        sa.Column("announcement_ref", sa.String(length=128), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rule_set", sa.String(length=32), nullable=False),
        sa.Column("registry_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_file", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.String(length=32), nullable=True),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("issue_started_at", sa.String(length=32), nullable=True),
        sa.Column("issued_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "status IN ('refused', 'examined', 'approved', 'issued')", name=op.f("ck_filing_status_known")
        ),
        sa.CheckConstraint("checker IS NULL OR maker IS NOT NULL", name=op.f("ck_filing_maker_first")),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_filing_four_eyes")),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_filing_checker_actor")),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_filing_maker_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("digest", name=op.f("uq_filing_digest")),
    )
    op.create_index("ix_filing_announcement_ref", "filing", ["announcement_ref"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("title", sa.Integer(), nullable=False),
        sa.Column("way", sa.Integer(), nullable=False),
        sa.Column("validity_area", sa.String(length=6), nullable=True),
        sa.Column("acquired_on", sa.String(length=10), nullable=False),
        sa.Column("issued_on", sa.String(length=10), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary(), nullable=True),
        sa.Column("document_sha256", sa.String(length=64), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("drafted_at", sa.String(length=32), nullable=False),
        sa.Column("sealed_at", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state = 'drafted' OR sealed_record IS NOT NULL", name=op.f("ck_certificate_sealed_has_record")
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'sealed') OR leaf_index IS NOT NULL",
            name=op.f("ck_certificate_logged_has_leaf"),
        ),
        sa.CheckConstraint(
            "state IN ('drafted', 'sealed', 'logged', 'published')", name=op.f("ck_certificate_state_known")
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_certificate_filing_id_filing")),
        sa.PrimaryKeyConstraint("number", "version", name=op.f("pk_certificate")),
        sa.UniqueConstraint("filing_id", "row_no", "version", name=op.f("uq_certificate_filing_id")),
        sa.UniqueConstraint("slot", name=op.f("uq_certificate_slot")),
    )
    op.create_index("ix_certificate_filing_state", "certificate", ["filing_id", "state"], unique=False)
    op.create_index("ix_certificate_person_key", "certificate", ["person_key"], unique=False)
    op.create_table(
        "filing_finding",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=True),
        sa.Column("column_name", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=True),
        sa.Column("clause", sa.String(length=255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_finding_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("filing_id", "position", name=op.f("pk_filing_finding")),
    )
    op.create_table(
        "filing_row",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("sealed_award", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'admitted') = (sealed_award IS NOT NULL)",
            name=op.f("ck_filing_row_award_when_admitted"),
        ),
        sa.CheckConstraint(
            "outcome IN ('admitted', 'held', 'refused')", name=op.f("ck_filing_row_outcome_known")
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_row_filing_id_filing")),
        sa.PrimaryKeyConstraint("filing_id", "row_no", name=op.f("pk_filing_row")),
    )
