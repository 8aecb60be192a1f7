"""Links of ID numbers that can be undone, and exports of personal data that are tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_STATES = (
    "state IN ('received', 'assigned', 'asked', 'accepted', 'done', 'declined', 'withdrawn', 'unlinking',"
    " 'unlinked')"
)


def upgrade() -> None:
    """Forward; there is no way back but a restored backup. What is linked already rests on the papers it was linked by."""
    op.create_table(
        "person_link_paper",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("one_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("other_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("document_ref", sa.String(length=128), nullable=False),
        sa.Column("first_person", sa.String(length=64), nullable=True),
        sa.Column("second_person", sa.String(length=64), nullable=True),
        sa.Column("linked_at", sa.String(length=32), nullable=False),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_link_paper")),
    )
    for column in ("document_ref", "one_key", "other_key"):
        op.create_index(f"ix_person_link_paper_{column}", "person_link_paper", [column], unique=False)
    op.execute(
        "INSERT INTO person_link_paper (one_key, other_key, document_ref, linked_at)"
        " SELECT group_key, person_key, document_ref, linked_at FROM person_link"
        " WHERE person_key != group_key ORDER BY person_key"
    )
    with op.batch_alter_table("holder_request") as requests:
        requests.add_column(sa.Column("unlink_by", sa.String(length=64)))
        requests.create_foreign_key(
            op.f("fk_holder_request_unlink_by_actor"), "actor", ["unlink_by"], ["name"]
        )
        requests.drop_constraint(op.f("ck_holder_request_state_known"), type_="check")
        requests.create_check_constraint(op.f("ck_holder_request_state_known"), _STATES)
        requests.create_check_constraint(
            op.f("ck_holder_request_unlinking_by_somebody"), "state != 'unlinking' OR unlink_by IS NOT NULL"
        )
    with op.batch_alter_table("personal_export") as exports:
        exports.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        exports.add_column(sa.Column("next_attempt_at", sa.String(length=32)))
