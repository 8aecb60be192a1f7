"""Uploaded documents of decisions, and proof that they were served."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
