"""Sessions of holders; looks at personal data in the portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_CHANNELS = "channel IN ('api', 'page', 'console', 'cli', 'service', 'portal')"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup. SQLite copies the table of looks: its checks cannot be altered."""
    op.create_table(
        "holder_session",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("next_digest", sa.LargeBinary(length=32)),
        sa.Column("next_salt", sa.LargeBinary(length=32)),
        sa.Column("previous_digest", sa.LargeBinary(length=32)),
        sa.Column("previous_until", sa.String(length=32)),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("ends_at", sa.String(length=32), nullable=False),
        sa.Column("last_seen_at", sa.String(length=32), nullable=False),
        sa.Column("rotated_at", sa.String(length=32), nullable=False),
        sa.Column("assurance", sa.String(length=255), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("provider_session", sa.LargeBinary(length=32)),
        sa.Column("provider_subject", sa.LargeBinary(length=32)),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_holder_session_token_digest")),
        sa.UniqueConstraint("next_digest", name=op.f("uq_holder_session_next_digest")),
    )
    op.create_index("ix_holder_session_owner", "holder_session", ["owner"], unique=False)
    op.create_index("ix_holder_session_previous_digest", "holder_session", ["previous_digest"], unique=False)
    with op.batch_alter_table("personal_look") as looks:
        looks.drop_constraint(op.f("ck_personal_look_channel_known"), type_="check")
        looks.create_check_constraint(op.f("ck_personal_look_channel_known"), _CHANNELS)
    if op.get_bind().dialect.name == "sqlite":
        _guard_again("personal_look")


def _guard_again(table: str) -> None:
    """The guards against changes went with the copied table."""
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
