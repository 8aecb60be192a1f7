"""Service-to-service calls: one token for one request, signed by the client's own key (docs/sign-in.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, TypeGuard

from certsvc.domain.actor import LONGEST_NAME
from certsvc.domain.caller import Caller
from certsvc.errors import NotSignedIn
from certsvc.ports import Clock
from certsvc.ports.access import AuditTrail, ServiceClientStore, SpentTokens

LONGEST_LIFE: Final = 60  # seconds from iat to exp
LEEWAY: Final = 5  # seconds that the client's clock may run ahead
_JTI: Final = range(16, 129)  # characters
_REFUSED: Final = "服务令牌无效、已过期、已使用，或与请求内容不符。请为每次请求签发新的令牌。"


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """What checking a token needs. `claimed_client` and `signed_claims` read its bytes."""

    clients: ServiceClientStore
    spent: SpentTokens
    trail: AuditTrail
    clock: Clock
    audience: str
    claimed_client: Callable[[str], str]
    signed_claims: Callable[[str, bytes], Mapping[str, Any]]

    def admit(self, raw_token: str, raw_body: bytes, subject: str) -> Caller:
        """The client that sent this request. Raises NotSignedIn for every token that does not hold.

        Tokens with a good signature that fail otherwise (replayed, another body, too old) are written down; the
        rest is noise that anybody can make.
        """
        name = self.claimed_client(raw_token)
        client = self.clients.find_client(name) if len(name) <= LONGEST_NAME else None
        if client is None:
            raise NotSignedIn(_REFUSED)
        claims = self.signed_claims(raw_token, client.public_key)
        if not self._holds(claims, client.name, raw_body):
            self.trail.note(client.caller, "api:token:admit.refused", subject)
            raise NotSignedIn(_REFUSED)
        return client.caller

    def _holds(self, claims: Mapping[str, Any], name: str, raw_body: bytes) -> bool:
        now = self.clock.now()
        issued, ends, own_id = claims.get("iat"), claims.get("exp"), claims.get("jti")
        if not (_is_instant(issued) and _is_instant(ends) and isinstance(own_id, str)):
            return False
        at = now.timestamp()
        return (
            claims.get("iss") == name
            and claims.get("sub") == name
            and claims.get("aud") == self.audience
            and 0 < ends - issued <= LONGEST_LIFE
            and issued <= at + LEEWAY
            and at < ends
            and claims.get("body_sha256") == sha256(raw_body).hexdigest()
            and len(own_id) in _JTI
            and self.spent.spend(_digest(name, own_id), datetime.fromtimestamp(ends, UTC), now)
        )


def _is_instant(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40


def _digest(name: str, own_id: str) -> bytes:
    return sha256(f"service/{name}/{own_id}".encode("utf-8", "surrogatepass")).digest()
