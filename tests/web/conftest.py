"""Fixtures of the web tests."""

from tests.support.chromium import browser

__all__ = ["browser"]
