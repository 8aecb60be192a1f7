"""Complaints among the suspicion cases, opinions of the officials, and the outcome 诬告."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_OUTCOMES = "outcome IN ('true', 'untrue', 'unclear', 'slander')"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    with op.batch_alter_table("suspicion_case") as cases:
        cases.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="suspicion"))
        cases.add_column(sa.Column("entered_by", sa.String(length=64)))
        cases.add_column(sa.Column("sealed_opinion", sa.LargeBinary()))
        cases.add_column(sa.Column("opinion_by", sa.String(length=64)))
        cases.add_column(sa.Column("opinion_at", sa.String(length=32)))
        cases.create_foreign_key(
            op.f("fk_suspicion_case_entered_by_actor"), "actor", ["entered_by"], ["name"]
        )
        cases.create_foreign_key(
            op.f("fk_suspicion_case_opinion_by_actor"), "actor", ["opinion_by"], ["name"]
        )
        cases.drop_constraint(op.f("ck_suspicion_case_outcome_known"), type_="check")
        cases.create_check_constraint(op.f("ck_suspicion_case_outcome_known"), _OUTCOMES)
        cases.create_check_constraint(
            op.f("ck_suspicion_case_kind_known"), "kind IN ('suspicion', 'complaint')"
        )
        cases.create_check_constraint(
            op.f("ck_suspicion_case_complaint_entered"), "(kind = 'complaint') = (entered_by IS NOT NULL)"
        )
