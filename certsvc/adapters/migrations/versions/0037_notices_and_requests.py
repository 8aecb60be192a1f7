"""Notices on change, holders' requests, exports of personal data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "holder_notice",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("change_key", sa.String(length=96), nullable=False),
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("noted_at", sa.String(length=32), nullable=False),
        sa.Column("read_at", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_notice")),
        sa.UniqueConstraint("change_key", name=op.f("uq_holder_notice_change_key")),
    )
    op.create_index("ix_holder_notice_noted_at", "holder_notice", ["noted_at"], unique=False)
    op.create_index("ix_holder_notice_owner", "holder_notice", ["owner", "id"], unique=False)
    op.create_table(
        "notice_address",
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary()),
        sa.Column("confirmed_at", sa.String(length=32)),
        sa.Column("switched_on", sa.Integer(), nullable=False),
        sa.Column("sealed_waiting", sa.LargeBinary()),
        sa.Column("code_digest", sa.LargeBinary(length=32)),
        sa.Column("code_ends_at", sa.String(length=32)),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_notice_address_channel_known")),
        sa.CheckConstraint(
            "(code_digest IS NULL) = (code_ends_at IS NULL)", name=op.f("ck_notice_address_code_with_end")
        ),
        sa.CheckConstraint(
            "(sealed_address IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_notice_address_confirmed_with_time"),
        ),
        sa.CheckConstraint(
            "(sealed_waiting IS NULL) = (code_digest IS NULL)",
            name=op.f("ck_notice_address_waiting_for_code"),
        ),
        sa.CheckConstraint(
            "switched_on = 0 OR sealed_address IS NOT NULL",
            name=op.f("ck_notice_address_switched_on_with_address"),
        ),
        sa.CheckConstraint("switched_on IN (0, 1)", name=op.f("ck_notice_address_switched_on_known")),
        sa.CheckConstraint("tries_left >= 0", name=op.f("ck_notice_address_tries_left_counted")),
        sa.PrimaryKeyConstraint("owner", "channel", name=op.f("pk_notice_address")),
    )
    op.create_table(
        "notice_message",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("message_key", sa.String(length=112), nullable=False),
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("address_key", sa.LargeBinary(length=32)),
        sa.Column("sealed_code", sa.LargeBinary()),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.String(length=32), nullable=False),
        sa.Column("next_attempt_at", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32)),
        sa.Column("ended_at", sa.String(length=32)),
        sa.Column("last_fault", sa.String(length=64)),
        sa.CheckConstraint(
            "(kind = 'code') = (address_key IS NOT NULL)",
            name=op.f("ck_notice_message_code_names_its_address"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_notice_message_ended_with_time")
        ),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_notice_message_channel_known")),
        sa.CheckConstraint(
            "state = 'waiting' OR sealed_code IS NULL",
            name=op.f("ck_notice_message_code_forgotten_when_ended"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead', 'dropped')", name=op.f("ck_notice_message_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_notice_message_message_key")),
    )
    op.create_index(
        "ix_notice_message_address_key",
        "notice_message",
        ["address_key"],
        unique=False,
        sqlite_where=sa.text("address_key IS NOT NULL"),
        postgresql_where=sa.text("address_key IS NOT NULL"),
    )
    op.create_index("ix_notice_message_owner", "notice_message", ["owner", "channel"], unique=False)
    op.create_index(
        "ix_notice_message_waiting",
        "notice_message",
        ["channel", "next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "holder_request",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("form_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=6)),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("assigned_to", sa.String(length=64)),
        sa.Column("accepted_by", sa.String(length=64)),
        sa.Column("decision_id", sa.String(length=20)),
        sa.CheckConstraint(
            "kind IN ('name', 'id_number', 'correction', 'history', 'appeal')",
            name=op.f("ck_holder_request_kind_known"),
        ),
        sa.CheckConstraint(
            "state != 'accepted' OR accepted_by IS NOT NULL",
            name=op.f("ck_holder_request_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'assigned', 'asked', 'accepted', 'done', 'declined', 'withdrawn')",
            name=op.f("ck_holder_request_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["actor.name"], name=op.f("fk_holder_request_accepted_by_actor")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["actor.name"], name=op.f("fk_holder_request_assigned_to_actor")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_holder_request")),
        sa.UniqueConstraint("owner", "form_key", name="uq_holder_request_form"),
    )
    op.create_index("ix_holder_request_owner", "holder_request", ["owner", "received_at"], unique=False)
    op.create_index("ix_holder_request_state", "holder_request", ["state", "due_on"], unique=False)
    op.create_table(
        "holder_request_step",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["holder_request.number"], name=op.f("fk_holder_request_step_number_holder_request")
        ),
        sa.PrimaryKeyConstraint("number", "position", name=op.f("pk_holder_request_step")),
    )
    op.create_table(
        "holder_request_file",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["holder_request.number"], name=op.f("fk_holder_request_file_number_holder_request")
        ),
        sa.PrimaryKeyConstraint("number", "place", name=op.f("pk_holder_request_file")),
    )
    op.create_table(
        "personal_export",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("owner", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_holder", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.String(length=32), nullable=False),
        sa.Column("ready_at", sa.String(length=32)),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("sealed_file", sa.LargeBinary()),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (sealed_file IS NULL)", name=op.f("ck_personal_export_ready_with_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_export")),
    )
    op.create_index("ix_personal_export_owner", "personal_export", ["owner", "asked_at"], unique=False)
    op.create_index(
        "ix_personal_export_waiting",
        "personal_export",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("ready_at IS NULL"),
        postgresql_where=sa.text("ready_at IS NULL"),
    )
