"""The API key (Ed25519): signs answers to programs and messages to the national platforms.

In files it is `api.pem`; where a token or a remote signer holds it, `api.pub` beside the other public parts says which it is.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from certsvc.adapters.ed25519_pem import read_ed25519
from certsvc.adapters.key_names import decode_public_key, encode_public_key, raw_ed25519
from certsvc.adapters.signers import HeldApiSigner
from certsvc.adapters.signing_keys import KeyAtHolder, KeyInFile
from certsvc.adapters.whole_file import replace_file
from certsvc.errors import ConfigurationError, UnknownReference
from certsvc.ports.signing import KeyHolder

NAME = "api"
FILE_NAME = "api.pem"
PUBLIC_FILE_NAME = "api.pub"


def load_api_key(folder: Path, *, may_make: bool, holder: KeyHolder | None = None) -> HeldApiSigner:
    """The key of a folder, or of a holder whose public part stands in the folder.

    With keys in files it is made once where it `may` be. Raises ConfigurationError when it is missing or of another kind.
    """
    if holder is not None:
        return HeldApiSigner(KeyAtHolder(holder, NAME, _public_part(folder)))
    path = folder / FILE_NAME
    if may_make and not path.exists():
        make_api_key(folder)
    if not path.exists():
        raise ConfigurationError(f"缺少密钥文件 {FILE_NAME}。请按 keys/README.md 配置接口签名密钥。")
    read_ed25519(path)
    return HeldApiSigner(KeyInFile(path, None))


def api_public_key(folder: Path) -> bytes | None:
    """The public part (raw 32 bytes); None for a home without the key. Raises ConfigurationError for one of another kind."""
    if (folder / PUBLIC_FILE_NAME).exists():
        return raw_ed25519(_public_part(folder))
    if not (folder / FILE_NAME).exists():
        return None
    return load_api_key(folder, may_make=False).public_key


def api_key_fingerprint(folder: Path) -> str | None:
    """SHA-256 of the public part; None for a home without the key. Raises as `api_public_key`."""
    public_key = api_public_key(folder)
    return None if public_key is None else sha256(public_key).hexdigest()


def adopt_api_key(folder: Path, holder: KeyHolder) -> bool:
    """Write down the public part of a holder's key, once; True when it was. False as well where the holder has none.

    Raises as `KeyHolder.public_key`.
    """
    path = folder / PUBLIC_FILE_NAME
    if path.exists():
        return False
    try:
        public_key = holder.public_key(NAME)
    except UnknownReference:
        return False
    raw_ed25519(public_key)
    pem = decode_public_key(public_key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    replace_file(path, pem)
    return True


def _public_part(folder: Path) -> bytes:
    path = folder / PUBLIC_FILE_NAME
    if not path.exists():
        raise ConfigurationError(
            f"缺少接口签名公钥 {PUBLIC_FILE_NAME}。请在签名设备中建立名为 {NAME} 的密钥后运行 certsvc init。"
        )
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise ConfigurationError(f"文件 {PUBLIC_FILE_NAME} 无法读取，应为公钥 PEM。") from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise ConfigurationError(f"文件 {PUBLIC_FILE_NAME} 应为 Ed25519 公钥。")
    return encode_public_key(key)


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
