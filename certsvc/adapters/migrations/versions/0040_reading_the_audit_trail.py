"""The audit trail and the log of looks are found by person, action and time."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"

_INDEXES = (
    ("audit_entry", "actor", ["actor", "position"]),
    ("audit_entry", "action", ["action", "position"]),
    ("audit_entry", "at", ["at"]),
    ("personal_look", "viewer", ["viewer", "position"]),
    ("personal_look", "at", ["at"]),
)


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
    for table, name, columns in _INDEXES:
        op.create_index(f"ix_{table}_{name}", table, columns, unique=False)
