"""Checkpoints of the log (C2SP tlog-checkpoint) and what their signatures are worth under a policy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certverify.errors import CheckpointError, KeyNotInForceError, KeyUnknownError, NoteError
from certverify.merkle import HASH_BYTES
from certverify.note import Note, SignatureType, VerifierKey, decode_note
from certverify.policy import Policy
from certverify.strict_json import decode_base64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The statement of a log: its first `size` entries have the Merkle root `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that the log has signed.

    Times are POSIX seconds. `cosigned_at` is the newest of the log key: the log operator stood by this tree then. None
    when there is no cosignature. `witnesses`: the newest of each who cosigned, by the policy's name. `quorum_at`: then or
    later so many of them cosigned as the policy asks for; None when they make no quorum, or none is asked for.
    """

    checkpoint: Checkpoint
    cosigned_at: int | None
    witnesses: Mapping[bytes, int]
    quorum_met: bool
    quorum_at: int | None = None

    @property
    def as_of(self) -> int | None:
        """When this was the newest state of the log, as far as the policy lets anybody say so: the age of a checkpoint.

        The log's operator can date an old tree anew; witnesses that know a newer one do not. With a quorum the time is
        therefore `quorum_at`, and never later than the log's own. Without one it is the log's word alone, and `quorum_met`
        says whether that is enough.
        """
        if self.cosigned_at is None or self.quorum_at is None:
            return self.cosigned_at
        return min(self.cosigned_at, self.quorum_at)


def decode_checkpoint(raw_note: bytes) -> tuple[Checkpoint, Note]:
    """The checkpoint in a note, and the note with its signatures, none of them verified. Raises CheckpointError."""
    try:
        note = decode_note(raw_note)
    except NoteError as error:
        raise CheckpointError("not a signed note") from error
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointError("a checkpoint has at least three lines and no empty one")
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) >= 1 << 63:
        raise CheckpointError("the tree size is malformed")
    try:
        root = decode_base64(lines[2])
    except ValueError as error:
        raise CheckpointError("the root hash is not base64") from error
    if len(root) != HASH_BYTES:
        raise CheckpointError("the root hash has not 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:])), note


def open_checkpoint(raw_note: bytes, log_keys: Sequence[VerifierKey], policy: Policy) -> SignedCheckpoint:
    """The checkpoint in `raw_note`, signed by at least one of `log_keys`, judged under `policy`.

    The keys are the log's, all under its origin's name: several while one takes over from another. A key with dates
    (`log_key.LogKey`) is believed only when the time of its own cosignature lies within them.

    Raises CheckpointError when it is not a checkpoint, KeyUnknownError when it is one of another log or lacks the log's
    signature, KeyNotInForceError when only keys outside their dates have signed, SignatureError when any signature of a
    known key is wrong.
    """
    checkpoint, note = decode_checkpoint(raw_note)
    signers = [key for key in log_keys if key.name == checkpoint.origin and note.signed_by(key)]
    if not signers:
        raise KeyUnknownError("the checkpoint is not signed by the log of the trust list")
    times = [(key, note.cosigned_at(key.as_type(SignatureType.COSIGNATURE_V1))) for key in signers]
    in_force = [time for key, time in times if key.speaks_at(time)]
    if not in_force:
        raise KeyNotInForceError("the checkpoint is signed for a time outside the dates of the key")
    cosigned_at = max((time for time in in_force if time is not None), default=None)
    told = {name: note.cosigned_at(key) for name, key in policy.witnesses.items()}
    witnesses = {name: time for name, time in told.items() if time is not None}
    quorum_met = policy.satisfied_by(frozenset(witnesses))
    return SignedCheckpoint(checkpoint, cosigned_at, witnesses, quorum_met, policy.newest_quorum(witnesses))
