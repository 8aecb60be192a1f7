"""Every line of the attack table names tests that exist."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.attacks.table import ATTACKS

TESTS = Path(__file__).parents[1]
NAMED = sorted({name for attack in ATTACKS for name in attack.tests})


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_the_table_names_exists(name: str) -> None:
    file, _, function = name.partition("::")
    assert function in functions(file)


def test_every_attack_is_played_and_stands_in_the_table_once() -> None:
    assert all(attack.tests for attack in ATTACKS)
    assert len({(attack.who, attack.does) for attack in ATTACKS}) == len(ATTACKS)


def test_no_test_of_an_attack_is_left_out_of_the_table() -> None:
    own = {
        f"attacks/{path.name}::{function}"
        for path in (TESTS / "attacks").glob("test_*.py")
        if path.name != "test_table.py"
        for function in functions(f"attacks/{path.name}")
        if function.startswith("test_")
    }
    assert own <= set(NAMED)
