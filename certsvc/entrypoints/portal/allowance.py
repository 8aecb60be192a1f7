"""What one holder may ask a minute: counted together with what programs ask about the same person."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from certsvc.entrypoints.http.allowances import require_allowance
from certsvc.entrypoints.portal.access import SignedHolder, office_of
from certsvc.ports.sharing import RateLimiter

PER_HOLDER: Final = 30
"""Questions a minute about one holder, as for programs (docs/api-holders.md)."""
_A_MINUTE: Final = 60


def require_holders_allowance(request: Request, signed: SignedHolder) -> None:
    """Count one question of the holder. Raises HTTPException 429 with Retry-After."""
    person = office_of(request).holder_sign_in.owner_of(signed.holder)
    require_allowance(_limiter(request).allow(f"own-of:{person}", PER_HOLDER, _A_MINUTE))


def is_first(request: Request, signed: SignedHolder, wish: str, seconds: int = 600) -> bool:
    """Whether a form's own word is sent for the first time within so many seconds: a page that is loaded anew sends it again."""
    person = office_of(request).holder_sign_in.owner_of(signed.holder)
    return _limiter(request).allow(f"once:{person}:{wish}", 1, seconds).allowed


def _limiter(request: Request) -> RateLimiter:
    limiter: RateLimiter = request.app.state.limiter
    return limiter
