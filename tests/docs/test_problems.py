"""The table of problems in docs/api.md holds every code that the public face answers, with its status, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import certsvc.errors
from certsvc.entrypoints.http.problems import status_of
from certsvc.errors import CertsvcError, UnavailableError
from certsvc.formats.report_code import decode_report_code

ROOT = Path(__file__).parents[2]
_PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
_FACE = [
    *(ROOT / "certsvc/entrypoints/public_api").glob("*.py"),
    *(ROOT / "certsvc/entrypoints/http").glob("*.py"),
]
_OF_THE_ROUTER = {(404, "not-found"), (405, "method-not-allowed"), (429, "too-many-requests")}
_OF_OTHERS = {"not-permitted", "not-witnessed", "timestamp-refused"}
"""What officials, the sequencer and the archive meet; nobody at the public face."""


def _lines() -> list[tuple[int, str]]:
    """The table: status and code, in its order."""
    part = _PAGE.partition("\n## Problems\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in part.splitlines() if re.match(r"\| \d{3} \|", line)]
    return [(int(row[1]), code) for row in rows for code in re.findall(r"`([a-z-]+)`", row[2])]


def _of_failures() -> Iterator[tuple[int, str]]:
    """Failures that are told by their own code: the caller's, and those of what does not answer."""
    for kind in vars(certsvc.errors).values():
        if isinstance(kind, type) and issubclass(kind, CertsvcError) and kind is not CertsvcError:
            status = status_of(kind.__new__(kind))
            if status < HTTPStatus.INTERNAL_SERVER_ERROR or issubclass(kind, UnavailableError):
                yield int(status), kind.code


def _of_the_face() -> Iterator[tuple[int, str]]:
    """`Problem(status, code, …)` and `HTTPException(status)` in the code of the face."""
    for module in _FACE:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            status = node.args[0]
            if not (isinstance(status, ast.Attribute) and getattr(status.value, "id", "") == "HTTPStatus"):
                continue
            named = HTTPStatus[status.attr]
            if node.func.id == "HTTPException":
                yield int(named), named.name.lower().replace("_", "-")
            elif node.func.id == "Problem" and isinstance(node.args[1], ast.Constant):
                yield int(named), str(node.args[1].value)


def test_every_problem_stands_in_the_table_and_no_other() -> None:
    answered = {*_of_failures(), *_of_the_face(), *_OF_THE_ROUTER}
    assert set(_lines()) == {(status, code) for status, code in answered if code not in _OF_OTHERS}


def test_the_table_is_in_the_order_of_the_statuses_and_names_nothing_twice() -> None:
    statuses = [status for status, _code in _lines()]
    assert statuses == sorted(statuses)
    assert len(set(_lines())) == len(_lines())


def test_the_report_code_of_the_page_is_well_written() -> None:
    (code,) = re.findall(r'/report/check \{"code": "([^"]+)"\}', _PAGE)
    assert decode_report_code(code).startswith("B")
