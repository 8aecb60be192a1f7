"""Entity tags (RFC 9110 sections 8.8.3 and 13.1.2): strong ones, of exactly the bytes that are sent."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response


def answer_with_etag(request: Request, content: bytes, media_type: str, caching: str) -> Response:
    """The content, or 304 without content when the caller already has exactly these bytes."""
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": caching}
    if not _known_tags(request).isdisjoint((etag, "*")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _known_tags(request: Request) -> set[str]:
    """What the caller has; a tag that somebody on the way made weak names the same bytes here."""
    asked = ",".join(request.headers.getlist("if-none-match"))
    return {tag.strip().removeprefix("W/") for tag in asked.split(",")}
