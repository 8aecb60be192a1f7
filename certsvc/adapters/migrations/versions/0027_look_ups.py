"""The log of look-ups 查验记录. On SQLite it stands in a file of its own (adapters/look_up_schema.py)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_APPENDED = ("look_up", "look_up_alert")


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "look_up",
        sa.Column("position", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("asker", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Text()),
        sa.Column("purpose", sa.Text()),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_look_up")),
    )
    op.create_index("ix_look_up_number", "look_up", ["number", "position"])
    op.create_index("ix_look_up_at", "look_up", ["at"])
    op.create_table(
        "look_up_alert",
        sa.Column("position", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=False),
        sa.Column("asker", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_look_up_alert")),
    )
    op.create_index("ix_look_up_alert_at", "look_up_alert", ["at"])
    op.create_table(
        "look_up_retention",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kept_from", sa.String(length=32), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_look_up_retention_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_up_retention")),
    )
    _refuse_changes()


def _refuse_changes() -> None:
    """Rows stay as they are, and stay, until retention has named a later instant than theirs."""
    op.execute(
        "CREATE FUNCTION refuse_look_up_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the log of look-ups is append-only'; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_early_look_up_delete() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF OLD.at >= coalesce((SELECT kept_from FROM look_up_retention), '') THEN"
        " RAISE EXCEPTION 'the log of look-ups is append-only'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_retention_going_back() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF TG_OP <> 'UPDATE' OR NEW.kept_from < OLD.kept_from THEN"
        " RAISE EXCEPTION 'look_up_retention only moves on'; END IF; RETURN NEW; END $$"
    )
    for table in _APPENDED:
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_look_up_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_early_delete BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_early_look_up_delete()"
        )
    op.execute(
        "CREATE TRIGGER look_up_retention_moves_on BEFORE UPDATE OR DELETE ON look_up_retention"
        " FOR EACH ROW EXECUTE FUNCTION refuse_retention_going_back()"
    )
