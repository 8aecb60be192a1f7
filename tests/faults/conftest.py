"""What the fault tests share: a ledger's house (see tests/ledger/conftest.py), and the public keys of its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certsvc.adapters.clock import FixedClock, SystemClock
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY, RECORD_KEY, House, house, open_house
from tests.support.databases import SqliteFiles
from tests.support.outside_checker import PublicKeys

__all__ = ["house"]

KEYS = PublicKeys([log_key(LOG_KEY)], {RECORD_KEY.kid: RECORD_KEY.public_key})


@pytest.fixture
def sqlite_house(tmp_path: Path, sqlite_template: Path, clock: FixedClock) -> House:
    """A house on SQLite whose log has begun: for faults of files."""
    made = open_house(tmp_path, SqliteFiles(tmp_path, sqlite_template).fresh(), clock)
    assert made.ledger().start_log()
    return made


@pytest.fixture
def living_house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A house on the machine's own time, as the writers' processes are."""
    made = open_house(tmp_path, database_url, SystemClock())  # type: ignore[arg-type]
    assert made.ledger().start_log()
    yield made
    made.engine.dispose()
