"""A database that was not brought forward, or that a newer version brought forward, is refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from certsvc.adapters.clock import FixedClock
from certsvc.bootstrap import open_office
from certsvc.errors import ConfigurationError
from tests.support.office import OfficeUnderTest


@pytest.mark.parametrize(
    ("revision", "remedy"), [("0035", "请先备份，再运行 certsvc init"), ("9999", "请安装与之相符的版本")]
)
def test_a_database_of_another_version_is_refused_with_what_to_do(
    tmp_path: Path, database_url: str, revision: str, remedy: str
) -> None:
    office = OfficeUnderTest(
        tmp_path / "home", FixedClock(datetime(2026, 11, 20, 8, 0, tzinfo=UTC)), database_url
    )
    settings = office.office.settings
    open_office(settings).close()
    with office.office.engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    with pytest.raises(ConfigurationError, match=remedy):
        open_office(settings)
    office.close()
