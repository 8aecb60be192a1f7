"""Personal values at rest: AES-256-GCM with a versioned key, and a keyed digest for look-up.

Sealed bytes: key version (1 byte) || nonce (12 bytes) || ciphertext and tag. The context (table, column and key of
the row) is authenticated, so that a value cannot be moved to another row.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from certsvc.errors import IntegrityError

_NONCE = 12


class AesGcmCipher:
    """`keys` maps a key version (0-255) to 32 secret bytes; the highest version encrypts."""

    def __init__(self, keys: Mapping[int, bytes], *, look_up_key: bytes) -> None:
        self._ciphers = {
            version: AESGCM(_derive(key, b"certsvc/personal/v1")) for version, key in keys.items()
        }
        self._current = max(keys)
        self._look_up_key = _derive(look_up_key, b"certsvc/person-key/v1")

    def encrypt(self, plain: bytes, *, context: bytes) -> bytes:
        """Sealed bytes that name their key version."""
        nonce = os.urandom(_NONCE)
        return bytes([self._current]) + nonce + self._ciphers[self._current].encrypt(nonce, plain, context)

    def decrypt(self, sealed: bytes, *, context: bytes) -> bytes:
        """The plain bytes. Raises IntegrityError when altered, moved, or sealed by a key that is not here."""
        cipher = self._ciphers.get(sealed[0]) if sealed else None
        if cipher is None:
            raise IntegrityError("加密数据所用的密钥版本不在本机，无法解密。")
        try:
            return cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context)
        except InvalidTag as error:
            raise IntegrityError("加密数据已被改动或被移到别处，已停止处理。") from error

    def person_key(self, id_number: str) -> bytes:
        """The look-up digest of an ID number (HMAC-SHA-256)."""
        return hmac.digest(self._look_up_key, id_number.encode(), "sha256")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
