"""Voiding of whole batches, dependent titles, annulled examinations."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
