"""The key of an auditor, made at first use, and the cosignature (C2SP tlog-cosignature) that follows a replay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certverify.checkpoint import decode_checkpoint
from certverify.errors import CheckpointError, KeyFileError, MonitorStateError, SignatureError
from certverify.key_file import named_key, read_key, write_key
from certverify.note import VerifierKey
from certverify.witness_protocol import cosign


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
            raise MonitorStateError("已共签的检查点损坏 the cosigned checkpoint is damaged") from error


def open_key(path: Path, name: str) -> AuditorKey:
    """The Ed25519 key in the PEM file, made when there is none, under a key name. Raises MonitorStateError."""
    try:
        if path.exists():
            private = read_key(path)
            line, verifier = named_key(name, private)
        else:
            private = Ed25519PrivateKey.generate()
            line, verifier = named_key(name, private)
            write_key(path, private)
    except KeyFileError as error:
        raise MonitorStateError(str(error)) from error
    return AuditorKey(line, verifier, private)
