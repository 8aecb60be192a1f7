"""What a log and a witness say to each other (C2SP tlog-witness): the request decoded, the answers encoded.

Pure functions. Statuses and bodies are listed in docs/formats/witness.md and bound by tests/vectors/witness.json.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import CheckpointError, WitnessRequestError
from certverify.merkle import HASH_BYTES
from certverify.note import MAX_NOTE_BYTES, Note, NoteSignature, SignatureType, VerifierKey
from certverify.strict_json import decode_base64

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = MAX_NOTE_BYTES + 4096  # `old` line, 63 proof lines of 45 bytes, an empty line
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")
_PROOF_LINE = 44


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A well-formed request, nothing of it verified: a checkpoint, and a proof from the size that the log believes known."""

    old_size: int
    proof: tuple[bytes, ...]
    raw_note: bytes
    checkpoint: Checkpoint
    note: Note


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and content type of an answer."""

    status: int
    body: bytes
    content_type: str = TEXT


def decode_add_checkpoint(raw_request: bytes) -> AddCheckpoint:
    """The request in a body: `old N`, at most 63 proof lines, an empty line, a signed checkpoint.

    That N is not larger than the checkpoint is for the witness to say, after it has looked at the signatures. Raises
    WitnessRequestError.
    """
    if len(raw_request) > MAX_REQUEST_BYTES:
        raise WitnessRequestError("the request is too large")
    head, gap, raw_note = raw_request.partition(b"\n\n")
    old_line, *proof_lines = head.split(b"\n")
    old = _OLD.fullmatch(old_line)
    if not gap or old is None or int(old[1]) >= 1 << 63:
        raise WitnessRequestError("the size of the old tree is malformed")
    if len(proof_lines) > MAX_PROOF_LINES:
        raise WitnessRequestError("the proof has too many lines")
    try:
        checkpoint, note = decode_checkpoint(raw_note)
    except CheckpointError as error:
        raise WitnessRequestError("no checkpoint follows") from error
    return AddCheckpoint(int(old[1]), tuple(map(_proof_hash, proof_lines)), raw_note, checkpoint, note)


def _proof_hash(line: bytes) -> bytes:
    try:
        proof_hash = decode_base64(line.decode("ascii")) if len(line) == _PROOF_LINE else b""
    except ValueError:
        proof_hash = b""
    if len(proof_hash) != HASH_BYTES:
        raise WitnessRequestError("a proof line is not base64 of 32 bytes")
    return proof_hash


def cosigned(line: str) -> Answer:
    """200: the witness's signature line, with its line end."""
    return Answer(HTTPStatus.OK, line.encode())


def conflict(size: int) -> Answer:
    """409: the size that the witness has cosigned last, where the log's next proof must begin."""
    return Answer(HTTPStatus.CONFLICT, b"%d\n" % size, SIZE)


def refused(status: HTTPStatus, code: str) -> Answer:
    """Any other refusal: a code for people and logs, which no client needs."""
    return Answer(status, f"{code}\n".encode())


def cosign(key: VerifierKey, private: Ed25519PrivateKey, text: str, seconds: int) -> str:
    """The cosignature/v1 line over a checkpoint's text: as of that POSIX time it is the largest tree known to `key`."""
    signature = private.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    return signature_line(NoteSignature(key.name, key.key_id, seconds.to_bytes(8, "big") + signature))


def signature_line(signature: NoteSignature) -> str:
    """One signature line of a note, with its line end."""
    digits = base64.b64encode(signature.key_id + signature.body).decode()
    return f"\N{EM DASH} {signature.name} {digits}\n"


def encode_vkey(name: str, kind: SignatureType, raw_key: bytes) -> str:
    """The line `<name>+<hash>+<key>` of C2SP signed-note, without line end. Raises ValueError when UTF-8 cannot carry it."""
    material = bytes([kind]) + raw_key
    key_id = sha256(name.encode() + b"\n" + material).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(material).decode()}"


def policy_line(name: str, vkey: str, url: str) -> str:
    """The line by which a policy (C2SP tlog-policy) names a witness, without line end."""
    return f"witness {name} {vkey} {url}"
