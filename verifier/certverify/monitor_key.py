"""The key of an auditor, made at first use, and the cosignature (C2SP tlog-cosignature) that follows a replay."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certverify.checkpoint import decode_checkpoint
from certverify.errors import CheckpointError, MonitorStateError, NoteError, SignatureError
from certverify.monitor_state import replace_file
from certverify.note import SignatureType, VerifierKey, decode_verifier_key
from certverify.witness_protocol import cosign, encode_vkey

_MAX_KEY_BYTES = 1 << 12


@dataclass(frozen=True, slots=True)
class AuditorKey:
    """`line` is the verifier key (type 0x04), for policies; `verifier` the same decoded."""

    line: str
    verifier: VerifierKey
    private: Ed25519PrivateKey

    def cosigned(self, raw_note: bytes, seconds: int) -> bytes:
        """The note with our own line at its end, in place of earlier ones. Raises CheckpointError."""
        _, note = decode_checkpoint(raw_note)
        own = f"\N{EM DASH} {self.verifier.name} "
        lines = raw_note.decode()[len(note.text) + 1 :].splitlines(keepends=True)
        others = [line for line in lines if not line.startswith(own)]
        line = cosign(self.verifier, self.private, note.text, seconds)
        return f"{note.text}\n{''.join(others)}{line}".encode()

    def last_time(self, raw_note: bytes | None) -> int:
        """The time of our own line on a note; 0 without one. Raises MonitorStateError for one that is not ours."""
        if raw_note is None:
            return 0
        try:
            return decode_checkpoint(raw_note)[1].cosigned_at(self.verifier) or 0
        except (CheckpointError, SignatureError) as error:
            raise MonitorStateError("the cosigned checkpoint is damaged") from error


def open_key(path: Path, name: str) -> AuditorKey:
    """The Ed25519 key in the PEM file, made when there is none, under a key name. Raises MonitorStateError."""
    try:
        private = _read(path) if path.exists() else _made(path)
        line = encode_vkey(name, SignatureType.COSIGNATURE_V1, private.public_key().public_bytes_raw())
        return AuditorKey(line, decode_verifier_key(line), private)
    except NoteError as error:
        raise MonitorStateError("a key name has no spaces and no plus sign") from error
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise MonitorStateError(f"{path} cannot be read or made") from error


def _read(path: Path) -> Ed25519PrivateKey:
    with path.open("rb") as file:
        mode, pem = os.fstat(file.fileno()).st_mode, file.read(_MAX_KEY_BYTES)
    if mode & 0o077:
        raise MonitorStateError(f"{path} can be read by others: chmod 600, and think of who has read it")
    private = load_pem_private_key(pem, password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return private


def _made(path: Path) -> Ed25519PrivateKey:
    private = Ed25519PrivateKey.generate()
    before = os.umask(0o077)
    try:
        replace_file(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    finally:
        os.umask(before)
    return private
