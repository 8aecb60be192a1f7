"""A small but real OpenID provider on loopback: discovery, consent without asking, tokens with PKCE, JWKS.

Tests start it in a thread. By hand: `python -m tests.support.oidc_provider --port 9400 --user maker`, then set
CERTSVC_OIDC_ISSUER=http://127.0.0.1:9400 and CERTSVC_OIDC_CLIENT_ID=certsvc.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

Claims = dict[str, Any]


@dataclass
class Grant:
    """What a code stands for, until it is redeemed."""

    redirect_uri: str
    challenge: str
    nonce: str
    user: str


@dataclass
class OpenIdProviderUnderTest:
    """The provider. `user` consents to everything; `forge` changes the claims of the next id_tokens."""

    user: str = "maker"
    client_id: str = "certsvc"
    client_secret: str | None = None
    port: int = 0
    now: Callable[[], float] = time.time
    forge: Callable[[Claims], Claims] = lambda claims: claims
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)}))
    signing_key: ECKey | None = None
    algorithm: str = "ES256"
    grants: dict[str, Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def issuer(self) -> str:
        """The issuer, which is also the address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> OpenIdProviderUnderTest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """Discovery, keys, consent."""
        address = urlsplit(request.path)
        asked = {key: values[0] for key, values in parse_qs(address.query).items()}
        match address.path:
            case "/.well-known/openid-configuration":
                _answer(request, 200, self._metadata())
            case "/jwks":
                _answer(request, 200, KeySet([self.key]).as_dict(private=False))
            case "/authorize":
                self._authorize(request, asked)
            case _:
                _answer(request, 404, {})

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Tokens."""
        length = int(request.headers.get("Content-Length", "0"))
        form = {key: values[0] for key, values in parse_qs(request.rfile.read(length).decode()).items()}
        if urlsplit(request.path).path != "/token":
            _answer(request, 404, {})
        elif not self._client_is_known(request, form):
            _answer(request, 401, {"error": "invalid_client"})
        else:
            self._redeem(request, form)

    def _metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, request: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        fits = (
            asked.get("client_id") == self.client_id
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
        )
        if not fits:
            _answer(request, 400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe(24)
        self.grants[code] = Grant(
            asked["redirect_uri"], asked["code_challenge"], asked.get("nonce", ""), self.user
        )
        query = urlencode({"code": code, "state": asked.get("state", ""), "iss": self.issuer})
        request.send_response(302)
        request.send_header("Location", f"{asked['redirect_uri']}?{query}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _client_is_known(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> bool:
        if self.client_secret is None:
            return form.get("client_id") == self.client_id
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return False
        name, _, secret = b64decode(given).decode().partition(":")
        return (unquote(name), unquote(secret)) == (self.client_id, self.client_secret)

    def _redeem(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        grant = self.grants.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "")
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if (
            grant is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != grant.redirect_uri
            or challenge != grant.challenge
        ):
            _answer(request, 400, {"error": "invalid_grant"})
            return
        now = int(self.now())
        claims = self.forge(
            {
                "iss": self.issuer,
                "sub": grant.user,
                "preferred_username": grant.user,
                "aud": self.client_id,
                "iat": now,
                "exp": now + 300,
                "nonce": grant.nonce,
            }
        )
        key = self.signing_key or self.key
        token = jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, key)
        _answer(request, 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token})


def _answer(request: BaseHTTPRequestHandler, status: int, content: Any) -> None:
    body = json.dumps(content).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Cache-Control", "no-store")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def main() -> None:
    """Serve by hand until interrupted."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=9400)
    arguments.add_argument("--user", default="maker")
    arguments.add_argument("--client-id", default="certsvc")
    given = arguments.parse_args()
    with OpenIdProviderUnderTest(given.user, given.client_id, port=given.port) as provider:
        sys.stdout.write(
            f"issuer {provider.issuer}, client {given.client_id}, every visitor is {given.user}\n"
        )
        sys.stdout.flush()
        try:
            provider._thread.join()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
