"""The privacy page says of every table what it keeps, whether it is sealed, and by which setting it ends."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, Table

import certsvc.adapters
from certsvc.adapters.idempotency_store import KEPT_FOR
from certsvc.adapters.look_up_schema import look_up
from certsvc.adapters.schema import metadata

DOCS = Path(__file__).parents[2] / "docs"
_PAGE = (DOCS / "privacy.md").read_text(encoding="utf-8")


def _tables() -> dict[str, Table]:
    """Every table of the database, also of the file of its own that the log of look-ups has on SQLite."""
    for module in pkgutil.iter_modules(certsvc.adapters.__path__):
        if module.name.endswith("schema"):
            importlib.import_module(f"certsvc.adapters.{module.name}")
    return {**metadata.tables, **look_up.metadata.tables}


def _told() -> Iterator[tuple[str, str]]:
    """Each table that the page names, with what its row says of the form."""
    part = _PAGE.partition("\n## What is kept, and how long\n")[2].partition("\n## ")[0]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1] != "tables":
            for name in re.findall(r"`(\w+)`", cells[1]):
                yield name, cells[2]


def test_every_table_stands_once_in_the_page() -> None:
    assert sorted(name for name, _form in _told()) == sorted(_tables())


def _seals(table: Table) -> bool:
    return any(
        column.name.startswith("sealed_") and isinstance(column.type, LargeBinary) for column in table.columns
    )


@pytest.mark.parametrize(("name", "form"), list(_told()))
def test_a_table_is_called_sealed_if_and_only_if_it_seals(name: str, form: str) -> None:
    assert form.startswith("sealed") == _seals(_tables()[name])


def test_every_period_of_the_page_is_a_setting() -> None:
    settings = (DOCS / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(CERTSVC_\w+_(?:DAYS|HOURS))`", _PAGE))
    assert named >= set(re.findall(r"`(CERTSVC_\w+_KEEP_DAYS)`", settings))
    assert [name for name in named if f"`{name}`" not in settings] == []


def test_answers_that_may_be_sent_again_are_kept_as_long_as_the_page_says() -> None:
    (line,) = [line for line in _PAGE.splitlines() if "`idempotent_request`" in line]
    assert f"{KEPT_FOR // timedelta(hours=1)} hours" in line
