"""Sessions of officials as those of holders are kept: a new token every so often. Everybody signs in anew once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup. Open sessions end: their tokens cannot be carried over."""
    op.drop_table("web_session")
    op.create_table(
        "web_session",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_web_session_token_digest")),
        sa.UniqueConstraint("next_digest", name=op.f("uq_web_session_next_digest")),
    )
    op.create_index("ix_web_session_owner", "web_session", ["owner"], unique=False)
    op.create_index("ix_web_session_previous_digest", "web_session", ["previous_digest"], unique=False)
