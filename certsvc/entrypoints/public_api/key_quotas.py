"""The quota of an organisation's key as the answers tell it: draft-ietf-httpapi-ratelimit-headers, and Retry-After."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from certsvc.domain.organisation_key import OrganisationKey
from certsvc.errors import QuotaExceeded
from certsvc.stages.organisation_keys import A_DAY, A_MINUTE, Left

POLICY_HEADER, LEFT_HEADER = "RateLimit-Policy", "RateLimit"
_STATE = "quota_headers"


def note_quota(request: Request, key: OrganisationKey, count: Callable[[], Left]) -> Left:
    """Count, and let the answer of this request tell what is left. Raises QuotaExceeded, which is told as well."""
    policy = {POLICY_HEADER: f'"minute";q={key.per_minute};w={A_MINUTE}, "day";q={key.per_day};w={A_DAY}'}
    try:
        left = count()
    except QuotaExceeded as error:
        setattr(request.state, _STATE, policy | {LEFT_HEADER: f'"{error.policy}";r=0;t={error.wait_seconds}'})
        raise
    told = f'"minute";r={left.this_minute};t={left.minute_again_in}, "day";r={left.today};t={left.resets_in}'
    setattr(request.state, _STATE, policy | {LEFT_HEADER: told})
    return left


class QuotaHeaders:
    """ASGI middleware: adds what `note_quota` noted, to problems as well."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                noted: dict[str, str] = scope.get("state", {}).get(_STATE, {})
                headers = MutableHeaders(scope=message)
                for name, value in noted.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_quota)
