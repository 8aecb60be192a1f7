"""An OpenID provider as its client sees it: discovery, code flow with PKCE (S256), id_token checked against its keys.

OpenID Connect Core 1.0 sections 3.1.2-3.1.3, Discovery 1.0, RP-Initiated and Back-Channel Logout 1.0, RFC 7636,
RFC 9207. Authlib makes the requests of the protocol and
checks the claims; this module fetches, bounds what it reads, and says whose fault a failure is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.claims import JWTClaims
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import Token

from certsvc.adapters.jose_algorithms import NamedAlgorithms
from certsvc.domain.caller import LONGEST_NAME
from certsvc.errors import ConfigurationError, NotSignedIn, UnavailableError
from certsvc.ports import Clock
from certsvc.ports.access import Assertion, EndedThere

ALGORITHMS: Final = NamedAlgorithms("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signature algorithms of an id_token: public-key ones only; `none` and shared secrets are refused."""

_METADATA_PATH: Final = "/.well-known/openid-configuration"
_SEEN_FRESH: Final = timedelta(minutes=10)
_LEEWAY: Final = 30  # seconds that the provider's clock may differ
_MOST_BYTES: Final = 256 * 1024
_SECONDS: Final = 5.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_ASSURANCE: Final = 255
_LOGGED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_HOLDS: Final = timedelta(minutes=5)
_NO_ANSWER: Final = "统一身份认证服务暂时没有应答。请稍后重试。"
_NOT_ACCEPTED: Final = "统一身份认证的答复没有通过检验，未能登录。请从头重新登录。"


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How this service is registered at the provider, and what it asks for.

    `claims`: our word for a text, and the claim that it stands in; those in `optional` may be missing. `assurance`: the
    values of `acr` to ask for. `max_age`: seconds since somebody showed who they are, at the longest.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_address: str
    claims: Mapping[str, str]
    optional: frozenset[str] = frozenset()
    scope: str = "openid"
    assurance: tuple[str, ...] = ()
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class _Provider:
    """What discovery said, and the keys, as of an instant."""

    authorization: str
    token: str
    keys: KeySet
    seen_at: datetime
    leaving: str | None
    names_itself: bool


class OpenIdProvider:
    """ports.access.IdentityProvider over HTTP. Discovery and keys are kept for ten minutes."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        if not _may_be_asked(settings.issuer):
            raise ConfigurationError(
                "CERTSVC_OIDC_ISSUER、CERTSVC_HOLDER_OIDC_ISSUER 须为 https 地址（本机测试可用 http）。"
            )
        self._settings = settings
        self._clock = clock
        self._seen: _Provider | None = None

    def authorization_address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent to sign in."""
        provider, settings = self._provider(), self._settings
        asked = {"state": state, "code_verifier": verifier, "nonce": nonce}
        if settings.assurance:
            asked["acr_values"] = " ".join(settings.assurance)
        if settings.max_age is not None:
            asked["max_age"] = str(settings.max_age)
        with httpx.Client() as http:
            address, _ = self._client(http).create_authorization_url(provider.authorization, **asked)
        return str(address)

    def redeem(
        self, code: str, verifier: str, nonce: str, now: datetime, issuer: str | None = None
    ) -> Assertion:
        """Exchange the code and check the id_token: signature, issuer, audience, expiry, nonce, at_hash, age of sign-in."""
        provider = self._provider()
        if issuer != self._settings.issuer and (issuer is not None or provider.names_itself):
            raise NotSignedIn(_NOT_ACCEPTED)  # the answer is another provider's (RFC 9207)
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
        return self._assertion(claims)

    def leaving_address(self, back: str) -> str | None:
        """Where a browser is sent to be signed out at the provider too (OpenID Connect RP-Initiated Logout 1.0)."""
        address = self._provider().leaving
        if address is None:
            return None
        asked = urlencode({"client_id": self._settings.client_id, "post_logout_redirect_uri": back})
        return f"{address}{'&' if urlsplit(address).query else '?'}{asked}"

    def ended_there(self, raw_token: str, now: datetime) -> EndedThere:
        """Check a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6)."""
        try:
            token = self._decoded(raw_token)
            claims = token.claims
            JWTClaims(claims, token.header, options=self._for_us()).validate(
                now=int(now.timestamp()), leeway=_LEEWAY
            )
            session, subject, number = claims.get("sid"), claims.get("sub"), claims["jti"]
            made_at = datetime.fromtimestamp(claims["iat"], UTC)
            whole = (
                isinstance(claims["events"][_LOGGED_OUT], dict)
                and "nonce" not in claims
                and (session is not None or subject is not None)
                and all(isinstance(one, str) for one in (session or "", subject or "", number))
                and now - made_at <= _LOGOUT_HOLDS
            )
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise NotSignedIn(_NOT_ACCEPTED) from error
        if not whole:
            raise NotSignedIn(_NOT_ACCEPTED)
        return EndedThere(
            None if session is None else self._digest("sid", session),
            None if subject is None else self._digest("sub", subject),
            self._digest("jti", number),
            made_at + _LOGOUT_HOLDS,
        )

    def _assertion(self, claims: Mapping[str, Any]) -> Assertion:
        texts: dict[str, str] = {}
        for word, claim in self._settings.claims.items():
            value = claims.get(claim)
            if value is None and word in self._settings.optional:
                continue
            if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
                raise NotSignedIn(_NOT_ACCEPTED)
            texts[word] = value
        session, assurance = claims.get("sid"), claims.get("acr", "")
        if not isinstance(assurance, str) or len(assurance) > _LONGEST_ASSURANCE:
            raise NotSignedIn(_NOT_ACCEPTED)
        known = None if not isinstance(session, str) else self._digest("sid", session)
        return Assertion(texts, assurance, known, self._digest("sub", claims["sub"]))

    def _digest(self, kind: str, value: str) -> bytes:
        return sha256("\0".join((self._settings.issuer, kind, value)).encode()).digest()

    def _for_us(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }

    def _decoded(self, raw_token: str) -> Token:
        try:
            return jwt.decode(raw_token, self._provider().keys, registry=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):
            # A key that we have not seen: the provider may have changed its keys since.
            return jwt.decode(raw_token, self._provider(anew=True).keys, registry=ALGORITHMS)

    def _checked_claims(self, answer: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        token = self._decoded(answer["id_token"])
        settings = self._settings
        claims = CodeIDToken(
            token.claims,
            token.header,
            options=self._for_us() | {"nonce": {"essential": True, "value": nonce}},
            params={
                "nonce": nonce,
                "client_id": settings.client_id,
                "access_token": answer.get("access_token"),
                "max_age": settings.max_age,
            },
        )
        seconds = int(now.timestamp())
        claims.validate(now=seconds, leeway=_LEEWAY)
        if settings.max_age is not None and seconds - claims["auth_time"] > settings.max_age + _LEEWAY:
            raise ValueError("whoever signed in showed who they are too long ago")
        return dict(claims)

    def _client(self, http: httpx.Client) -> OAuth2Client:
        return OAuth2Client(
            _FormPoster(http),
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            scope=self._settings.scope,
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
        leaving = metadata.get("end_session_endpoint")
        if leaving is not None and not _may_be_asked(leaving):
            raise ValueError("the provider's metadata name an address without TLS")
        names_itself = metadata.get("authorization_response_iss_parameter_supported") is True
        key_set = KeySet.import_key_set(_fetch_json(http, keys))
        return _Provider(authorization, token, key_set, now, leaving, names_itself)


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
