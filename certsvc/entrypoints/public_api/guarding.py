"""What stands before the questions of the public face: allowances, and no reading where only questions are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from certsvc.entrypoints.http.allowances import TooManyRequests, guess_key, require_allowance
from certsvc.entrypoints.public_api.askers import Asker, asker_of
from certsvc.entrypoints.public_api.key_quotas import note_quota
from certsvc.entrypoints.public_api.noting import note_miss
from certsvc.entrypoints.public_api.proof_of_work import EASIEST, LIFE_SECONDS, SUSPECTED
from certsvc.entrypoints.public_api.service import PublicService
from certsvc.errors import UnknownReference
from certsvc.stages.verify import HolderClaim

_A_MINUTE, _AN_HOUR = 60, 3600
BOUGHT = 4
"""How many times its limit an allowance can be bought over again."""


def limited(service: PublicService, purpose: str, per_minute: int) -> Callable[[Request], None]:
    """A dependency that counts a question of a client for a purpose; with an organisation's key, of its quota.

    Raises HTTPException 429 with Retry-After, QuotaExceeded.
    """

    def count(request: Request) -> None:
        if charge(service, request):
            return
        allow_or_prove(service, request, f"{purpose}:{asker_of(request).key}", per_minute, _A_MINUTE)

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
        allow_or_prove(service, request, key, limit, per_seconds, count=rows)


def count_guess(service: PublicService, number: str, request: Request | None = None) -> None:
    """Existing or not, a number is counted alike, however it is written; the limiter sees its digest only.

    With the request, whoever comes too late may compute instead (as many again in an hour, no more: the four characters are
    soon tried out otherwise), and whoever is suspected of trying numbers out has to. Raises TooManyRequests.
    """
    limit = service.limits.guesses_per_hour
    if request is None:
        require_allowance(service.limiter.allow(guess_key(number), limit, _AN_HOUR))
        return
    allow_or_prove(service, request, guess_key(number), limit, _AN_HOUR, bought=limit)
    asker = asker_of(request)
    if is_suspected(service, asker, number) and not service.proofs_of_work.proven(request, asker.key):
        raise challenged(service, asker, LIFE_SECONDS, SUSPECTED)


def is_suspected(service: PublicService, asker: Asker, number: str) -> bool:
    """Whether numbers seem to be tried out, by this asker or at this number; an organisation is known by name anyhow."""
    return asker.organisation is None and service.watch.suspects(asker.key, number)


@contextmanager
def asked_by_number(service: PublicService, request: Request, claim: HolderClaim) -> Iterator[None]:
    """Around a question by number, name and last four characters: counted before, and watched when nothing agrees."""
    count_guess(service, claim.number, request)
    try:
        yield
    except UnknownReference:
        note_miss(service, asker_of(request), claim)
        raise


def allow_or_prove(
    service: PublicService,
    request: Request,
    key: str,
    limit: int,
    per_seconds: int,
    bought: int | None = None,
    count: int = 1,
) -> None:
    """Count a request, for as many as it stands for; one that is too many goes on with a proof of work, `bought` times.

    By default that is four times the limit. Raises TooManyRequests, with a challenge unless the proof was good and there is
    nothing left to buy.
    """
    allowance = service.limiter.allow(key, limit, per_seconds, count)
    if allowance.allowed:
        return
    asker = asker_of(request)
    if not service.proofs_of_work.proven(request, asker.key):
        raise challenged(service, asker, allowance.wait_seconds)
    require_allowance(service.limiter.allow(f"bought:{key}", bought or BOUGHT * limit, per_seconds, count))


def challenged(
    service: PublicService, asker: Asker, wait_seconds: int, least: int = EASIEST
) -> TooManyRequests:
    """The refusal of whoever may compute instead of waiting."""
    challenge = service.proofs_of_work.challenge(asker.key, least)
    return TooManyRequests(wait_seconds, {"challenge": challenge.as_json()})


def refuse_reading(app: FastAPI, *paths: str) -> None:
    """GET and HEAD are told that the address takes questions: without this the public tree would answer with 404."""

    def refuse() -> Response:
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})

    for path in paths:
        app.add_api_route(path, refuse, methods=["GET", "HEAD"], include_in_schema=False)
