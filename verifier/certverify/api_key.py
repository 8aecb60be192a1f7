"""Keys of the trust list that sign verdicts (docs/formats/trust-list.md, `api_keys`)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certverify import ed25519
from certverify.errors import JsonError
from certverify.strict_json import (
    base64_bytes,
    base64url_bytes,
    day,
    encode_canonical,
    items,
    only_keys,
    text,
)

_THUMBPRINT_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that signs verdicts; `kid` is its JWK thumbprint. The days are those of Asia/Shanghai, both included."""

    kid: str
    public_key: Ed25519PublicKey
    valid_from: date
    valid_to: date | None

    def speaks_on(self, day: date) -> bool:
        """Whether what it signed on that day is believed."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def api_kid(raw_key: bytes) -> str:
    """The JWK thumbprint (RFC 7638) by which signed verdicts name a public key."""
    jwk = encode_canonical({"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw_key)})
    return _base64url(sha256(jwk).digest())


def read_api_keys(value: object) -> dict[str, ApiKey]:
    """The keys of known algorithms, by kid. Raises JsonError."""
    keys = [_read(item) for item in items(value)]
    if len({kid for kid, _ in keys}) != len(keys):
        raise JsonError("two keys with one kid")
    return {kid: key for kid, key in keys if key is not None}


def _read(item: object) -> tuple[str, ApiKey | None]:
    """The kid and its key; None for an algorithm that this library does not know: whatever it signs, its key is unknown."""
    fields = only_keys(item, ("kid", "alg", "public_key", "valid_from", "valid_to"))
    raw_key, kid = base64_bytes(fields["public_key"]), text(fields["kid"])
    valid_from, valid_to = day(fields["valid_from"]), fields["valid_to"]
    last = None if valid_to is None else day(valid_to)
    if not text(fields["alg"]) or not raw_key or len(base64url_bytes(kid)) != _THUMBPRINT_BYTES:
        raise JsonError("a key has an algorithm and a thumbprint")
    if fields["alg"] != "Ed25519":
        return kid, None
    if kid != api_kid(raw_key):
        raise JsonError("not under its own thumbprint")
    return kid, ApiKey(kid, ed25519.public_key(raw_key), valid_from, last)


def _base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
