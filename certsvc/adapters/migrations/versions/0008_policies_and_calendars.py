"""Loaded policies and calendars."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
