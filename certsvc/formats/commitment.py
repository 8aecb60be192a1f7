"""The ledger's commitment to a private payload (docs/formats/ledger.md)."""

from __future__ import annotations

import hashlib

SALT_BYTES = 32
_DOMAIN = b"certsvc/commitment/v1\0"


def commit(salt: bytes, payload: bytes) -> bytes:
    """The 32 bytes that a leaf holds. Without the salt nobody can guess the payload from them."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return hashlib.sha256(_DOMAIN + salt + payload).digest()
