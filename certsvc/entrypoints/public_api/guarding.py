"""What stands before the questions of the public face: allowances, and no reading where only questions are answered."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.http.allowances import guess_key, require_allowance
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.entrypoints.public_api.key_quotas import note_quota
from certsvc.entrypoints.public_api.service import PublicService

_A_MINUTE, _AN_HOUR = 60, 3600


def limited(service: PublicService, purpose: str, per_minute: int) -> Callable[[Request], None]:
    """A dependency that counts a question of a client for a purpose; with an organisation's key, of its quota.

    Raises HTTPException 429 with Retry-After, QuotaExceeded.
    """

    def count(request: Request) -> None:
        if charge(service, request):
            return
        require_allowance(service.limiter.allow(f"{purpose}:{asker_of(request).key}", per_minute, _A_MINUTE))

    return count


def charge(service: PublicService, request: Request, count: int = 1) -> bool:
    """Count questions of the quota of the key that a request brings; False without one. Raises QuotaExceeded.

    A row of a batch is a question: whoever answers a batch of n rows, which was counted once before it was read, counts
    n - 1 more.
    """
    key = asker_of(request).organisation_key
    if key is not None:
        note_quota(request, key, lambda: service.key_desk.charge(key, count))
    return key is not None


def limited_as_bundles(service: PublicService) -> Callable[[Request], None]:
    """The same for whatever is handed out: bundles, reports, statements and metadata share one allowance."""
    return limited(service, "bundle", service.limits.bundle_per_minute)


def limited_as_verification(service: PublicService) -> Callable[[Request], None]:
    """The same for questions that are answered without handing anything out."""
    return limited(service, "verify", service.limits.verify_per_minute)


def require_rows(
    service: PublicService, request: Request, purpose: str, rows: int, limit: int, per_seconds: int
) -> None:
    """Count a request for as many rows as it has, as `limited` counts one. Raises HTTPException 429, QuotaExceeded."""
    if not charge(service, request, rows):
        key = f"{purpose}:{asker_of(request).key}"
        require_allowance(service.limiter.allow(key, limit, per_seconds, rows))


def count_guess(service: PublicService, number: str) -> None:
    """Existing or not, a number is counted alike, however it is written; the limiter sees its digest only."""
    require_allowance(service.limiter.allow(guess_key(number), service.limits.guesses_per_hour, _AN_HOUR))


def refuse_reading(app: FastAPI, *paths: str) -> None:
    """GET and HEAD are told that the address takes questions: without this the public tree would answer with 404."""

    def refuse() -> Response:
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})

    for path in paths:
        app.add_api_route(path, refuse, methods=["GET", "HEAD"], include_in_schema=False)
