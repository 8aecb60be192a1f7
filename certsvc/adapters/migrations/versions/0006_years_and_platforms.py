"""Cancelled years, linked documents of a person, and messages to the national platforms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "person_link",
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("group_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("linked_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_person_link")),
    )
    op.create_index("ix_person_link_group_key", "person_link", ["group_key"], unique=False)
    op.create_table(
        "platform_message",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("platform", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.String(length=32), nullable=False),
        sa.Column("next_attempt_at", sa.String(length=32), nullable=False),
        sa.Column("delivered_at", sa.String(length=32), nullable=True),
        sa.Column("last_fault", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.String(length=128), nullable=True),
        sa.CheckConstraint(
            "(state = 'delivered') = (receipt IS NOT NULL)",
            name=op.f("ck_platform_message_delivered_with_receipt"),
        ),
        sa.CheckConstraint(
            "kind IN ('open', 'withdraw', 'publish', 'replace', 'change')",
            name=op.f("ck_platform_message_kind_known"),
        ),
        sa.CheckConstraint(
            "platform IN ('credit', 'titles')", name=op.f("ck_platform_message_platform_known")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead')", name=op.f("ck_platform_message_state_known")
        ),
        sa.CheckConstraint(
            "(receipt IS NULL) = (delivered_at IS NULL)", name=op.f("ck_platform_message_receipt_with_time")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_message")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_platform_message_idempotency_key")),
    )
    op.create_index("ix_platform_message_subject", "platform_message", ["platform", "subject"], unique=False)
    op.create_index(
        "ix_platform_message_waiting",
        "platform_message",
        ["platform", "next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "cancelled_year",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("lifts", sa.String(length=20), nullable=True),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("decided_on", sa.String(length=10), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("checker", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(status = 'confirmed') = (checker IS NOT NULL)",
            name=op.f("ck_cancelled_year_confirmed_by_checker"),
        ),
        sa.CheckConstraint(
            "(step = 'lift') = (lifts IS NOT NULL)",
            name=op.f("ck_cancelled_year_lifting_names_what_it_lifts"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'confirmed', 'withdrawn')", name=op.f("ck_cancelled_year_status_known")
        ),
        sa.CheckConstraint("step IN ('cancel', 'lift')", name=op.f("ck_cancelled_year_step_known")),
        sa.CheckConstraint(
            "(checker IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_cancelled_year_confirmed_with_time")
        ),
        sa.CheckConstraint("maker <> checker", name=op.f("ck_cancelled_year_four_eyes")),
        sa.ForeignKeyConstraint(["checker"], ["actor.name"], name=op.f("fk_cancelled_year_checker_actor")),
        sa.ForeignKeyConstraint(["maker"], ["actor.name"], name=op.f("fk_cancelled_year_maker_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancelled_year")),
    )
    op.create_index("ix_cancelled_year_person_key", "cancelled_year", ["person_key"], unique=False)
    op.create_index(
        "uq_cancelled_year_lifted_once",
        "cancelled_year",
        ["lifts"],
        unique=True,
        sqlite_where=sa.text("status != 'withdrawn'"),
        postgresql_where=sa.text("status != 'withdrawn'"),
    )
