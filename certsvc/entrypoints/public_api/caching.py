"""How answers may be kept: the cache headers and the entity tag (RFC 9111, RFC 9110 section 8.8.3)."""

from __future__ import annotations

from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"


def answer_with_etag(request: Request, content: bytes, media_type: str, caching: str) -> Response:
    """The content, or 304 without content when the caller already has exactly these bytes."""
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": caching}
    if etag in _known_tags(request):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _known_tags(request: Request) -> set[str]:
    asked = request.headers.get("if-none-match", "")
    return {tag.strip().removeprefix("W/") for tag in asked.split(",")}
