"""Fragments: a block that htmx asks for alone stands alone; whatever its rows need is imported inside it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from certsvc.adapters.shipped import shipped_folder
from certsvc.entrypoints import html
from certsvc.entrypoints.html.rendering import environment

_FACES = Path(html.__file__).parent.parent


def _declared() -> Iterator[tuple[str, str]]:
    """Template and block of every `fragment=` in a page module."""
    for face in ("console", "portal"):
        for module in sorted((_FACES / face).rglob("*.py")):
            for call in ast.walk(ast.parse(module.read_text())):
                if not isinstance(call, ast.Call):
                    continue
                fragment = next((one.value for one in call.keywords if one.arg == "fragment"), None)
                if not isinstance(fragment, ast.Constant) or not isinstance(fragment.value, str):
                    continue
                texts = [one.value for one in call.args if isinstance(one, ast.Constant)]
                (template,) = [one for one in texts if isinstance(one, str) and one.endswith(".html.j2")]
                yield f"{face}/{template}", fragment.value


FRAGMENTS = sorted(set(_declared()))


@pytest.mark.parametrize(("template", "fragment"), FRAGMENTS)
def test_a_fragment_needs_nothing_that_stands_outside_its_block(template: str, fragment: str) -> None:
    page = environment().parse((shipped_folder("templates") / template).read_text())
    blocks = {one.name: one for one in page.find_all(nodes.Block)}
    outside = _named_by(page.find_all((nodes.FromImport, nodes.Macro, nodes.Assign)))
    alone = nodes.Template(blocks[fragment].body, lineno=1).set_environment(environment())
    assert find_undeclared_variables(alone) & (outside | _FROM_LAYOUTS) == set()


def test_every_page_with_parts_is_found() -> None:
    assert len(FRAGMENTS) > 10
    assert ("console/requests/list.html.j2", "rows") in FRAGMENTS


def _named_by(found: Iterable[nodes.Node]) -> set[str]:
    """What imports, sets and macros name."""
    named: set[str] = set()
    for one in found:
        if isinstance(one, nodes.FromImport):
            named |= {name if isinstance(name, str) else name[1] for name in one.names}
        elif isinstance(one, nodes.Macro):
            named.add(one.name)
        elif isinstance(one, nodes.Assign) and isinstance(one.target, nodes.Name):
            named.add(one.target.name)
    return named


def _of_layout(template: str) -> set[str]:
    return _named_by(environment().parse((shipped_folder("templates") / template).read_text()).body)


_FROM_LAYOUTS = _of_layout("work/layout.html.j2")
