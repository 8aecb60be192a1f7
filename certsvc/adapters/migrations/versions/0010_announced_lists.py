"""Announced lists and what their corrections change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_IN_FORCE = sa.text("confirmed_by IS NOT NULL")


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "announced_list",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("announcing_body", sa.String(length=255), nullable=False),
        sa.Column("announced_on", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=True),
        sa.Column("document_sha256", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=6), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("replaces", sa.String(length=20), nullable=True),
        sa.Column("loaded_by", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.String(length=32), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "status IN ('loaded', 'confirmed', 'replaced', 'discarded')",
            name=op.f("ck_announced_list_status_known"),
        ),
        sa.CheckConstraint(
            "(status IN ('confirmed', 'replaced')) = (confirmed_by IS NOT NULL)",
            name=op.f("ck_announced_list_confirmed"),
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_announced_list_confirmed_with_time"),
        ),
        sa.CheckConstraint("loaded_by <> confirmed_by", name=op.f("ck_announced_list_four_eyes")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["actor.name"], name=op.f("fk_announced_list_confirmed_by_actor")
        ),
        sa.ForeignKeyConstraint(
            ["loaded_by"], ["actor.name"], name=op.f("fk_announced_list_loaded_by_actor")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["announced_list.id"], name=op.f("fk_announced_list_replaces_announced_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_list")),
        sa.UniqueConstraint("digest", name=op.f("uq_announced_list_digest")),
    )
    op.create_index("ix_announced_list_document_ref", "announced_list", ["document_ref"], unique=False)
    for name, column in (("in_force", "document_ref"), ("replaces", "replaces")):
        op.create_index(
            f"ix_announced_list_{name}",
            "announced_list",
            [column],
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        )
    op.create_table(
        "announced_row",
        sa.Column("list_id", sa.String(length=20), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_row", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["announced_list.id"], name=op.f("fk_announced_row_list_id_announced_list")
        ),
        sa.PrimaryKeyConstraint("list_id", "row_no", name=op.f("pk_announced_row")),
    )
    op.create_index("ix_announced_row_person_key", "announced_row", ["person_key"], unique=False)
    op.create_table(
        "announced_change",
        sa.Column("list_id", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("old_row", sa.Integer(), nullable=True),
        sa.Column("new_row", sa.Integer(), nullable=True),
        sa.Column("fields", sa.String(length=128), nullable=False),
        sa.Column("decision_id", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "kind IN ('changed', 'withdrawn', 'added')", name=op.f("ck_announced_change_kind_known")
        ),
        sa.CheckConstraint(
            "(kind = 'added') = (old_row IS NULL)", name=op.f("ck_announced_change_old_row_unless_added")
        ),
        sa.CheckConstraint(
            "(kind = 'withdrawn') = (new_row IS NULL)",
            name=op.f("ck_announced_change_new_row_unless_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_announced_change_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["announced_list.id"], name=op.f("fk_announced_change_list_id_announced_list")
        ),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_announced_change")),
    )
