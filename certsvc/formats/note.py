"""Signed notes, verifier keys, checkpoints and cosignatures of C2SP (signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
import hashlib
import struct

ED25519 = 0x01
COSIGNATURE_V1 = 0x04


def note_key_id(name: str, signature_type: int, public_key: bytes) -> bytes:
    """The four bytes that name a key in signature lines."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([signature_type]) + public_key).digest()[:4]


def encode_vkey(name: str, public_key: bytes, signature_type: int = ED25519) -> str:
    """The verifier key `<name>+<hash>+<key>`, without line end."""
    key_id = note_key_id(name, signature_type, public_key).hex()
    return f"{name}+{key_id}+{base64.b64encode(bytes([signature_type]) + public_key).decode()}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint, with its final newline: what the log key signs."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def cosignature_message(text: str, timestamp: int) -> bytes:
    """What a cosigner signs, saying: as of `timestamp` (POSIX seconds) this is the largest tree I know."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def signature_line(name: str, public_key: bytes, signature: bytes) -> str:
    """The line of a plain Ed25519 signature."""
    return _line(name, note_key_id(name, ED25519, public_key) + signature)


def cosignature_line(name: str, public_key: bytes, timestamp: int, signature: bytes) -> str:
    """The line of a cosignature/v1."""
    key_id = note_key_id(name, COSIGNATURE_V1, public_key)
    return _line(name, key_id + struct.pack(">Q", timestamp) + signature)


def encode_note(text: str, lines: list[str]) -> bytes:
    """The signed note: text, blank line, signature lines."""
    return (text + "\n" + "".join(lines)).encode()


def _line(name: str, content: bytes) -> str:
    return f"\N{EM DASH} {name} {base64.b64encode(content).decode()}\n"
