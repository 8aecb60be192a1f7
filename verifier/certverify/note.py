"""Signed notes and verifier keys (C2SP signed-note), with Ed25519 signatures (type 0x01) and checkpoint cosignatures
of type 0x04 (C2SP tlog-cosignature)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certverify import ed25519
from certverify.errors import NoteError, SignatureError
from certverify.strict_json import decode_base64

MAX_NOTE_BYTES = 1 << 18
MAX_SIGNATURES = 64
_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_MAX_KEY_DIGITS = 1 << 14
_KEY_HASH = re.compile(r"[0-9a-f]{8}")
_DASH = "\u2014 "


class SignatureType(IntEnum):
    """The signature types that this library verifies."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name and a type: what `<name>+<hash>+<base64>` says."""

    name: str
    kind: SignatureType
    raw_key: bytes
    key_id: bytes
    public_key: Ed25519PublicKey

    def as_type(self, kind: SignatureType) -> VerifierKey:
        """The same public key and name under another type, and therefore under another key id."""
        return VerifierKey(
            self.name, kind, self.raw_key, _key_id(self.name, kind, self.raw_key), self.public_key
        )

    def speaks_at(self, seconds: int | None) -> bool:  # noqa: ARG002  # keys with dates look at it
        """Whether the key may speak for that POSIX time: a verifier key alone bears no dates (`log_key.LogKey` does)."""
        return True


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line; `body` is what follows the key id."""

    name: str
    key_id: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed, not yet verified note. `text` includes its final newline."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether `key` (Ed25519, type 0x01) has signed. Raises SignatureError when its signature is wrong."""
        found = self._lines_of(key)
        for line in found:
            ed25519.verify(key.public_key, line.body, self.text.encode())
        return bool(found)

    def cosigned_at(self, key: VerifierKey) -> int | None:
        """The newest POSIX time of the cosignatures by `key` (type 0x04), or None without one.

        Raises SignatureError when one of them is wrong.
        """
        return max((self._cosignature_time(line, key) for line in self._lines_of(key)), default=None)

    def _lines_of(self, key: VerifierKey) -> list[NoteSignature]:
        return [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.key_id)]

    def _cosignature_time(self, line: NoteSignature, key: VerifierKey) -> int:
        if len(line.body) != _TIME_BYTES + ed25519.SIGNATURE_BYTES:
            raise SignatureError("a cosignature has 72 bytes")
        time = int.from_bytes(line.body[:_TIME_BYTES], "big")
        if time >= 1 << 63:
            raise SignatureError("the time of the cosignature is out of range")
        message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
        ed25519.verify(key.public_key, line.body[_TIME_BYTES:], message)
        return time


def decode_note(raw_note: bytes) -> Note:
    """The note in `raw_note`: UTF-8, text, empty line, 1 to 64 signature lines. Raises NoteError."""
    if len(raw_note) > MAX_NOTE_BYTES:
        raise NoteError("the note is too large")
    try:
        content = raw_note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("the note is not UTF-8") from error
    if any(char < " " and char != "\n" for char in content):
        raise NoteError("the note holds control characters")
    text, gap, lines = content.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise NoteError("the note has no signatures")
    rows = lines[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise NoteError("the note has too many signatures")
    return Note(text + "\n", tuple(_decode_signature(row) for row in rows))


def decode_verifier_key(line: str) -> VerifierKey:
    """The key of a vkey line of type 0x01 or 0x04. Raises NoteError, also for types that are not supported."""
    name, hash_digits, key_digits = _three_parts(line)
    try:
        material = decode_base64(key_digits)
        kind = SignatureType(material[0])
        public_key = ed25519.public_key(material[1:])
    except (ValueError, IndexError) as error:
        raise NoteError("not an Ed25519 verifier key") from error
    key_id = _key_id(name, kind, material[1:])
    if hash_digits != key_id.hex():
        raise NoteError("the hash of the verifier key is wrong")
    return VerifierKey(name, kind, material[1:], key_id, public_key)


def decode_unknown_key(line: str) -> bytes | None:
    """Type octet and key of a well-formed vkey line whose type is not supported; None when the type is. Raises NoteError.

    Its hash is not recomputed: every signature type says for itself what is hashed (C2SP signed-note).
    """
    _, hash_digits, key_digits = _three_parts(line)
    if len(key_digits) > _MAX_KEY_DIGITS or not _KEY_HASH.fullmatch(hash_digits):
        raise NoteError("the key is too long, or its hash malformed")
    try:
        material = decode_base64(key_digits)
    except ValueError as error:
        raise NoteError("a verifier key is not base64") from error
    if len(material) < 2:
        raise NoteError("a verifier key has a type and a key")
    return None if material[0] in set(SignatureType) else material


def _three_parts(line: str) -> tuple[str, str, str]:
    parts = line.split("+", 2)
    if len(parts) != 3 or not _is_key_name(parts[0]):
        raise NoteError("a verifier key has a name, a hash and a key")
    return parts[0], parts[1], parts[2]


def _decode_signature(row: str) -> NoteSignature:
    name, space, digits = row.removeprefix(_DASH).partition(" ")
    if not row.startswith(_DASH) or not space or not _is_key_name(name):
        raise NoteError("not a signature line")
    try:
        signature = decode_base64(digits)
    except ValueError as error:
        raise NoteError("a signature is not base64") from error
    if len(signature) <= _KEY_ID_BYTES:
        raise NoteError("a signature is too short")
    return NoteSignature(name, signature[:_KEY_ID_BYTES], signature[_KEY_ID_BYTES:])


def _is_key_name(name: str) -> bool:
    return (
        bool(name)
        and "+" not in name
        and not any(char.isspace() or unicodedata.category(char) == "Cs" for char in name)
    )


def _key_id(name: str, kind: SignatureType, raw_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + raw_key).digest()[:_KEY_ID_BYTES]
