"""More roles, with the reach of committee offices and units; delegations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_ROLES = "role IN ('maker', 'checker', 'supervisor', 'committee', 'unit', 'security', 'system', 'audit')"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    for table in ("actor", "actor_past"):
        with op.batch_alter_table(table) as people:
            people.add_column(sa.Column("committees", sa.Text(), nullable=False, server_default=""))
            people.add_column(sa.Column("unit", sa.String(length=18)))
            people.add_column(sa.Column("person", sa.String(length=64)))
            people.drop_constraint(op.f(f"ck_{table}_role_known"), type_="check")
            people.create_check_constraint(op.f(f"ck_{table}_role_known"), _ROLES)
    op.create_index("ix_actor_person", "actor", ["person"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("delegate", sa.String(length=64), nullable=False),
        sa.Column("delegator", sa.String(length=64), nullable=False),
        sa.Column("from_on", sa.String(length=10), nullable=False),
        sa.Column("until_on", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.String(length=32), nullable=False),
        sa.Column("accepted_at", sa.String(length=32)),
        sa.Column("ended_at", sa.String(length=32)),
        sa.Column("ended_by", sa.String(length=64)),
        sa.CheckConstraint("delegate <> delegator", name=op.f("ck_delegation_two_persons")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_delegation_ends_after_start")),
        sa.ForeignKeyConstraint(["delegate"], ["actor.name"], name=op.f("fk_delegation_delegate_actor")),
        sa.ForeignKeyConstraint(["delegator"], ["actor.name"], name=op.f("fk_delegation_delegator_actor")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["actor.name"], name=op.f("fk_delegation_proposed_by_actor")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_delegate", "delegation", ["delegate", "until_on"], unique=False)
    op.create_index("ix_delegation_delegator", "delegation", ["delegator", "until_on"], unique=False)
