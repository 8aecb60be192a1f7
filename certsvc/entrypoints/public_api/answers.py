"""The answers of the interface as OpenAPI describes them: schemas, and an example of each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from certverify.confinement import Layer
from certverify.schema import verdict_schema

from certsvc.entrypoints.http.problems import Problem
from certsvc.entrypoints.public_api.sample_verdicts import verdict_examples
from certsvc.errors import EndedKey
from certsvc.stages.signer_health import SignerFinding

Answers = dict[int | str, dict[str, Any]]

_PROBLEM = "application/problem+json"
_DETAILS = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "请求内容不是有效的 JSON，请核对后重试。"),
    HTTPStatus.UNAUTHORIZED: ("api-key-ended", str(EndedKey())),
    HTTPStatus.NOT_FOUND: (
        "unknown-reference",
        "未查询到相符的证书，请核对校验码，或证书编号、姓名和证件号码后四位，也可以扫描证书上的二维码。",
    ),
    HTTPStatus.CONFLICT: (
        "conflict",
        "出示的内容未能确认是发证机关签发的，不能出具核验报告。请先核验，并按核验结果的提示办理。",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method-not-allowed", "这个地址不接受这种请求方法。"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("request-entity-too-large", "请求的内容过大，没有受理。"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported-media-type",
        "不接受这种内容类型，请按接口说明提交。",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "unprocessable-content",
        "请求的参数不符合接口说明，请核对后重试。",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ("too-many-requests", "请求过于频繁，请稍后再试。"),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "数据库暂时无法使用。请稍后重试，或联系管理员。"),
}
_MORE: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.UNPROCESSABLE_ENTITY: {
        "errors": [{"pointer": "#/HolderVerifyQuestion/name", "code": "missing"}]
    },
}
_HEADERS: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: {
        "WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}},
    },
    HTTPStatus.TOO_MANY_REQUESTS: {
        "Retry-After": {
            "description": "Seconds to wait.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    },
}

EXAMPLES = verdict_examples()
SCHEMAS: dict[str, Any] = {
    "Verdict": {key: value for key, value in verdict_schema().items() if key not in ("$schema", "$id")},
    "Problem": {
        "title": "Problem",
        "description": "Problem details (RFC 9457); `code` never changes its meaning.",
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "instance": {"type": "string", "format": "uri"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
                    "required": ["pointer", "code"],
                },
            },
            "checks": {"type": "object", "additionalProperties": {"type": "string"}},
            "violated-policies": {"type": "array", "items": {"enum": ["minute", "day"]}},
            "challenge": {
                "description": "A computation in place of waiting (docs/formats/proof-of-work.md).",
                "type": "object",
                "properties": {
                    "algorithm": {"const": "sha-256"},
                    "salt": {"type": "string", "pattern": "^[0-9A-Za-z_-]{40}$"},
                    "difficulty": {"type": "integer", "minimum": 0, "maximum": 32},
                    "expires_at": {"type": "string", "format": "date-time"},
                },
                "required": ["algorithm", "salt", "difficulty", "expires_at"],
            },
        },
        "required": ["type", "title", "status", "detail", "code", "instance"],
    },
}


def _problem(status: HTTPStatus, **more: Any) -> dict[str, Any]:
    code, detail = _DETAILS[status]
    example = problem_example(Problem(status, code, detail, more=_MORE.get(status, {}))) | more
    answer: dict[str, Any] = {
        "description": status.phrase,
        "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
    if status in _HEADERS:
        answer["headers"] = _HEADERS[status]
    return answer


def problem_example(problem: Problem) -> dict[str, Any]:
    """A problem as it is answered."""
    return {
        "type": f"urn:certsvc:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "code": problem.code,
        "instance": "urn:certsvc:request:0A1B2C3D4E",
        **problem.more,
    }


def problem_answers(*statuses: HTTPStatus) -> Answers:
    """Problems of these statuses, each with an example."""
    return {int(status): _problem(status) for status in statuses}


def problem_told(status: HTTPStatus, detail: str) -> dict[str, Any]:
    """A problem of this status, whose example says this."""
    return _problem(status, detail=detail)


SENT = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What may go wrong with whatever is sent in a body."""
ASKED = (*SENT, HTTPStatus.UNAUTHORIZED)
"""The same where the key of an organisation may come with it."""
VERDICT_ANSWERS: Answers = {
    200: {
        "description": "The verdict; also what is not genuine or cannot be told is answered with 200.",
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Verdict"},
                "examples": {name: {"$ref": f"#/components/examples/{name}"} for name in EXAMPLES},
            }
        },
    },
    **problem_answers(*ASKED),
}


def _bundle_answers(description: str, format_name: str, page: str) -> Answers:
    example = {"format": format_name, "…": f"docs/formats/{page}"}
    return {
        200: {
            "description": description,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"format": {"const": format_name}},
                        "required": ["format"],
                    },
                    "example": example,
                }
            },
        },
        **problem_answers(*ASKED, HTTPStatus.NOT_FOUND),
    }


BUNDLE_ANSWERS = _bundle_answers("The bundle.", "certsvc-bundle/1", "bundle.md")
PAST_BUNDLE_ANSWERS = _bundle_answers("The past bundle.", "certsvc-past-bundle/1", "past-bundle.md")
_CHECKS = {"database": "ok", "checkpoint": "ok", "keys": "ok"}
_SIGNERS = [
    {
        "key": "document",
        "key_id": "5d0c7b0f6b1d5a0e9f3a…",
        "reachable": True,
        "valid_until": "2029-11-19",
        "days_left": 1095,
        "finding": "ok",
    }
]
_SIGNER_SCHEMA = {
    "type": "object",
    "properties": {
        "key": {"type": "string"},
        "key_id": {"type": "string"},
        "reachable": {"type": "boolean"},
        "valid_until": {"type": ["string", "null"], "format": "date"},
        "days_left": {"type": ["integer", "null"]},
        "finding": {"enum": [finding.code for finding in SignerFinding]},
    },
    "required": ["key", "key_id", "reachable", "valid_until", "days_left", "finding"],
}
_WALLS = {layer.value: True for layer in Layer}
READY_ANSWERS: Answers = {
    200: {
        "description": "Ready.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "status": {"const": "ready"},
                        "checks": {"type": "object", "additionalProperties": {"const": "ok"}},
                        "signers": {"type": "array", "items": _SIGNER_SCHEMA},
                        "unfinished_copies": {"type": ["integer", "null"], "minimum": 0},
                        "sandbox": {
                            "type": ["object", "null"],
                            "additionalProperties": {"type": "boolean"},
                        },
                    },
                    "required": ["status", "checks", "signers", "unfinished_copies", "sandbox"],
                },
                "example": {
                    "status": "ready",
                    "checks": _CHECKS,
                    "signers": _SIGNERS,
                    "unfinished_copies": 0,
                    "sandbox": _WALLS,
                },
            }
        },
    },
    503: _problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        checks=_CHECKS | {"checkpoint": "checkpoint-stale"},
        signers=_SIGNERS,
        unfinished_copies=0,
        sandbox=_WALLS,
    ),
}
HEALTH_ANSWERS: Answers = {
    200: {
        "description": "The process answers, and a checkpoint is published.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"status": {"const": "ok"}}},
                "example": {"status": "ok"},
            }
        },
    },
    **problem_answers(HTTPStatus.SERVICE_UNAVAILABLE),
}
METRICS_ANSWERS: Answers = {
    200: {
        "description": "Text format of Prometheus.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": 'certsvc_verdicts_total{verdict="passed"} 12.0\n',
            }
        },
    },
}
PDF_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary", "maxLength": 2_000_000}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                    "additionalProperties": False,
                }
            },
        },
    }
}
