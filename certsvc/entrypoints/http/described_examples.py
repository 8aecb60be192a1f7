"""Examples in the description of an interface: of requests, put together from their fields, and of answers, with their nulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

_REF: Final = "#/components/schemas/"
_LACKING: Final = object()
Described = dict[str, Any]


def add_request_examples(described: Described, written: Mapping[str, Mapping[str, Any]]) -> None:
    """Give every JSON body that has none its examples: those `written` for the path, else one for each form that it may have.

    A form is left out when a field that it needs has no example.
    """
    schemas = described.get("components", {}).get("schemas", {})
    for path, operation in operations(described):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or "example" in content or "examples" in content:
            continue
        examples = written.get(path) or dict(_made(content["schema"], schemas))
        if examples:
            content["examples"] = {name: {"value": value} for name, value in examples.items()}


def restore_examples(described: Described, routes: Sequence[BaseRoute]) -> None:
    """Put the examples of answers back as the routes have them: FastAPI leaves out what is null in them."""
    for route in iter_route_contexts(routes):
        if route.path_format not in described["paths"] or not route.include_in_schema:
            continue
        for method in route.methods or ():
            answers = described["paths"][route.path_format][method.lower()]["responses"]
            for status, answer in route.responses.items():
                for media_type, content in answer.get("content", {}).items():
                    kept = {name: content[name] for name in ("example", "examples") if name in content}
                    answers[str(int(status))]["content"][media_type] |= kept


def operations(described: Described) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and operation of everything that is described."""
    for path, at_path in described["paths"].items():
        for operation in at_path.values():
            yield path, operation


def _made(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for form in schema.get("anyOf", (schema,)):
        whole = _resolved(form, schemas)
        example = _example(whole, schemas)
        if example is not _LACKING:
            yield whole.get("title", "example"), example


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    found: Mapping[str, Any] = schema if reference is None else schemas[reference.removeprefix(_REF)]
    return found


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """An example of a schema: its own, else that of its first part that has one, else an object of its fields' examples."""
    whole = _resolved(schema, schemas)
    if "examples" in whole:
        return whole["examples"][0]
    if "anyOf" in whole:
        found = (_example(part, schemas) for part in whole["anyOf"])
        return next((one for one in found if one is not _LACKING), _LACKING)
    if "enum" in whole:
        return whole["enum"][0]
    if whole.get("type") != "object":
        return _LACKING
    fields = {name: _example(field, schemas) for name, field in whole.get("properties", {}).items()}
    known = {name: value for name, value in fields.items() if value is not _LACKING}
    return known if set(whole.get("required", ())) <= set(known) else _LACKING
