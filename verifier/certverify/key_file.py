"""The key of a witness or an auditor in a file: one Ed25519 key in PEM that its owner alone can read, made once."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certverify.errors import KeyFileError, NoteError
from certverify.note import SignatureType, VerifierKey, decode_verifier_key
from certverify.replay_state import sync_folder
from certverify.witness_protocol import encode_vkey

MAX_KEY_BYTES = 1 << 12
_RESERVED_NAME = "none"  # tlog-policy: what a quorum of nobody is called


def read_key(path: Path) -> Ed25519PrivateKey:
    """The key in the file. Raises KeyFileError, also when others can read it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            private = load_pem_private_key(file.read(MAX_KEY_BYTES), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"密钥文件不存在或无法读取 the key file is missing or cannot be read: {path.name}"
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(
            f"密钥文件可被他人读取，请 chmod 600 并查明谁读过 others can read the key file, "
            f"chmod 600 it, and think of who has read it: {path.name}"
        )
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"密钥文件中不是 Ed25519 密钥 the key file holds no Ed25519 key: {path.name}")
    return private


def write_key(path: Path, private: Ed25519PrivateKey) -> None:
    """Write a file that is not there yet, through a temporary name, flushed: the key is whole or not there.

    Raises KeyFileError. The caller sees to it that nobody else does the same.
    """
    raw_key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    begun = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(raw_key)
            file.flush()
            os.fsync(file.fileno())
        begun.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise KeyFileError(f"密钥文件无法写入 the key file cannot be written: {path.name}") from error


def named_key(name: str, private: Ed25519PrivateKey) -> tuple[str, VerifierKey]:
    """The verifier key (type 0x04) under a key name: its line, and the same decoded. Raises KeyFileError."""
    try:
        line = encode_vkey(name, SignatureType.COSIGNATURE_V1, private.public_key().public_bytes_raw())
        verifier = decode_verifier_key(line)
    except (NoteError, ValueError) as error:
        raise KeyFileError("密钥名称不得含空格和加号 a key name has no spaces and no plus sign") from error
    if name == _RESERVED_NAME:
        raise KeyFileError("名称 none 为策略保留 policies keep the name `none` for themselves")
    return line, verifier
