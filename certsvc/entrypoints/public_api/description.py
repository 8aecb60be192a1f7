"""The description of the public face (OpenAPI 3.1), completed: examples of requests, the organisation key, idempotency keys."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.routing import BaseRoute

from certsvc.domain.organisation_key import SCANNERS_PATTERN
from certsvc.entrypoints.http.described_examples import add_request_examples, operations, restore_examples
from certsvc.entrypoints.http.problems import Problem, describe
from certsvc.entrypoints.public_api.answers import EXAMPLES, SCHEMAS, problem_answers, problem_example
from certsvc.entrypoints.public_api.idempotency import (
    HEADER,
    IN_USE,
    KEY_PATTERN,
    OTHER_CONTENT,
    REPLAYED_HEADER,
    ROUTES,
)
from certsvc.entrypoints.public_api.quota_api import PATH as QUOTA_PATH
from certsvc.errors import MistypedKey, QuotaExceeded, UnknownKey

KEY_SCHEME: Final = "organisationKey"
_SCHEMES: Final = {
    KEY_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": SCANNERS_PATTERN,
        "description": "The key of an organisation that verifies much (docs/api-keys.md). Nobody needs one to verify: "
        "it gives a quota of its own and shows nothing more.",
    }
}
_API: Final = "/api/v1/"
_PROBLEM: Final = "application/problem+json"
_NAMED: Final = {
    "401": tuple(
        Problem(HTTPStatus.UNAUTHORIZED, error.code, str(error)) for error in (MistypedKey(), UnknownKey())
    ),
    "429": (describe(QuotaExceeded("day", 1)),),
}
"""Problems of one status beside the one that every route tells."""
_KEY_PARAMETER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same request sent again with the same key gets the very answer of before, for a day.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
    "example": '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
}
_REPLAYED: Final = {
    "description": "`true` where this answer was sent before, for the same idempotency key.",
    "required": False,
    "schema": {"const": "true"},
}


def complete_description(described: dict[str, Any], routes: Sequence[BaseRoute]) -> None:
    """Add to a description what the routes do not say themselves, and the nulls that FastAPI leaves out of examples."""
    restore_examples(described, routes)
    components = described.setdefault("components", {})
    components.setdefault("schemas", {}).update(SCHEMAS)
    components["examples"] = EXAMPLES
    components["securitySchemes"] = _SCHEMES
    add_request_examples(described, {})
    for path, operation in operations(described):
        operation["security"] = _security(path)
        if operation["security"]:
            operation["responses"].setdefault("401", problem_answers(HTTPStatus.UNAUTHORIZED)[401])
            _name_problems(operation)
        if path in ROUTES:
            _add_idempotency(operation)


def _security(path: str) -> list[dict[str, list[str]]]:
    """Nothing, or a key; only the quota of a key cannot be asked without it."""
    with_key: dict[str, list[str]] = {KEY_SCHEME: []}
    if path == QUOTA_PATH:
        return [with_key]
    return [{}, with_key] if path.startswith(_API) else []


def _name_problems(operation: dict[str, Any]) -> None:
    """Where one status has several meanings, an example of each."""
    for status, problems in _NAMED.items():
        content = operation["responses"].get(status, {}).get("content", {}).get(_PROBLEM, {})
        if "example" in content:
            before = content.pop("example")
            named = {one.code: {"value": problem_example(one)} for one in problems}
            content["examples"] = {before["code"]: {"value": before}, **named}


def _add_idempotency(operation: dict[str, Any]) -> None:
    operation["parameters"] = [*operation.get("parameters", ()), _KEY_PARAMETER]
    answers = operation["responses"]
    for status, answer in answers.items():
        if status < "300":
            answer["headers"] = {**answer.get("headers", {}), REPLAYED_HEADER: _REPLAYED}
    for problem in (IN_USE, OTHER_CONTENT):
        fresh = {
            "description": problem.status.phrase,
            "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
        }
        content = answers.setdefault(str(int(problem.status)), fresh)["content"][_PROBLEM]
        before = {} if "example" not in content else {"otherwise": {"value": content.pop("example")}}
        content["examples"] = {
            **content.get("examples", {}),
            **before,
            problem.code: {"value": problem_example(problem)},
        }
