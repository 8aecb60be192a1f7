"""Ed25519 private keys in PKCS#8 files: reading one, making one."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certsvc.errors import ConfigurationError


def read_key_file(path: Path) -> bytes:
    """The bytes of a key file. Raises ConfigurationError when it is missing."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"缺少密钥文件 {path.name}。请先运行 certsvc init，或按 keys/README.md 配置密钥。"
        ) from error


def read_ed25519(path: Path) -> ed25519.Ed25519PrivateKey:
    """The private key in a PKCS#8 file. Raises ConfigurationError when it is missing, or of another kind."""
    try:
        key = load_pem_private_key(read_key_file(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(f"密钥文件 {path.name} 无法读取，应为未加密的 PKCS#8 PEM。") from error
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ConfigurationError(f"密钥文件 {path.name} 应为 Ed25519 密钥。")
    return key


def ed25519_pem() -> bytes:
    """A new private key, PKCS#8."""
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
