"""One private key, wherever it is: in a file of this machine, or at a holder that signs for us."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certsvc.adapters.ed25519_pem import read_key_file
from certsvc.adapters.key_names import decode_public_key, encode_public_key, verifies
from certsvc.errors import ConfigurationError, IntegrityError, SignerRefused, UnknownReference
from certsvc.ports.signing import KeyHolder

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
_RFC_6979 = ec.ECDSA(SHA256(), deterministic_signing=True)


class SigningKey(Protocol):
    """A private key with its public part."""

    @property
    def public_key(self) -> bytes:
        """SubjectPublicKeyInfo (DER)."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Ed25519: 64 bytes; P-256: ECDSA with SHA-256, DER."""
        ...


class KeyInMemory:
    """A key that this process has. ECDSA by RFC 6979, so equal messages give equal bytes."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key
        self.public_key = encode_public_key(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """The signature."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        return self._key.sign(message, _RFC_6979)


class KeyInFile:
    """A key in a PKCS#8 file: looked at once, then read again and kept when it first signs.

    A process that never signs so has it in memory for a moment only.
    """

    def __init__(self, path: Path, public_key: bytes | None, otherwise: str = "") -> None:
        """Raises ConfigurationError when the file is missing, of another kind, or (saying `otherwise`) not this key's."""
        self._path = path
        self._otherwise = otherwise
        self._held: KeyInMemory | None = None
        self.public_key = public_key if public_key is not None else self._read().public_key
        if public_key is not None:
            self._read()

    def sign(self, message: bytes) -> bytes:
        """The signature. Raises ConfigurationError as above, for the file may have changed."""
        if self._held is None:
            self._held = self._read()
        return self._held.sign(message)

    def _read(self) -> KeyInMemory:
        key = KeyInMemory(read_private_key(self._path))
        if key.public_key != getattr(self, "public_key", key.public_key):
            raise ConfigurationError(self._otherwise)
        return key


class KeyAtHolder:
    """A key that somebody else holds; what comes back is verified before anybody sees it."""

    def __init__(self, holder: KeyHolder, name: str, public_key: bytes) -> None:
        """`public_key`: the one that is expected, whatever the holder says. Raises ConfigurationError for no such kind."""
        self._holder = holder
        self._name = name
        self._verifier = decode_public_key(public_key)
        self.public_key = public_key

    def sign(self, message: bytes) -> bytes:
        """The signature. Raises UnavailableError when nobody answers, SignerRefused for whatever else the holder says, and
        IntegrityError for a signature that is not this key's.
        """
        try:
            signature = self._holder.sign(self._name, message)
        except (ConfigurationError, UnknownReference) as error:
            raise SignerRefused(f"{error}在此之前暂停签章；核验不受影响。") from error
        if not verifies(self._verifier, signature, message):
            raise IntegrityError(
                f"签名设备以密钥 {self._name} 给出的签名未通过验证，已停止签章。请检查签名设备及其密钥。"
            )
        return signature


def read_private_key(path: Path) -> PrivateKey:
    """The key in a PKCS#8 file, Ed25519 or P-256. Raises ConfigurationError."""
    try:
        key = load_pem_private_key(read_key_file(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"密钥文件 {path.name} 无法读取，应为未加密的 PKCS#8 PEM。") from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ConfigurationError(f"密钥文件 {path.name} 应为 Ed25519 或 P-256 密钥。")
