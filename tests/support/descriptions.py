"""What the description of an interface lacks, and its examples held against its own schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator

Described = dict[str, Any]


def incomplete(described: Described, *beginnings: str) -> list[str]:
    """What the operations at the paths that begin so lack of summary, security, and examples of JSON and problems."""
    schemes = set(described["components"].get("securitySchemes", {}))
    lacking = []
    for place, operation in _operations(described, beginnings):
        lacking += [
            f"{place}: {name}" for name in ("summary", "operationId", "security") if name not in operation
        ]
        for alternative in operation.get("security", ()):
            lacking += [f"{place}: scheme {name}" for name in alternative if name not in schemes]
        for where, media_type, content in _contents(operation):
            has_example = content.get("examples") or "example" in content
            is_file = content.get("schema", {}).get("format") == "binary"
            if media_type.endswith("json") and not is_file and not has_example:
                lacking.append(f"{place}: example of {where}")
    return lacking


def unfit_examples(described: Described, *beginnings: str) -> list[str]:
    """The examples of requests, answers and parameters that do not satisfy their schema."""
    components = {"components": described["components"]}
    unfit = []
    for place, operation in _operations(described, beginnings):
        for where, media_type, content in _contents(operation):
            if not media_type.endswith("json"):
                continue
            schema = Draft202012Validator({**content.get("schema", {}), **components})
            for name, value in _examples(content, described):
                errors = [str(error.message) for error in schema.iter_errors(value)]
                unfit += [f"{place} {where} {name}: {error}" for error in errors[:1]]
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                schema = Draft202012Validator({**parameter["schema"], **components})
                if not schema.is_valid(parameter["example"]):
                    unfit.append(f"{place} {parameter['name']}")
    return unfit


def _operations(described: Described, beginnings: tuple[str, ...]) -> Iterator[tuple[str, Described]]:
    for path, at_path in described["paths"].items():
        if path.startswith(beginnings or ("",)):
            for method, operation in at_path.items():
                yield f"{method} {path}", operation


def _contents(operation: Described) -> Iterator[tuple[str, str, Described]]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield "request", media_type, content
    for status, answer in operation["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            yield status, media_type, content


def _examples(content: Described, described: Described) -> Iterator[tuple[str, Any]]:
    if "example" in content:
        yield "example", content["example"]
    for name, example in content.get("examples", {}).items():
        if "$ref" in example:
            example = described["components"]["examples"][example["$ref"].rpartition("/")[2]]
        yield name, example["value"]
