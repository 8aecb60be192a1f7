"""Decisions, credit records, receipts; sessions, service clients, audit trail; the status of a certificate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "audit_entry",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=128), nullable=False),
        sa.Column("before_digest", sa.String(length=64), nullable=True),
        sa.Column("after_digest", sa.String(length=64), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_audit_entry_entry_hash")),
    )
    op.create_index("ix_audit_entry_object", "audit_entry", ["object"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "personal_look",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("viewer", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('api', 'page', 'console', 'cli', 'service')",
            name=op.f("ck_personal_look_channel_known"),
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_personal_look")),
    )
    op.create_index("ix_personal_look_object", "personal_look", ["object"], unique=False)
    op.create_table(
        "service_client",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("purposes", sa.String(length=255), nullable=False),
        sa.Column("registered_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_client")),
    )
    op.create_table(
        "spent_token",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_token")),
    )
    op.create_table(
        "web_session",
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("csrf_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("last_seen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_web_session")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("effective_on", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("sealed_changes", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(status = 'confirmed') = (checker IS NOT NULL)", name=op.f("ck_decision_confirmed_by_checker")
        ),
        sa.CheckConstraint(
            "kind IN ('revoke', 'correct', 'suspend', 'reinstate')", name=op.f("ck_decision_kind_known")
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'withdrawn')", name=op.f("ck_decision_status_known")
        ),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_decision_confirmed_with_time")
        ),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_decision_four_eyes")),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_decision_checker_actor")),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_decision_maker_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_certificate_number", "decision", ["certificate_number"], unique=False)
    op.create_table(
        "credit_record",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("decision_id", sa.String(length=20), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("recorded_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=False),
        sa.Column("withdrawn_on", sa.String(length=10), nullable=True),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_credit_record_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_record")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_credit_record_decision_id")),
        sa.UniqueConstraint("slot", name=op.f("uq_credit_record_slot")),
    )
    op.create_index("ix_credit_record_person_key", "credit_record", ["person_key"], unique=False)
    op.create_table(
        "decision_event",
        sa.Column("decision_id", sa.String(length=20), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_decision_event_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", "slot", name=op.f("pk_decision_event")),
    )
    op.create_table(
        "filing_receipt",
        sa.Column("filing_id", sa.String(length=20), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("receipt_ref", sa.String(length=128), nullable=False),
        sa.Column("received_on", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("office", sa.String(length=6), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["actor.name"], name=op.f("fk_filing_receipt_actor_actor")),
        sa.ForeignKeyConstraint(
            ["filing_id"], ["filing.id"], name=op.f("fk_filing_receipt_filing_id_filing")
        ),
        sa.PrimaryKeyConstraint("filing_id", "step", name=op.f("pk_filing_receipt")),
        sa.UniqueConstraint("filing_id", "level", name=op.f("uq_filing_receipt_filing_id")),
    )
    op.execute(
        "ALTER TABLE certificate ADD COLUMN status INTEGER DEFAULT 1 NOT NULL"
        " CONSTRAINT ck_certificate_status_known CHECK (status BETWEEN 1 AND 7)"
    )
    op.create_index(
        "ix_certificate_unpublished",
        "certificate",
        ["filing_id"],
        unique=False,
        sqlite_where=sa.text("state != 'published'"),
        postgresql_where=sa.text("state != 'published'"),
    )
    for table in ("audit_entry", "personal_look"):
        _keep_for_ever(table)


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
