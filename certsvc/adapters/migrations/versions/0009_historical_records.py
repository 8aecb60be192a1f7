"""Historical records and mapping statements."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
