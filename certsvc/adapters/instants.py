"""Instants as the database keeps them: UTC, ISO 8601, whole seconds, with `Z`; they sort as they read."""

from __future__ import annotations

from datetime import UTC, datetime


def instant_text(instant: datetime) -> str:
    """The stored form of an aware instant."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_instant(stored: str) -> datetime:
    """The aware instant of a stored text."""
    return datetime.fromisoformat(stored)
