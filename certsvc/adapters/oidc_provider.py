"""An OpenID provider as its client sees it: discovery, code flow with PKCE (S256), id_token checked against its keys.

OpenID Connect Core 1.0 sections 3.1.2-3.1.3, Discovery 1.0, RFC 7636. Authlib makes the requests of the protocol and
checks the claims; this module fetches, bounds what it reads, and says whose fault a failure is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from certsvc.adapters.jose_algorithms import NamedAlgorithms
from certsvc.domain.caller import LONGEST_NAME
from certsvc.errors import ConfigurationError, NotSignedIn, UnavailableError
from certsvc.ports import Clock
from certsvc.ports.access import Identity

ALGORITHMS: Final = NamedAlgorithms("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signature algorithms of an id_token: public-key ones only; `none` and shared secrets are refused."""

_METADATA_PATH: Final = "/.well-known/openid-configuration"
_SEEN_FRESH: Final = timedelta(minutes=10)
_LEEWAY: Final = 30  # seconds that the provider's clock may differ
_MOST_BYTES: Final = 256 * 1024
_SECONDS: Final = 5.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_NO_ANSWER: Final = "统一身份认证服务暂时没有应答。请稍后重试。"
_NOT_ACCEPTED: Final = "统一身份认证的答复没有通过检验，未能登录。请从头重新登录。"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How this service is registered at the provider. `name_claim`: the claim whose value names our actors."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_address: str
    name_claim: str


@dataclass(frozen=True, slots=True)
class _Provider:
    """What discovery said, and the keys, as of an instant."""

    authorization: str
    token: str
    keys: KeySet
    seen_at: datetime


class OpenIdProvider:
    """ports.access.IdentityProvider over HTTP. Discovery and keys are kept for ten minutes."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        if not _may_be_asked(settings.issuer):
            raise ConfigurationError("CERTSVC_OIDC_ISSUER 须为 https 地址（本机测试可用 http）。")
        self._settings = settings
        self._clock = clock
        self._seen: _Provider | None = None

    def authorization_address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent to sign in."""
        provider = self._provider()
        with httpx.Client() as http:
            address, _ = self._client(http).create_authorization_url(
                provider.authorization, state=state, code_verifier=verifier, nonce=nonce
            )
        return str(address)

    def redeem(self, code: str, verifier: str, nonce: str, now: datetime) -> Identity:
        """Exchange the code and check the id_token: signature, issuer, audience, expiry, nonce, at_hash."""
        provider = self._provider()
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False) as http:
                answer = self._client(http).fetch_token(
                    provider.token, grant_type="authorization_code", code=code, code_verifier=verifier
                )
        except httpx.HTTPError as error:
            raise UnavailableError(_NO_ANSWER) from error
        except (AuthlibBaseError, ValueError) as error:
            raise NotSignedIn(_NOT_ACCEPTED) from error
        try:
            claims = self._checked_claims(answer, nonce, now)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            # The answer is somebody else's bytes: whatever it cannot be read as, it is not accepted.
            raise NotSignedIn(_NOT_ACCEPTED) from error
        name = claims.get(self._settings.name_claim)
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise NotSignedIn(_NOT_ACCEPTED)
        return Identity(name)

    def _checked_claims(self, answer: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        raw_token = answer["id_token"]
        try:
            token = jwt.decode(raw_token, self._provider().keys, registry=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):
            # A key that we have not seen: the provider may have changed its keys since.
            token = jwt.decode(raw_token, self._provider(anew=True).keys, registry=ALGORITHMS)
        settings = self._settings
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": settings.client_id,
                "access_token": answer.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        return dict(claims)

    def _client(self, http: httpx.Client) -> OAuth2Client:
        return OAuth2Client(
            _FormPoster(http),
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            scope="openid profile" if self._settings.name_claim != "sub" else "openid",
            redirect_uri=self._settings.redirect_address,
            code_challenge_method="S256",
        )

    def _provider(self, *, anew: bool = False) -> _Provider:
        now = self._clock.now()
        seen = self._seen
        if seen is not None and not anew and now - seen.seen_at < _SEEN_FRESH:
            return seen
        try:
            with httpx.Client(timeout=_SECONDS, trust_env=False) as http:
                self._seen = self._discover(http, now)
        except (httpx.HTTPError, JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnavailableError(_NO_ANSWER) from error
        return self._seen

    def _discover(self, http: httpx.Client, now: datetime) -> _Provider:
        metadata = _fetch_json(http, self._settings.issuer.rstrip("/") + _METADATA_PATH)
        addresses = [metadata[key] for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if metadata["issuer"] != self._settings.issuer or not all(map(_may_be_asked, addresses)):
            raise ValueError("the provider's metadata name another issuer, or an address without TLS")
        authorization, token, keys = addresses
        return _Provider(authorization, token, KeySet.import_key_set(_fetch_json(http, keys)), now)


class _FormPoster:
    """The session that Authlib's protocol client asks for, over httpx: one bounded POST of a form."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def post(
        self, address: str, *, data: dict[str, str], headers: dict[str, str], auth: Any
    ) -> httpx.Response:
        """Post a form, authenticated as the client is registered."""
        address, headers, body = auth.prepare("POST", address, dict(headers), urlencode(data))
        with self._http.stream("POST", address, content=body, headers=headers) as answer:
            return httpx.Response(answer.status_code, headers=_plain(answer), content=_bounded(answer))


def _fetch_json(http: httpx.Client, address: str) -> Any:
    with http.stream("GET", address, headers={"Accept": "application/json"}) as answer:
        if answer.status_code != httpx.codes.OK:
            raise ValueError(f"HTTP {answer.status_code}")
        return httpx.Response(answer.status_code, content=_bounded(answer)).json()


def _bounded(answer: httpx.Response) -> bytes:
    content = b""
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > _MOST_BYTES:
            raise ValueError("the provider's answer is too large")
    return content


def _plain(answer: httpx.Response) -> dict[str, str]:
    return {"Content-Type": answer.headers.get("content-type", "")}


def _may_be_asked(address: str) -> bool:
    """TLS everywhere but on this machine itself."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
