"""Fixtures of the console's tests: one desk a module."""

from tests.access.conftest import desk

__all__ = ["desk"]
