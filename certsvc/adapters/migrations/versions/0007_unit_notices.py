"""Units that are named publicly."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
