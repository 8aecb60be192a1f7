"""Whether an asker has anything left, looked up before a request is written down: a refused one leaves no trace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, NamedTuple

from fastapi import Request

from certsvc.entrypoints.http.allowances import TooManyRequests
from certsvc.entrypoints.public_api.askers import asker_of
from certsvc.entrypoints.public_api.guarding import BOUGHT, challenged
from certsvc.entrypoints.public_api.key_quotas import note_quota
from certsvc.entrypoints.public_api.service import Limits, PublicService
from certsvc.ports.sharing import wait_for_one

_A_MINUTE: Final = 60
_AN_HOUR: Final = 3600
_A_DAY: Final = 86_400


class CountedUnder(NamedTuple):
    """One allowance of an asker: `limit` in `per_seconds`, for a purpose; `for_sale` when a proof of work buys more of it."""

    purpose: str
    limit: int
    per_seconds: int
    for_sale: bool = True


def counted_under(limits: Limits) -> Mapping[str, tuple[CountedUnder, ...]]:
    """The allowances that each question which makes something new needs, by its path."""
    verify = CountedUnder("verify", limits.verify_per_minute, _A_MINUTE)
    return {
        "/api/v1/report": (CountedUnder("bundle", limits.bundle_per_minute, _A_MINUTE),),
        "/api/v1/signed-verdict": (verify,),
        "/api/v1/verify/batch": (CountedUnder("batch-rows", limits.batch_rows_per_hour, _AN_HOUR),),
        "/api/v1/verification-jobs": (
            CountedUnder("job-upload", limits.job_uploads_per_minute, _A_MINUTE),
            CountedUnder("job-rows", limits.job_rows_per_day, _A_DAY, for_sale=False),
        ),
        "/api/v1/suspicions": (
            verify,
            CountedUnder("suspicion", limits.suspicions_per_hour, _AN_HOUR),
        ),
    }


def require_left(service: PublicService, request: Request, path: str) -> None:
    """Return when a question at a path would still be let through; counts nothing.

    Raises TooManyRequests, QuotaExceeded, as counting it would.
    """
    asker = asker_of(request)
    key = asker.organisation_key
    for purpose, limit, per_seconds, for_sale in counted_under(service.limits)[path]:
        if key is not None and purpose != "suspicion":
            note_quota(request, key, partial(service.key_desk.require_left, key))
            continue
        counted = f"{purpose}:{asker.key}"
        wait = wait_for_one(service.limiter, counted, limit, per_seconds)
        if not wait:
            continue
        if not for_sale:
            raise TooManyRequests(wait)
        if not service.proofs_of_work.proven(request, asker.key):
            raise challenged(service, asker, wait)
        wait = wait_for_one(service.limiter, f"bought:{counted}", BOUGHT * limit, per_seconds)
        if wait:
            raise TooManyRequests(wait)
