"""Announced lists and what their corrections change."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
