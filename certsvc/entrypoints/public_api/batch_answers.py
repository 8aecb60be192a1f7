"""What OpenAPI says of bulk checks: the rows that may be sent, and what is answered for them."""

from __future__ import annotations

from typing import Any, Final

from certverify.verdict import Outcome, StatusWord

from certsvc.domain.bulk_check import FIELDS, LONGEST_LABEL, MOST_ROWS_AT_ONCE
from certsvc.entrypoints.public_api.answers import ASKED, EXAMPLES, Answers, problem_answers

_TEXT: Final = {"type": "string"}
_LABEL: Final = {"type": ["string", "null"], "maxLength": LONGEST_LABEL}
_PLACE: Final = {"type": ["string", "null"], "pattern": "^[0-9]{6}$"}
_WAYS: Final = (("qr",), ("code",), ("number", "name", "id_last4"))


def _question(way: tuple[str, ...]) -> dict[str, Any]:
    fields = {
        key: {"type": "string", "minLength": FIELDS[key].fewest, "maxLength": FIELDS[key].most} for key in way
    }
    return {
        "type": "object",
        "properties": {"row": _LABEL, **fields, "place": _PLACE},
        "required": list(way),
        "additionalProperties": False,
    }


_ROWS_EXAMPLE: Final = {
    "questions": [
        {
            "row": "甲-1",
            "number": "2220230620000017",
            "name": "林晓棠",
            "id_last4": "1022",
            "place": "222404",
        },
        {"row": "甲-2", "code": "DBUQW-ES83H-MV8M8"},
    ]
}
BATCH_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "questions": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST_ROWS_AT_ONCE,
                            "items": {"anyOf": [_question(way) for way in _WAYS]},
                            "description": "A row of another shape is answered with a problem of its own.",
                        }
                    },
                    "required": ["questions"],
                    "additionalProperties": False,
                },
                "example": _ROWS_EXAMPLE,
            }
        },
    }
}
_COUNT: Final = {"type": "integer", "minimum": 0}
ROW_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "code": _TEXT,
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"field": {"type": ["string", "null"]}, "code": _TEXT},
                "required": ["field", "code"],
            },
        },
    },
    "required": ["code", "detail", "errors"],
}
PROBLEM_EXAMPLE: Final = {
    "code": "field-missing",
    "detail": "缺少姓名。",
    "errors": [{"field": "name", "code": "field-missing"}],
}


def row_answer(**places: Any) -> dict[str, Any]:
    """The schema of one row's answer, with what says where the row stands."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **places,
            "row": _LABEL,
            "verdict": {"$ref": "#/components/schemas/Verdict"},
            "problem": ROW_PROBLEM,
        },
        "required": [*places, "row"],
        "oneOf": [{"required": ["verdict"]}, {"required": ["problem"]}],
    }


def counts(words: tuple[str, ...]) -> dict[str, Any]:
    """The schema of counts by words."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(words, _COUNT),
        "required": list(words),
    }


OUTCOMES: Final = (*(one.value for one in Outcome), "problem")
STATUSES: Final = tuple(one.value for one in StatusWord)
BATCH_ANSWERS: Final[Answers] = {
    200: {
        "description": "An answer for each row, in their order, and how many there are by outcome and by status.",
        "content": {
            "application/json": {
                "schema": {
                    "title": "Batch",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "schema": {"const": "certsvc-batch/1"},
                        "asked": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS_AT_ONCE},
                        "outcomes": counts(OUTCOMES),
                        "statuses": counts(STATUSES),
                        "answers": {"type": "array", "items": row_answer(index=_COUNT)},
                    },
                    "required": ["schema", "asked", "outcomes", "statuses", "answers"],
                },
                "example": {
                    "schema": "certsvc-batch/1",
                    "asked": 2,
                    "outcomes": {"passed": 1, "failed": 0, "undetermined": 0, "problem": 1},
                    "statuses": dict.fromkeys(STATUSES, 0) | {"valid": 1},
                    "answers": [
                        {"index": 0, "row": "甲-1", "verdict": EXAMPLES["passed"]["value"]},
                        {"index": 1, "row": "甲-2", "problem": PROBLEM_EXAMPLE},
                    ],
                },
            }
        },
    },
    **problem_answers(*ASKED),
}
