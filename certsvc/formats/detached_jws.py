"""Detached signatures over bytes that are sent beside them (RFC 7515 appendix F, RFC 8037), and the key as JWKS."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Final

SIGNATURE_HEADER: Final = "X-JWS-Signature"


def detached_jws(body: bytes, key_id: str, sign: Callable[[bytes], bytes]) -> str:
    """`<protected header>..<signature>`: put base64url of the exact body between the dots and any JWS library checks it."""
    protected = _encode(json.dumps({"alg": "EdDSA", "kid": key_id}, separators=(",", ":")).encode())
    signature = sign(f"{protected}.{_encode(body)}".encode())
    return f"{protected}..{_encode(signature)}"


def public_jwk(public_key: bytes) -> dict[str, str]:
    """An Ed25519 public key (32 bytes) as JWK."""
    own = {"crv": "Ed25519", "kty": "OKP", "x": _encode(public_key)}
    return {**own, "kid": key_thumbprint(public_key), "alg": "EdDSA", "use": "sig"}


def key_thumbprint(public_key: bytes) -> str:
    """The JWK thumbprint of an Ed25519 public key (RFC 7638)."""
    own = {"crv": "Ed25519", "kty": "OKP", "x": _encode(public_key)}
    canonical = json.dumps(own, separators=(",", ":"), sort_keys=True).encode()
    return _encode(sha256(canonical).digest())


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
