"""The signature over the trust material (docs/formats/trust-list.md): `trust.note`, and the chain of those before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from certverify.errors import NoteError, SignatureError, TrustForgedError, TrustListError
from certverify.note import Note, VerifierKey, decode_note

FORMAT = "certsvc-trust-note/1"
MAX_CHAIN = 1000
_FILES = ("trust-list.json", "tables.json", "policy")
_SEQUENCE = re.compile(r"[1-9][0-9]{0,17}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TrustStatement:
    """What the trust anchors sign: which files belong together, and which statement came before (None: the first).

    Digests are SHA-256; `previous` is that of the whole note before, signatures included.
    """

    origin: str
    sequence: int
    issued_at: datetime
    trust_list: bytes
    tables: bytes
    policy: bytes
    previous: bytes | None


@dataclass(frozen=True, slots=True)
class EarlierTrust:
    """An earlier statement as it is kept public: note and trust list, with the anchors which that list names."""

    raw_note: bytes
    raw_list: bytes
    anchors: tuple[VerifierKey, ...]


def decode_trust_note(raw_note: bytes) -> tuple[TrustStatement, Note]:
    """The statement in `trust.note`, and the note with its signatures, none of them verified. Raises TrustListError."""
    try:
        note = decode_note(raw_note)
        return _statement(note.text.removesuffix("\n").split("\n")), note
    except (NoteError, ValueError) as error:
        raise TrustListError("trust.note cannot be read") from error


def is_signed_by_any(note: Note, anchors: Sequence[VerifierKey]) -> bool:
    """Whether one of the anchors has signed. Raises TrustForgedError when a signature of one of them is wrong."""
    try:
        signed = [note.signed_by(key) for key in anchors]
    except SignatureError as error:
        raise TrustForgedError("a signature of a trust anchor is wrong") from error
    return any(signed)


def require_anchor(
    raw_note: bytes,
    anchor: VerifierKey,
    earlier: Callable[[int], EarlierTrust],
) -> None:
    """Return when the chain of statements leads from `raw_note` back to one that `anchor` has signed.

    Each statement names the one before it by digest and bears the signature of an anchor which the list before it
    names. `earlier(sequence)` gives what is kept of a statement, and raises TrustListError when there is nothing.
    Raises TrustForgedError when the chain breaks, or ends without the anchor.
    """
    statement, note = decode_trust_note(raw_note)
    for _ in range(MAX_CHAIN):
        if is_signed_by_any(note, [anchor]):
            return
        if statement.previous is None:
            break
        before = earlier(statement.sequence - 1)
        if sha256(before.raw_note).digest() != statement.previous:
            raise TrustForgedError("an earlier statement is not the one that was named")
        if not is_signed_by_any(note, before.anchors):
            raise TrustForgedError("a statement is not signed by an anchor of the list before it")
        earlier_statement, note = decode_trust_note(before.raw_note)
        if (
            earlier_statement.sequence != statement.sequence - 1
            or sha256(before.raw_list).digest() != earlier_statement.trust_list
        ):
            raise TrustForgedError("an earlier list is not the one that was signed")
        statement = earlier_statement
    raise TrustForgedError("the chain of statements does not reach the trust anchor")


def _statement(lines: list[str]) -> TrustStatement:
    if len(lines) != 8 or lines[0] != FORMAT or not lines[1] or not _SEQUENCE.fullmatch(lines[2]):
        raise ValueError("not a statement of this format")
    digests = [_file_digest(line, name) for line, name in zip(lines[4:7], _FILES, strict=True)]
    word, _, previous = lines[7].partition(" ")
    if word != "previous" or not (previous == "-" or _DIGEST.fullmatch(previous)):
        raise ValueError("not the digest of a note")
    issued_at = datetime.strptime(lines[3], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if issued_at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0") != lines[3]:
        raise ValueError("not an instant in its one form")
    before = None if previous == "-" else bytes.fromhex(previous)
    return TrustStatement(lines[1], int(lines[2]), issued_at, digests[0], digests[1], digests[2], before)


def _file_digest(line: str, name: str) -> bytes:
    word, _, digest = line.partition(" ")
    if word != name or not _DIGEST.fullmatch(digest):
        raise ValueError("not the digest of the file")
    return bytes.fromhex(digest)
