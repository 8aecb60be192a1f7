"""How answers may be kept: cache headers, entity tag and content coding (RFC 9111, RFC 9110 sections 8.8.3 and 12.5.3)."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Request
from fastapi.responses import Response

from certsvc.entrypoints.http.entity_tags import answer_with_etag

__all__ = ["FOREVER", "REVALIDATE", "Body", "answer_compressed", "answer_with_etag", "compressed"]

REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"

_SMALLEST_COMPRESSED = 256


@dataclass(frozen=True)
class Body:
    """Bytes of an answer, and the same as gzip makes them (RFC 1952); null where that would be no shorter."""

    plain: bytes
    zipped: bytes | None


@lru_cache(maxsize=256)
def compressed(content: bytes) -> Body:
    """The body for bytes that are the same for everybody: what holds a secret is not compressed."""
    if len(content) < _SMALLEST_COMPRESSED:
        return Body(content, None)
    zipped = gzip.compress(content, compresslevel=9, mtime=0)
    return Body(content, zipped if len(zipped) < len(content) else None)


def answer_compressed(request: Request, body: Body, media_type: str, caching: str) -> Response:
    """As `answer_with_etag`, in the coding that the caller takes; each coding has an entity tag of its own."""
    if body.zipped is None:
        return answer_with_etag(request, body.plain, media_type, caching)
    takes = _takes_gzip(request.headers.get("accept-encoding", ""))
    answer = answer_with_etag(request, body.zipped if takes else body.plain, media_type, caching)
    answer.headers["Vary"] = "Accept-Encoding"
    if takes and answer.status_code != 304:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header names gzip, and not with weight 0."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
