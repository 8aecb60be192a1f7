"""Answers of verification are stored; whatever changes a number drops its answers in the same transaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_EVENTS = (
    ("certificate_status", "certificate", "UPDATE OF status", "NEW.status <> OLD.status", "NEW.number"),
    (
        "certificate_shown",
        "certificate",
        "UPDATE OF state",
        "NEW.state = 'published' AND OLD.state <> 'published'",
        "NEW.number",
    ),
    ("certificate_version", "certificate", "INSERT", "NEW.version > 1", "NEW.number"),
    ("decision_made", "decision", "INSERT", "NEW.status = 'confirmed'", "NEW.certificate_number"),
    (
        "decision_changed",
        "decision",
        "UPDATE",
        "NEW.status = 'confirmed' OR OLD.status = 'confirmed'",
        "NEW.certificate_number",
    ),
)


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "answer_frame",
        sa.Column("id", sa.LargeBinary(length=8), nullable=False),
        sa.Column("generation", sa.LargeBinary(length=8), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("middle", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_frame")),
    )
    op.create_table(
        "stored_answer",
        sa.Column("record_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("frame", sa.LargeBinary(length=8), nullable=False),
        sa.Column("sealed_own", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame"], ["answer_frame.id"], name=op.f("fk_stored_answer_frame_answer_frame")
        ),
        sa.PrimaryKeyConstraint("record_key", name=op.f("pk_stored_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_stored_answer_number", "stored_answer", ["number"])
    op.create_table(
        "answer_due",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_answer_due")),
    )
    op.create_table(
        "answer_walk",
        sa.Column("generation", sa.LargeBinary(length=8), nullable=False),
        sa.Column("after_number", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_answer_walk")),
    )
    add = _add_on_sqlite if op.get_bind().dialect.name == "sqlite" else _add_on_postgresql
    for event in _EVENTS:
        add(*event)


def _add_on_sqlite(name: str, table: str, event: str, when: str, number: str) -> None:
    queue = f"INSERT INTO answer_due (number) SELECT {number}"
    unless = f"WHERE NOT EXISTS (SELECT 1 FROM answer_due WHERE number = {number})"  # noqa: S608
    drop = f"DELETE FROM stored_answer WHERE number = {number}"  # noqa: S608  # our own names
    op.execute(
        f"CREATE TRIGGER answer_{name} AFTER {event} ON {table} WHEN {when} BEGIN {drop}; {queue} {unless}; END"
    )


def _add_on_postgresql(name: str, table: str, event: str, when: str, number: str) -> None:
    drop = f"DELETE FROM stored_answer WHERE number = {number}"  # noqa: S608  # our own names
    queue = f"INSERT INTO answer_due (number) VALUES ({number}) ON CONFLICT DO NOTHING"  # noqa: S608
    op.execute(
        f"CREATE FUNCTION answer_{name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {drop}; {queue}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER answer_{name} AFTER {event} ON {table}"
        f" FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION answer_{name}()"
    )
