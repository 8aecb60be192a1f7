"""`/notices` and `/api/v1/unit-notices`: the units that are named publicly 公开通报, for everybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response

from certsvc.domain.unit_notice import NOTICE_CLAUSE, PublicNotice
from certsvc.entrypoints.http.caching import REVALIDATE, answer_with_etag
from certsvc.entrypoints.public_api.answers import problem_answers
from certsvc.entrypoints.public_api.pages import Pages
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.formats.canonical import encode_canonical_json

PAGE_SIZE = 20
_MOST_PAGES = 100_000
PageNumber = Annotated[int, Query(ge=1, le=_MOST_PAGES, description="Page, from 1 on; 20 notices a page.")]

_EXAMPLE = {
    "clause": NOTICE_CLAUSE,
    "notices": [
        {
            "id": "N0A1B2C3D4E5F607",
            "unit_name": "示例工程有限公司",
            "unit_code": "91229901MA00000159",
            "document_ref": "吉人社通〔2024〕1号",
            "decided_on": "2024-06-03",
            "ground": "为申报人员出具虚假业绩材料",
            "published_on": "2024-06-04",
        }
    ],
    "number": 1,
    "page": 1,
    "pages": 1,
}
_TEXT = {"type": "string"}
_DAY = {"type": "string", "format": "date"}
_SCHEMA: dict[str, Any] = {
    "title": "UnitNotices",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "clause": {"type": "string", "description": "The clause of the notice that orders public naming."},
        "notices": {
            "type": "array",
            "maxItems": PAGE_SIZE,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "id": _TEXT,
                    "unit_name": _TEXT,
                    "unit_code": {"type": ["string", "null"]},
                    "document_ref": _TEXT,
                    "decided_on": _DAY,
                    "ground": _TEXT,
                    "published_on": _DAY,
                },
                "required": list(_EXAMPLE["notices"][0]),  # type: ignore[index]
            },
        },
        "number": {"type": "integer", "minimum": 0, "description": "How many units are named now."},
        "page": {"type": "integer", "minimum": 1},
        "pages": {"type": "integer", "minimum": 1},
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


def add_notices(app: FastAPI, service: PublicService, pages: Pages) -> None:
    """Serve the page and its JSON twin. Both are public and the same for everybody."""

    @app.get(
        "/api/v1/unit-notices",
        summary="Units that are named publicly",
        operation_id="unit_notices",
        responses=_ANSWERS,
    )
    def unit_notices(request: Request, page: PageNumber = 1) -> Response:
        """Units that gave false material (吉人社函〔2022〕38号 四（二）). Persons are never named."""
        number, last = _extent(service)
        answer = encode_canonical_json(
            {
                "clause": NOTICE_CLAUSE,
                "notices": [_object(one) for one in _on_page(service, page)],
                "number": number,
                "page": page,
                "pages": last,
            }
        )
        return answer_with_etag(request, answer, "application/json", REVALIDATE)

    def notices_page(request: Request, page: PageNumber = 1) -> Response:
        number, last = _extent(service)
        shown = pages.notices(_on_page(service, page), number, page, last)
        return answer_with_etag(request, shown, "text/html; charset=utf-8", REVALIDATE)

    app.add_api_route("/notices", notices_page, methods=["GET", "HEAD"], include_in_schema=False)


def _extent(service: PublicService) -> tuple[int, int]:
    number = service.notices.number_published()
    return number, max(1, -(-number // PAGE_SIZE))


def _on_page(service: PublicService, page: int) -> tuple[PublicNotice, ...]:
    return service.notices.published((page - 1) * PAGE_SIZE, PAGE_SIZE)


def _object(notice: PublicNotice) -> dict[str, str | None]:
    return {
        "id": notice.id,
        "unit_name": notice.unit_name,
        "unit_code": notice.unit_code,
        "document_ref": notice.document_ref,
        "decided_on": notice.decided_on.isoformat(),
        "ground": notice.ground,
        "published_on": notice.published_on.isoformat(),
    }
