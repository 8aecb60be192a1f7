"""JSON bodies: declared as JSON, not empty, exactly of their model."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from certsvc.errors import RequestError

JSON = "application/json"
_Form = TypeVar("_Form", bound=BaseModel)


def media_type(request: Request) -> str:
    """The content type without its parameters, in small letters; empty when none is declared."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def unsupported(*accepted: str) -> HTTPException:
    """The refusal of a content type, with those that are accepted (RFC 9110 section 15.5.16)."""
    return HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers={"Accept": ", ".join(accepted)})


def require_content(raw_body: bytes) -> None:
    """Raises RequestError for an empty body."""
    if not raw_body:
        raise RequestError("请求没有内容。请按接口说明提交。")


def json_form(request: Request, raw_body: bytes, model: type[_Form]) -> _Form:
    """The body as a form. Raises HTTPException 415, RequestError (empty), RequestValidationError naming the places."""
    if media_type(request) != JSON:
        raise unsupported(JSON)
    require_content(raw_body)
    try:
        return model.model_validate_json(raw_body)
    except ValidationError as error:
        places = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(places) from error


def json_body(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """A form as the description of the interface shows it."""
    return {"requestBody": {"required": required, "content": {JSON: {"schema": model.model_json_schema()}}}}
