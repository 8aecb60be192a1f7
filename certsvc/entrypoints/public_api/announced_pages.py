"""`/announced` and `/api/v1/announced-documents`: which results were announced 结果公开, for everybody; persons never."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from certsvc.domain.announced_document import (
    DOCUMENT_CLAUSE,
    SMALLEST_COUNTED,
    AnnouncedDocument,
    AnnouncedScope,
)
from certsvc.domain.series import SERIES
from certsvc.entrypoints.http.caching import REVALIDATE, answer_with_etag
from certsvc.entrypoints.public_api.answers import problem_answers
from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.formats.canonical import encode_canonical_json

PAGE_SIZE = 20
_MOST_PAGES = 100_000
PageNumber = Annotated[int, Query(ge=1, le=_MOST_PAGES, description="Page, from 1 on; 20 documents a page.")]

_EXAMPLE: dict[str, Any] = {
    "clause": DOCUMENT_CLAUSE,
    "documents": [
        {
            "document_ref": "吉人社职字〔2023〕101号",
            "announcing_body": "吉林省人力资源和社会保障厅",
            "announced_on": "2023-10-20",
            "title": "关于公布评审结果的通知",
            "corrects": [],
            "announced": 120,
            "certified": 118,
            "coverage": "98.3",
        }
    ],
    "number": 1,
    "page": 1,
    "pages": 1,
    "scope": {
        "first_announced_on": "2023-10-20",
        "last_announced_on": "2023-10-20",
        "series": ["工程技术人员"],
    },
}
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_DAY_OR_NONE = {"type": ["string", "null"], "format": "date"}
_SCHEMA: dict[str, Any] = {
    "title": "AnnouncedDocuments",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "clause": {"type": "string", "description": "The clause of the notice that asks for public results."},
        "documents": {
            "type": "array",
            "maxItems": PAGE_SIZE,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "document_ref": _TEXT,
                    "announcing_body": _TEXT,
                    "announced_on": _DAY,
                    "title": {
                        "type": ["string", "null"],
                        "description": "null: none, or it may name a person.",
                    },
                    "corrects": {
                        "type": "array",
                        "items": _TEXT,
                        "description": "Documents that it corrects.",
                    },
                    "announced": {"type": "integer", "minimum": 1, "description": "Persons on the list."},
                    "certified": {
                        "type": ["integer", "null"],
                        "minimum": 0,
                        "description": "Those with a published certificate, ended since or not; null for a document "
                        f"of fewer than {SMALLEST_COUNTED} persons that are not all certified.",
                    },
                    "coverage": {
                        "type": ["string", "null"],
                        "pattern": r"^\d{1,3}\.\d$",
                        "description": "Per cent certified, rounded down.",
                    },
                },
                "required": list(_EXAMPLE["documents"][0]),
            },
        },
        "number": {"type": "integer", "minimum": 0, "description": "How many documents there are."},
        "page": {"type": "integer", "minimum": 1},
        "pages": {"type": "integer", "minimum": 1},
        "scope": {
            "type": "object",
            "additionalProperties": False,
            "description": "What is covered 收录范围; series: those in which certificates were given.",
            "properties": {
                "first_announced_on": _DAY_OR_NONE,
                "last_announced_on": _DAY_OR_NONE,
                "series": {"type": "array", "items": _TEXT},
            },
            "required": list(_EXAMPLE["scope"]),
        },
    },
    "required": list(_EXAMPLE),
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Newest first.",
        "content": {"application/json": {"schema": _SCHEMA, "example": _EXAMPLE}},
    },
    **problem_answers(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
}


def add_announced(app: FastAPI, service: PublicService, pages: Pages) -> None:
    """Serve the page and its JSON twin. Both are public and the same for everybody."""

    @app.get(
        "/api/v1/announced-documents",
        summary="Documents that announced results, with counts",
        operation_id="announced_documents",
        responses=_ANSWERS,
    )
    def announced_documents(request: Request, page: PageNumber = 1) -> Response:
        """Documents and counts (吉人社函〔2022〕38号 六（三） 结果公开). Persons are never named."""
        scope = service.announced.scope()
        answer = encode_canonical_json(
            {
                "clause": DOCUMENT_CLAUSE,
                "documents": [_object(one) for one in _on_page(service, page)],
                "number": scope.documents,
                "page": page,
                "pages": _last(scope),
                "scope": {
                    "first_announced_on": None if scope.first_on is None else scope.first_on.isoformat(),
                    "last_announced_on": None if scope.last_on is None else scope.last_on.isoformat(),
                    "series": _series(scope),
                },
            }
        )
        return answer_with_etag(request, answer, "application/json", REVALIDATE)

    def announced_page(request: Request, page: PageNumber = 1) -> Response:
        scope = service.announced.scope()
        shown = pages.announced(_on_page(service, page), scope, _series(scope), page, _last(scope))
        return answer_with_etag(request, shown, "text/html; charset=utf-8", REVALIDATE)

    app.add_api_route("/announced", announced_page, methods=["GET", "HEAD"], include_in_schema=False)


def _last(scope: AnnouncedScope) -> int:
    return max(1, -(-scope.documents // PAGE_SIZE))


def _on_page(service: PublicService, page: int) -> tuple[AnnouncedDocument, ...]:
    return service.announced.published((page - 1) * PAGE_SIZE, PAGE_SIZE)


def _series(scope: AnnouncedScope) -> list[str]:
    return [SERIES[code] for code in scope.series if code in SERIES]


def _object(document: AnnouncedDocument) -> dict[str, Any]:
    return {
        "document_ref": document.document_ref,
        "announcing_body": document.announcing_body,
        "announced_on": document.announced_on.isoformat(),
        "title": document.title,
        "corrects": list(document.corrects),
        "announced": document.announced,
        "certified": document.certified,
        "coverage": document.coverage,
    }
