"""The JSON schema of a verdict (docs/formats/verdict.md), made from the words that the code uses."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from certverify.codes import Code
from certverify.verdict import COMPARED_FIELDS, SCHEMA, Authentic, Outcome, StatusWord, ValidHere

_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def verdict_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) that every `Verdict.as_json()` satisfies; nothing is optional, nothing may be added."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:certsvc:schema:verdict:1",
        "title": "Verdict",
        "description": "The answer to one check of a certificate: the same object from page, API and command line.",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "verdict": _one_of(Outcome),
                "authentic": _one_of(Authentic),
                "status": _one_of(StatusWord),
                "validity_area": _or_null(_object({"code": _text(r"^[0-9]{6}$"), "name": _text()})),
                "valid_here": _one_of(ValidHere),
                "as_of": _or_null(_text(_INSTANT)),
                "checkpoint_age": _or_null({"type": "integer", "minimum": 0}),
                "not_established": {"type": "array", "items": _one_of(Code)},
                "findings": {
                    "type": "array",
                    "items": _object({"code": _one_of(Code), "zh": _text(), "en": _text()}),
                },
                "certificate": _or_null(_certificate()),
                "holder": _or_null(_text()),
                "decision": _or_null(_decision()),
                "replaced_by": _or_null({"type": "integer", "minimum": 2}),
                "historical": _or_null(_historical()),
                "annotation": _or_null(_annotation()),
                "comparison": _or_null(
                    {"type": "array", "items": _compared(), "maxItems": len(COMPARED_FIELDS)}
                ),
            }
        ),
    }


def _decision() -> dict[str, Any]:
    days = {"date": _text(_DAY), "effective_on": _text(_DAY)}
    return _object({"reference": _text(), "ground": _text(), **days})


def _certificate() -> dict[str, Any]:
    names = {name: _text() for name in ("series", "title", "level", "way")}
    return _object(
        {
            "number": {"type": "string", "minLength": 16, "maxLength": 16},
            "version": {"type": "integer", "minimum": 1},
            **names,
            "dual_directed": {"type": "boolean"},
            "acquired_on": _text(_DAY),
        }
    )


def _historical() -> dict[str, Any]:
    optional = ("original_number", "series", "level", "issuing_body", "committee", "document")
    return _object(
        {
            "reference": _text(r"^H[0-9]{14}[0-9A-Z]$"),
            "version": {"type": "integer", "minimum": 1},
            "label": _text(),
            "title": _text(),
            "acquired": _text(r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"),
            "precision": {"type": "string", "enum": ["day", "month"]},
            "quality": {"type": "string", "enum": ["A", "B"]},
            **{name: _or_null(_text()) for name in optional},
        }
    )


def _annotation() -> dict[str, Any]:
    return _object(
        {
            "id": _text(r"^J[2-9A-HJKMNP-Z]{15}$"),
            "recipient": {"type": "string", "minLength": 1, "maxLength": 30},
            "purpose": {"type": "string", "minLength": 1, "maxLength": 20},
            "ends_on": _text(_DAY),
            "ended": {"type": "boolean"},
        }
    )


def _compared() -> dict[str, Any]:
    return _object(
        {
            "field": {"type": "string", "enum": list(COMPARED_FIELDS)},
            "label": _text(),
            "printed": _or_null(_text()),
            "signed": _text(),
            "register": _or_null(_text()),
            "agrees": _or_null({"type": "boolean"}),
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(words: Iterable[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [word.value for word in words]}


def _text(pattern: str | None = None) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern} if pattern else {"type": "string", "minLength": 1}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
