"""The folder of a witness: a key made once, at the first start, and the state that the key has signed."""

from __future__ import annotations

import os
import stat
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

from certverify.errors import NoteError, WitnessStateError
from certverify.note import SignatureType, VerifierKey, decode_verifier_key
from certverify.witness_protocol import encode_vkey
from certverify.witness_store import STATE_FILE, Turn, WitnessStore, open_store

KEY_FILE = "witness-key.pem"
MAX_KEY_BYTES = 1 << 12
_RESERVED_NAME = "none"  # tlog-policy: what a quorum of nobody is called


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The key of a witness: `line` is its verifier key, `verifier` the same decoded (type 0x04)."""

    line: str
    verifier: VerifierKey
    private: Ed25519PrivateKey


def open_folder(folder: Path, name: str | None) -> tuple[WitnessStore, WitnessKey]:
    """State and key in `folder`, both made at the first start, when `name` must be given.

    A key without its state is refused: it would cosign a second history of a log whose first it has forgotten. So is a
    state without its key, or with another. Raises WitnessStateError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WitnessStateError("the folder cannot be made") from error
    if (folder / KEY_FILE).exists() and not (folder / STATE_FILE).exists():
        raise WitnessStateError("the key is there, but its state is gone: begin anew in another folder")
    store = open_store(folder)
    try:
        with store.turn() as turn:
            return store, _own_key(turn, folder / KEY_FILE, name)
    except BaseException:
        store.close()
        raise


def _own_key(turn: Turn, path: Path, name: str | None) -> WitnessKey:
    identity = turn.identity()
    if identity is None:
        return _first_start(turn, path, name)
    known_name, vkey = identity
    if name not in (None, known_name):
        raise WitnessStateError(f"the witness in this folder is called {known_name}")
    key = _named(known_name, _read_key(path))
    if key.line != vkey:
        raise WitnessStateError("the key is not the one that this state belongs to")
    return key


def _first_start(turn: Turn, path: Path, name: str | None) -> WitnessKey:
    """Write the key, then remember it; a start that was broken off between the two finds the key and goes on with it."""
    if name is None:
        raise WitnessStateError("a name is needed at the first start: --name")
    made_before = path.exists()
    key = _named(name, _read_key(path) if made_before else Ed25519PrivateKey.generate())
    if not made_before:
        _write_key(path, key.private)
    turn.identify(name, key.line)
    return key


def _named(name: str, private: Ed25519PrivateKey) -> WitnessKey:
    try:
        line = encode_vkey(name, SignatureType.COSIGNATURE_V1, private.public_key().public_bytes_raw())
        verifier = decode_verifier_key(line)
    except (NoteError, ValueError) as error:
        raise WitnessStateError("a key name has no spaces and no plus sign") from error
    if name == _RESERVED_NAME:
        raise WitnessStateError("policies keep the name `none` for themselves")
    return WitnessKey(line, verifier, private)


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            private = load_pem_private_key(file.read(MAX_KEY_BYTES), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WitnessStateError(f"{path.name} is missing or cannot be read") from error
    if stat.S_IMODE(mode) & 0o077:
        raise WitnessStateError(f"{path.name} can be read by others: chmod 600, and think of who has read it")
    if not isinstance(private, Ed25519PrivateKey):
        raise WitnessStateError(f"{path.name} holds no Ed25519 key")
    return private


def _write_key(path: Path, private: Ed25519PrivateKey) -> None:
    """Through a temporary name, flushed: the key is whole or not there. The caller holds the state file's write lock."""
    raw_key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    begun = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(raw_key)
            file.flush()
            os.fsync(file.fileno())
        begun.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise WitnessStateError(f"{path.name} cannot be written") from error
