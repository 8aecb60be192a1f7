"""Annotated copies of certificates, from what was asked for to the kept document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.create_table(
        "annotated_copy",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("certificate_number", sa.String(length=16), nullable=False),
        sa.Column("certificate_version", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_terms", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("ends_on", sa.String(length=10), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary()),
        sa.Column("code_key", sa.LargeBinary(length=32)),
        sa.Column("document_sha256", sa.String(length=64)),
        sa.Column("withdrawn_at", sa.String(length=32)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotated_copy")),
        sa.UniqueConstraint("code_key", name=op.f("uq_annotated_copy_code_key")),
        sa.UniqueConstraint("person_key", "request_digest", name=op.f("uq_annotated_copy_person_key")),
    )
    op.create_index("ix_annotated_copy_certificate_number", "annotated_copy", ["certificate_number"])
    unfinished = sa.text("document_sha256 IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "ix_annotated_copy_unfinished",
        "annotated_copy",
        ["id"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
