"""The description at /console/openapi.json: whole, and honest about refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from certsvc.entrypoints.console.description import PROBLEMS
from certsvc.entrypoints.console.platform_examples import KEYS, PLATFORM
from tests.access.desk import Desk
from tests.support.descriptions import incomplete, unfit_examples


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


def test_what_programs_may_ask_is_described_with_examples_that_fit(described: dict[str, Any]) -> None:
    assert incomplete(described, *PLATFORM, KEYS) == []
    assert unfit_examples(described) == []


def test_every_operation_says_how_callers_show_who_they_are(described: dict[str, Any]) -> None:
    assert set(described["components"]["securitySchemes"]) == {"signedRequest", "session"}
    for path, operations in described["paths"].items():
        for operation in operations.values():
            schemes = {name for alternative in operation["security"] for name in alternative}
            if path.startswith(PLATFORM):
                assert schemes == {"signedRequest"}, path
            elif not path.startswith((KEYS, "/console/sign-in")):
                assert schemes == {"signedRequest", "session"}, path
