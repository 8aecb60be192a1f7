"""The folder of a witness: a key made once, at the first start, and the state that the key has signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certverify.errors import KeyFileError, WitnessStateError
from certverify.key_file import named_key, read_key, write_key
from certverify.note import VerifierKey
from certverify.witness_store import STATE_FILE, Turn, WitnessStore, open_store

KEY_FILE = "witness-key.pem"


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
        raise WitnessStateError("目录无法建立 the folder cannot be made") from error
    if (folder / KEY_FILE).exists() and not (folder / STATE_FILE).exists():
        raise WitnessStateError(
            "密钥还在而状态已失，请另建目录重新开始 the key is there, but its state is gone: begin anew in another folder"
        )
    store = open_store(folder)
    try:
        with store.turn() as turn:
            return store, _own_key(turn, folder / KEY_FILE, name)
    except KeyFileError as error:
        store.close()
        raise WitnessStateError(str(error)) from error
    except BaseException:
        store.close()
        raise


def _own_key(turn: Turn, path: Path, name: str | None) -> WitnessKey:
    identity = turn.identity()
    if identity is None:
        return _first_start(turn, path, name)
    known_name, vkey = identity
    if name not in (None, known_name):
        raise WitnessStateError(f"此目录的见证方名称为 the witness in this folder is called {known_name}")
    key = _named(known_name, read_key(path))
    if key.line != vkey:
        raise WitnessStateError("密钥与状态不相配 the key is not the one that this state belongs to")
    return key


def _first_start(turn: Turn, path: Path, name: str | None) -> WitnessKey:
    """Write the key, then remember it; a start that was broken off between the two finds the key and goes on with it."""
    if name is None:
        raise WitnessStateError("首次启动须给出名称 a name is needed at the first start: --name")
    made_before = path.exists()
    key = _named(name, read_key(path) if made_before else Ed25519PrivateKey.generate())
    if not made_before:
        write_key(path, key.private)
    turn.identify(name, key.line)
    return key


def _named(name: str, private: Ed25519PrivateKey) -> WitnessKey:
    line, verifier = named_key(name, private)
    return WitnessKey(line, verifier, private)
