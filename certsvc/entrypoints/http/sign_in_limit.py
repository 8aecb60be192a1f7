"""Sign-ins a minute that one client address may begin or finish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from certsvc.entrypoints.http.allowances import client_of, require_allowance
from certsvc.ports.sharing import RateLimiter

PER_MINUTE: Final = 60
"""A whole department may stand behind one address."""
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class SignInLimit:
    """The limiter that all processes share, and how many it lets through."""

    limiter: RateLimiter
    per_minute: int

    def require(self, step: str, request: Request) -> None:
        """Count one step. Raises HTTPException 429 with Retry-After when the address has used up its minute."""
        require_allowance(
            self.limiter.allow(f"sign-in-{step}:{client_of(request)}", self.per_minute, _SECONDS)
        )


def limit_begin(request: Request) -> None:
    """Dependency of the address where signing in begins."""
    _limit_of(request).require("begin", request)


def limit_finish(request: Request) -> None:
    """Dependency of the address where signing in ends; every call asks the provider."""
    _limit_of(request).require("finish", request)


def _limit_of(request: Request) -> SignInLimit:
    limit: SignInLimit = request.app.state.sign_in_limit
    return limit
