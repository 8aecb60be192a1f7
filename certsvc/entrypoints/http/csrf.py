"""The CSRF token as a request brings it along: in a header, or in the field of a form."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from starlette.formparsers import MultiPartException

from certsvc.errors import RequestError

CSRF_HEADER: Final = "x-csrf-token"
CSRF_FIELD: Final = "csrf_token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_MOST_FILES: Final = 5
_MOST_FIELDS: Final = 500
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


async def given_csrf(request: Request) -> str | None:
    """The token that came with a request, None without one. A form is read whole, and read once: `request.form()` again
    gives the same."""
    in_header = request.headers.get(CSRF_HEADER)
    if in_header is not None or not _is_form(request):
        return in_header
    try:
        form = await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS)
    except (MultiPartException, MultipartParseError, KeyError, ValueError) as error:
        raise RequestError("表单内容无法读取。请返回上一页，重新填写后提交。") from error
    given = form.get(CSRF_FIELD)
    return given if isinstance(given, str) else None


def _is_form(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type in _FORMS
