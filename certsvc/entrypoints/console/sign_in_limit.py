"""Sign-ins a minute that one client address may begin or finish."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from fastapi import Request
from starlette.exceptions import HTTPException

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
        allowance = self.limiter.allow(f"sign-in-{step}:{client_of(request)}", self.per_minute, _SECONDS)
        if not allowance.allowed:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(max(1, allowance.wait_seconds))}
            )


def limit_begin(request: Request) -> None:
    """Dependency of the address where signing in begins."""
    _limit_of(request).require("begin", request)


def limit_finish(request: Request) -> None:
    """Dependency of the address where signing in ends; every call asks the provider."""
    _limit_of(request).require("finish", request)


def client_of(request: Request) -> str:
    """The address of the caller; of IPv6 the /64, which is what one customer is given."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _limit_of(request: Request) -> SignInLimit:
    limit: SignInLimit = request.app.state.sign_in_limit
    return limit
