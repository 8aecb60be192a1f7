"""Fixtures of the tests of codes: an office that everybody asks, its pages in a browser, other people's decoders."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certsvc.adapters.clock import FixedClock
from tests.api.asking import PublicOffice
from tests.support.chromium import browser
from tests.support.office import OfficeUnderTest

__all__ = ["browser"]


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicOffice]:
    """An office on SQLite in which the first regular certificate is revoked and nothing else happens any more."""
    from certsvc.domain.decision import DecisionKind

    clock = FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    under_test = OfficeUnderTest(tmp_path_factory.mktemp("qr"), clock, verify_per_minute=1_000_000)
    opened = PublicOffice(under_test)
    opened.decide(DecisionKind.REVOKE, opened.regular[0])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def decoders() -> None:
    """Tools that tests of printed symbols need: they fail, they are not skipped, when one is missing."""
    missing = [name for name in ("pdftoppm", "zbarimg") if shutil.which(name) is None]
    if missing:
        pytest.fail(f"{missing} missing: run scripts/setup-test-system.sh (poppler-utils, zbar-tools)")
