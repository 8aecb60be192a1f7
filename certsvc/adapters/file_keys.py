"""Keys in files: what development and tests use; production keys live in hardware behind the same ports.

Four keys, each with its own holder: `record.pem` (QR records and manifests), `log.pem` (checkpoints),
`document.pem` (PDF signatures, with its chain), and `personal.key` (encryption at rest). A fifth, `api.pem`, has a module of
its own (api_key.py): offices without programs and platforms need none.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certsvc.adapters.personal_cipher import AesGcmCipher
from certsvc.adapters.test_ca import make_test_chain
from certsvc.errors import ConfigurationError

_KID_DOMAIN = b"certsvc/record-key/v1\x00"


class FileRecordSigner:
    """ports.RecordSigner over an Ed25519 key held in memory."""

    def __init__(self, key: ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self.kid = sha256(_KID_DOMAIN + self.public_key).digest()[:4]

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(message)


class FileLogSigner:
    """ports.LogSigner over an Ed25519 key held in memory."""

    def __init__(self, key: ed25519.Ed25519PrivateKey, origin: str) -> None:
        self._key = key
        self.origin = origin
        self.public_key = key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(message)


class FileDocumentSigner:
    """ports.DocumentSigner over a P-256 key held in memory; RFC 6979, so equal input gives equal bytes."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        self._key = key
        self.certificate = certificate
        self.chain = chain
        self._algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)

    def sign(self, message: bytes) -> bytes:
        """The DER-encoded signature."""
        return self._key.sign(message, self._algorithm)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Everything that signs or encrypts in this process."""

    record: FileRecordSigner
    log: FileLogSigner
    document: FileDocumentSigner
    cipher: AesGcmCipher


def make_test_keys(folder: Path, now: datetime) -> bool:
    """Make the development keys and a test CA, each once. True when anything was made.

    The document key and its chain are made together and published by one rename, so that a process killed here
    leaves either both or none.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [
        _once(folder / "record.pem", _ed25519_pem),
        _once(folder / "log.pem", _ed25519_pem),
        _once(folder / "personal.key", lambda: os.urandom(64).hex().encode()),
        _once(folder / "document.pem", lambda: _document_pem(now)),
    ]
    return any(made)


def load_keys(folder: Path, *, log_origin: str) -> KeyRing:
    """The keys of a folder. Raises ConfigurationError when one is missing or of another kind."""
    secret = bytes.fromhex(_read(folder / "personal.key").decode("ascii").strip())
    certificates = tuple(
        c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(_read(folder / "document.pem"))
    )
    document_key = load_pem_private_key(_read(folder / "document.pem"), None)
    if not isinstance(document_key, ec.EllipticCurvePrivateKey):
        raise ConfigurationError("证书文件签名密钥应为 P-256 椭圆曲线密钥。")
    return KeyRing(
        record=FileRecordSigner(_ed25519(folder / "record.pem")),
        log=FileLogSigner(_ed25519(folder / "log.pem"), log_origin),
        document=FileDocumentSigner(document_key, certificates[0], certificates[1:]),
        cipher=AesGcmCipher({1: secret[:32]}, look_up_key=secret[32:]),
    )


def key_fingerprints(keys: KeyRing) -> dict[str, str]:
    """What tells two keys apart and gives nothing away: SHA-256 of the public part, or of a keyed digest."""
    shown = {
        "record": keys.record.public_key,
        "log": keys.log.public_key,
        "document": keys.document.certificate,
        "personal": keys.cipher.person_key("certsvc/fingerprint/v1"),
    }
    return {name: sha256(content).hexdigest() for name, content in shown.items()}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"缺少密钥文件 {path.name}。请先运行 certsvc init，或按 keys/README.md 配置密钥。"
        ) from error


def _ed25519(path: Path) -> ed25519.Ed25519PrivateKey:
    key = load_pem_private_key(_read(path), None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ConfigurationError(f"密钥文件 {path.name} 应为 Ed25519 密钥。")
    return key


def _ed25519_pem() -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _document_pem(now: datetime) -> bytes:
    chain = make_test_chain(now)
    return chain.signer_key_pem + b"".join(chain.certificates_pem)


def _once(path: Path, make: Callable[[], bytes]) -> bool:
    if path.exists():
        return False
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    return True
