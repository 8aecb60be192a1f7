"""The protocol of the demo's provider: code flow with PKCE, id_tokens, logout (OpenID Connect Core, RFC 7636, RFC 9207)."""

from __future__ import annotations

import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from certsvc.entrypoints.demo_provider.people import DemoClient, DemoPerson
from certsvc.errors import RequestError

Claims = dict[str, Any]
_CODE_SECONDS: Final = 60
_TOKEN_SECONDS: Final = 300
_LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class AskedToSignIn:
    """A request of a registered service that somebody sign in (OpenID Connect Core section 3.1.2.1)."""

    client: DemoClient
    state: str
    nonce: str
    challenge: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for, until it is redeemed."""

    asked: AskedToSignIn
    person: DemoPerson
    acr: str
    made_at: int


@dataclass
class DemoProvider:
    """The provider. `forge` changes the claims of the next id_tokens: tests lie with it."""

    issuer: str
    clients: Sequence[DemoClient]
    now: Callable[[], float] = time.time
    forge: Callable[[Claims], Claims] = lambda claims: claims
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)}))
    signing_key: ECKey | None = None
    algorithm: str = "ES256"
    grants: dict[str, Grant] = field(default_factory=dict)

    def metadata(self) -> Claims:
        """What discovery says."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "acr_values_supported": [level.acr for client in self.clients for level in client.levels],
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> Mapping[str, Any]:
        """The public keys."""
        return KeySet([self.key]).as_dict(private=False)

    def client(self, client_id: str) -> DemoClient | None:
        """The registered service of that id."""
        return next((one for one in self.clients if one.client_id == client_id), None)

    def asked(self, given: Mapping[str, str]) -> AskedToSignIn:
        """Read a request. Raises RequestError when it is not of a registered service, to its own address, with PKCE."""
        client = self.client(given.get("client_id", ""))
        fits = (
            client is not None
            and given.get("redirect_uri") == client.redirect_address
            and given.get("response_type") == "code"
            and given.get("code_challenge_method") == "S256"
            and "openid" in given.get("scope", "").split()
        )
        if client is None or not fits:
            raise RequestError("请求不是已登记的服务发出的，或缺少必要的参数。")
        levels = tuple(given.get("acr_values", "").split())
        return AskedToSignIn(
            client, given.get("state", ""), given.get("nonce", ""), given.get("code_challenge", ""), levels
        )

    def grant(self, asked: AskedToSignIn, sub: str, acr: str) -> str:
        """Somebody agreed: where the browser goes back to, with the code. Raises RequestError for unknown people and levels."""
        person = asked.client.person(sub)
        if person is None or acr not in [level.acr for level in asked.client.levels]:
            raise RequestError("没有选定人员或验证方式。")
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(asked, person, acr, int(self.now()))
        return self._back(asked, {"code": code})

    def decline(self, asked: AskedToSignIn) -> str:
        """Somebody did not agree: where the browser goes back to."""
        return self._back(asked, {"error": "access_denied"})

    def redeem(self, given: Mapping[str, str], authorization: str) -> tuple[int, Claims]:
        """Status and answer of the token endpoint."""
        client = self._authenticated(given, authorization)
        if client is None:
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(given.get("code", ""), None)
        challenge = _text(sha256(given.get("code_verifier", "").encode()).digest())
        if (
            grant is None
            or grant.asked.client.client_id != client.client_id
            or given.get("grant_type") != "authorization_code"
            or given.get("redirect_uri") != client.redirect_address
            or challenge != grant.asked.challenge
            or self.now() - grant.made_at > _CODE_SECONDS
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "id_token": self._signed(self.forge(self._claims(grant))),
        }

    def logout_token(self, client_id: str, changed: Claims) -> str:
        """The message that a session ended (Back-Channel Logout section 2.4); `changed` adds `sub` or `sid`."""
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "events": {_LOGGED_OUT: {}},
        }
        return self._signed({key: value for key, value in (claims | changed).items() if value is not None})

    def _claims(self, grant: Grant) -> Claims:
        now = int(self.now())
        return {
            "iss": self.issuer,
            "sub": grant.person.sub,
            "preferred_username": grant.person.sub,
            "aud": grant.asked.client.client_id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "auth_time": grant.made_at,
            "acr": grant.acr,
            "sid": secrets.token_urlsafe(12),
            "nonce": grant.asked.nonce,
            **grant.person.claims,
        }

    def _signed(self, claims: Claims) -> str:
        key = self.signing_key or self.key
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, key)

    def _back(self, asked: AskedToSignIn, answer: Claims) -> str:
        query = urlencode({**answer, "state": asked.state, "iss": self.issuer})
        return f"{asked.client.redirect_address}?{query}"

    def _authenticated(self, given: Mapping[str, str], authorization: str) -> DemoClient | None:
        scheme, _, encoded = authorization.partition(" ")
        if scheme != "Basic":
            client = self.client(given.get("client_id", ""))
            return client if client is not None and client.secret is None else None
        try:
            name, _, secret = b64decode(encoded).decode().partition(":")
        except (Base64Error, ValueError):
            return None
        client = self.client(unquote(name))
        return client if client is not None and client.secret == unquote(secret) else None


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
