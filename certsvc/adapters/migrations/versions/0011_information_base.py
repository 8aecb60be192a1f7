"""Entries of the title information base, samples, attestations."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forward; there is no way back but a restored backup."""
