"""What OpenAPI says of verification jobs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from certsvc.domain.bulk_file import HEADINGS, MOST_ROWS_OF_A_FILE
from certsvc.entrypoints.public_api.answers import EXAMPLES, SENT, Answers, problem_answers, problem_told
from certsvc.entrypoints.public_api.batch_answers import PROBLEM_EXAMPLE, row_answer

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES: Final = (
    XLSX,
    "text/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/jsonl",
    "application/x-ndjson",
    "application/octet-stream",
)
_TEXT: Final = {"type": "string"}
_TEXT_OR_NONE: Final = {"type": ["string", "null"]}
_COUNT: Final = {"type": "integer", "minimum": 0}
_LINE: Final = {"type": ["integer", "null"], "minimum": 1, "description": "null where the row was damaged"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_GONE: Final = problem_told(
    HTTPStatus.NOT_FOUND, "没有这个核验任务：地址不完整，或者任务已经删除。结果保留期满后会自动删除。"
)
_READ: Final = problem_answers(
    HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE
)
_SENT: Final = problem_answers(*SENT)


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(properties),
    }


def _answer(description: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


FILE_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILE_TYPES},
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
_STANDING_PROPERTIES: Final = {
    "status": {"enum": ["waiting", "running", "finished"]},
    "rows": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS_OF_A_FILE, "description": "总数"},
    "done": _COUNT | {"description": "已核"},
    "outcomes": _object(
        passed=_COUNT | {"description": "通过"},
        failed=_COUNT | {"description": "未通过"},
        undetermined=_COUNT | {"description": "无法判定"},
        problem=_COUNT | {"description": "需处理：这一行没有看懂，或没有核成"},
    ),
    "percentage": {"type": "integer", "minimum": 0, "maximum": 100},
    "made_at": _INSTANT,
    "finished_at": {"type": ["string", "null"], "format": "date-time"},
    "ends_at": _INSTANT | {"description": "When it is deleted with its results."},
    "note": _TEXT | {"description": "What happens when the page is closed."},
}
_STANDING_EXAMPLE: Final = {
    "status": "running",
    "rows": 20_000,
    "done": 3_412,
    "outcomes": {"passed": 3_380, "failed": 11, "undetermined": 4, "problem": 17},
    "percentage": 17,
    "made_at": "2026-11-20T08:00:00Z",
    "finished_at": None,
    "ends_at": "2026-11-27T08:00:00Z",
    "note": "可以关闭页面：核验在后台继续，凭任务编号随时可以回来查看。",
}
STANDING_ANSWERS: Final[Answers] = {
    200: _answer("How the job stands.", _object(**_STANDING_PROPERTIES), _STANDING_EXAMPLE),
    404: _GONE,
    **_READ,
}
BEGUN_ANSWERS: Final[Answers] = {
    202: _answer(
        "Taken in. `job` is told this once, and whoever has it has the job: keep it out of addresses and logs of your own.",
        _object(job=_TEXT | {"pattern": "^[A-Za-z0-9_-]{43}$"}, **_STANDING_PROPERTIES),
        {"job": "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE", **_STANDING_EXAMPLE},
    ),
    **_SENT,
}
FINDING: Final = _object(
    row=_COUNT | {"type": ["integer", "null"]}, column=_TEXT_OR_NONE, code=_TEXT, detail=_TEXT
)
PREVIEW_ANSWERS: Final[Answers] = {
    200: _answer(
        "What was understood of the file. Nothing is kept and nothing checked.",
        _object(
            columns={
                "type": "array",
                "items": _object(field={"enum": list(HEADINGS)}, heading=_TEXT),
            },
            rows=_COUNT,
            understood=_COUNT,
            first={
                "type": "array",
                "description": "The first rows as they would be asked.",
                "items": _object(line=_COUNT, row=_TEXT, asked=_TEXT_OR_NONE, place=_TEXT_OR_NONE),
            },
            findings={"type": "array", "items": FINDING},
            more_findings=_COUNT,
        ),
        {
            "columns": [{"field": "number", "heading": "证书编号"}, {"field": "name", "heading": "姓名"}],
            "rows": 2,
            "understood": 1,
            "first": [{"line": 2, "row": "1", "asked": "2220230620000017 林晓棠 1022", "place": None}],
            "findings": [{"row": 3, "column": "姓名", "code": "field-missing", "detail": "缺少姓名。"}],
            "more_findings": 0,
        },
    ),
    **_SENT,
}
RESULTS_ANSWERS: Final[Answers] = {
    200: _answer(
        "Results in the order of the rows, up to the first that still waits. `next_after` is null at the end.",
        _object(
            results={"type": "array", "items": row_answer(position=_COUNT, line=_LINE)},
            next_after={"type": ["integer", "null"], "minimum": 1},
        ),
        {
            "results": [
                {"position": 1, "line": 2, "row": "甲-1", "verdict": EXAMPLES["passed"]["value"]},
                {"position": 2, "line": 3, "row": "甲-2", "problem": PROBLEM_EXAMPLE},
            ],
            "next_after": None,
        },
    ),
    404: _GONE,
    **_READ,
}
TABLE_ANSWERS: Final[Answers] = {
    200: {
        "description": "The results as a table for people.",
        "content": {
            XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
            "text/csv": {"schema": _TEXT, "example": "文件行号,行标识,结果,…"},
        },
    },
    404: _GONE,
    409: problem_told(HTTPStatus.CONFLICT, "还没有核完，请等全部核完后再下载。"),
    **_READ,
}
DELETED_ANSWERS: Final[Answers] = {204: {"description": "Deleted.", "content": {}}, 404: _GONE, **_READ}
