"""Ed25519 (RFC 8032) with errors of this library."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certverify.errors import SignatureError

KEY_BYTES = 32
SIGNATURE_BYTES = 64


def public_key(raw_key: bytes) -> Ed25519PublicKey:
    """The key of 32 raw bytes. Raises ValueError."""
    if len(raw_key) != KEY_BYTES:
        raise ValueError("an Ed25519 public key has 32 bytes")
    return Ed25519PublicKey.from_public_bytes(raw_key)


def verify(key: Ed25519PublicKey, signature: bytes, message: bytes) -> None:
    """Return when `signature` over `message` verifies under `key`. Raises SignatureError."""
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise SignatureError("the signature does not verify") from error
