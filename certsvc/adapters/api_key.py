"""The API key `api.pem` (Ed25519): signs answers to programs and messages to the national platforms."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certsvc.errors import ConfigurationError
from certsvc.formats.detached_jws import key_thumbprint

FILE_NAME = "api.pem"


class FileApiSigner:
    """ports.platforms.ApiSigner over an Ed25519 key held in memory."""

    def __init__(self, key: ed25519.Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self.key_id = key_thumbprint(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(message)


def load_api_key(folder: Path, *, may_make: bool) -> FileApiSigner:
    """The key of a folder; made once where it `may` be. Raises ConfigurationError when it is missing or of another kind."""
    path = folder / FILE_NAME
    if may_make and not path.exists():
        make_api_key(folder)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"缺少密钥文件 {FILE_NAME}。请按 keys/README.md 配置接口签名密钥。"
        ) from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ConfigurationError(f"密钥文件 {FILE_NAME} 应为 Ed25519 密钥。")
    return FileApiSigner(key)


def api_key_fingerprint(folder: Path) -> str | None:
    """SHA-256 of the public part; None for a home without the key. Raises ConfigurationError for one of another kind."""
    if not (folder / FILE_NAME).exists():
        return None
    return sha256(load_api_key(folder, may_make=False).public_key).hexdigest()


def make_api_key(folder: Path) -> bool:
    """Make the key unless it is there; of two processes at once, one makes it and both use that one."""
    path = folder / FILE_NAME
    if path.exists():
        return False
    new = ed25519.Ed25519PrivateKey.generate()
    temporary = folder / f".{FILE_NAME}.{os.getpid()}.{os.urandom(4).hex()}"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True
