"""What has no archive object yet, and what is to be tried again, is found by an index of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_TRIED = """
UPDATE certificate SET archive_tried_at = (
    SELECT min(tried.at) FROM (
        SELECT certificate_number AS number, certificate_version AS version, made_at AS at FROM archive_object
        UNION ALL SELECT certificate_number, certificate_version, failed_at FROM archive_failure
    ) AS tried
    WHERE tried.number = certificate.number AND tried.version = certificate.version
)
WHERE state = 'published'
"""


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    op.add_column("certificate", sa.Column("archive_tried_at", sa.String(length=32)))
    op.execute(_TRIED)
    untried = sa.text("state = 'published' AND document_sha256 IS NOT NULL AND archive_tried_at IS NULL")
    op.create_index(
        "ix_certificate_archive_untried",
        "certificate",
        ["number", "version"],
        sqlite_where=untried,
        postgresql_where=untried,
    )
    op.create_index(
        "ix_archive_failure_next_try",
        "archive_failure",
        ["next_try_at", "certificate_number", "certificate_version"],
    )
