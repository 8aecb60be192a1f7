"""Every line of the notices names what serves it, and all that is named exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import click
import pytest

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.local_rate_limiter import LocalRateLimiter
from certsvc.domain.intake_words import COLUMNS, is_known_key
from certsvc.domain.rules.registry import declared_rules
from certsvc.entrypoints.cli.commands import certsvc as service_commands
from certsvc.entrypoints.console.application import create_console
from certsvc.entrypoints.public_api.joining import open_public_face
from certsvc.settings import Settings
from scripts.rules_page import THEMES, Requirement, requirements, rules_by_theme
from tests.support.office import OfficeUnderTest

ROOT = Path(__file__).parents[2]
LINES = requirements()
NOTICE = re.compile(r"吉人社函〔(?:2022〕38号|2022〕181号|2023〕9号|2023〕25号|2023〕211号)")


def test_every_number_of_the_catalogue_has_one_line() -> None:
    assert [line.number for line in LINES] == [
        *map(str, range(1, 91)),
        "examination",
        *map(str, range(91, 143)),
    ]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.number)
def test_a_line_cites_a_notice_and_says_what_serves_it(line: Requirement) -> None:
    assert NOTICE.match(line.clause)
    assert line.phrase
    assert line.served.endswith(".")
    assert line.tests
    if line.tag == "CORE":
        assert line.rules or line.fields or line.routes or line.commands or line.settings, (
            "only said, not served"
        )
    else:
        assert line.tag in ("IF", "REP")


def test_every_rule_that_is_named_is_declared() -> None:
    rules_by_theme()  # imports them all
    known = {rule.code for rule in declared_rules()}
    assert {code for line in LINES for code in line.rules} <= known


def test_every_field_that_is_named_is_one_of_the_intake_format() -> None:
    named = {field for line in LINES for field in line.fields}
    assert {field for field in named if field not in COLUMNS and not is_known_key(field)} == set()


def test_every_command_that_is_named_exists() -> None:
    assert {name for line in LINES for name in line.commands} <= set(_commands("certsvc", service_commands))


def _commands(path: str, command: click.Command) -> Iterator[str]:
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _commands(f"{path} {name}", below)


def test_every_setting_that_is_named_exists() -> None:
    assert {name for line in LINES for name in line.settings} <= set(Settings.model_fields)


def test_every_route_that_is_named_is_described(tmp_path: Path) -> None:
    opened = OfficeUnderTest(tmp_path, FixedClock(datetime(2026, 11, 20, 8, tzinfo=UTC)))
    faces = (open_public_face(opened.office), create_console(opened.office, LocalRateLimiter()))
    described = {
        f"{method.upper()} {path}"
        for face in faces
        for path, methods in face.openapi()["paths"].items()
        for method in methods
    }
    opened.close()
    assert {route for line in LINES for route in line.routes} - described == set()


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_test_that_is_named_exists() -> None:
    missing = [
        test
        for line in LINES
        for test in line.tests
        if not (ROOT / test.split("::")[0]).is_file()
        or test.split("::")[1] not in _tests_of(test.split("::")[0])
    ]
    assert missing == []


def test_every_rule_stands_under_one_theme_with_a_chinese_heading() -> None:
    themes = rules_by_theme()
    listed = [rule.code for rules in themes.values() for rule in rules]
    assert sorted(listed) == [rule.code for rule in declared_rules()]
    assert set(themes) <= set(THEMES.values())
