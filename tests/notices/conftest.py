"""A browser for the page of notices."""

from tests.support.chromium import browser as browser
