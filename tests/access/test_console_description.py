"""The description at /console/openapi.json: whole, and honest about refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from certsvc.entrypoints.console.description import PROBLEMS
from tests.access.desk import Desk


@pytest.fixture(scope="module")
def described(desk: Desk) -> dict[str, Any]:
    with desk.visitor() as visitor:
        answer: dict[str, Any] = visitor.get("/console/openapi.json").json()
    return answer


def references(part: Any) -> Iterator[str]:
    """Every `$ref` of a description."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def test_every_reference_leads_to_a_shared_schema(described: dict[str, Any]) -> None:
    found = set(references(described))
    shared = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert {"#/components/schemas/DecisionKind", "#/components/schemas/FilingLevel"} <= found <= shared


def test_every_route_names_the_problems_it_answers(described: dict[str, Any]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            problems = {
                status
                for status, answer in operation["responses"].items()
                if "application/problem+json" in answer.get("content", {})
            }
            assert problems == {str(status) for status in PROBLEMS}, (method, path)
