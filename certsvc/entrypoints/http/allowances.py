"""Rate limits as both HTTP faces count them: who calls, and the answer to who calls too often."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException

from certsvc.domain.history import plain_old_number
from certsvc.ports.sharing import Allowance


def client_of(request: Request) -> str:
    """The address of the caller; of IPv6 the /64, which is what one customer is given."""
    return address_of(request.client.host if request.client else "")


@lru_cache(maxsize=4096)
def address_of(host: str) -> str:
    """The same of a host as the server names it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def guess_key(number: str) -> str:
    """What questions by name and last four are counted under: existing or not, however it is written, by its digest."""
    return "guess:" + sha256(plain_old_number(number).encode()).hexdigest()[:32]


class TooManyRequests(HTTPException):
    """429 with Retry-After; `more` holds further members of the problem."""

    def __init__(self, wait_seconds: int, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(max(1, wait_seconds))})
        self.more = more or {}


def require_allowance(allowance: Allowance) -> None:
    """Raises TooManyRequests when the rate limiter does not let the caller through."""
    if not allowance.allowed:
        raise TooManyRequests(allowance.wait_seconds)
