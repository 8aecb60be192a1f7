"""Requests as the audit trail names them."""

from __future__ import annotations

from fastapi import Request


def request_subject(request: Request) -> str:
    """Method and path, without the query, cut to the length of objects; what a database may not take is shown as `?`."""
    path = "".join(one if one.isprintable() else "?" for one in request.scope["path"])
    return f"{request.method} {path}"[:128]
