"""Cancelled years, and messages to the national platforms."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
