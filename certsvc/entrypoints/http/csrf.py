"""The CSRF token as a request brings it along: in a header, or in the field of a form."""

from __future__ import annotations

from typing import Final

from fastapi import Request

CSRF_HEADER: Final = "x-csrf-token"
CSRF_FIELD: Final = "csrf_token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


async def given_csrf(request: Request) -> str | None:
    """The token that came with a request, None without one. A form is read whole, and read once: `request.form()` again
    gives the same."""
    in_header = request.headers.get(CSRF_HEADER)
    if in_header is not None or not _is_form(request):
        return in_header
    given = (await request.form()).get(CSRF_FIELD)
    return given if isinstance(given, str) else None


def _is_form(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type in _FORMS
