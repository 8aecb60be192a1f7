"""Transparency log proofs (C2SP tlog-proof): that an entry stands in a log, checkable without network.

    proof = decode_tlog_proof(raw_proof)
    signed = proof.open(raw_entry, log_keys, policy)   # a SignedCheckpoint

Such a proof says that the entry was logged, and nothing about what came after it: for the status of a certificate a
bundle is needed (docs/formats/bundle.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from certverify.checkpoint import SignedCheckpoint, open_checkpoint
from certverify.errors import TlogProofError
from certverify.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from certverify.note import MAX_NOTE_BYTES, VerifierKey
from certverify.policy import Policy
from certverify.strict_json import decode_base64

HEADER = b"c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 2 * MAX_NOTE_BYTES
MAX_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A parsed, not yet verified proof. `extra` is vouched for by nobody; `raw_checkpoint` is the signed note."""

    index: int
    hashes: tuple[bytes, ...]
    raw_checkpoint: bytes
    extra: bytes = b""

    def open(self, raw_entry: bytes, log_keys: Sequence[VerifierKey], policy: Policy) -> SignedCheckpoint:
        """The checkpoint, in whose tree `raw_entry` is proven to stand at `index`, judged under `policy`.

        Raises what open_checkpoint raises; ProofError when the hashes do not lead from the entry to the root.
        """
        signed = open_checkpoint(self.raw_checkpoint, log_keys, policy)
        root, size = signed.checkpoint.root, signed.checkpoint.size
        verify_inclusion(self.index, size, leaf_hash(raw_entry), self.hashes, root)
        return signed


def decode_tlog_proof(raw_proof: bytes) -> TlogProof:
    """The proof in `raw_proof`: header, extra data if any, index, hashes, empty line, note. Raises TlogProofError."""
    if len(raw_proof) > MAX_PROOF_BYTES:
        raise TlogProofError("the proof is too large")
    raw_head, gap, raw_checkpoint = raw_proof.partition(b"\n\n")
    header, *lines = raw_head.split(b"\n")
    if not gap or header != HEADER:
        raise TlogProofError("not a tlog-proof of version 1")
    try:
        return _decode_lines([line.decode("ascii") for line in lines], raw_checkpoint)
    except ValueError as error:
        raise TlogProofError("a line of the proof is malformed") from error


def _decode_lines(lines: list[str], raw_checkpoint: bytes) -> TlogProof:
    extra = b""
    if lines and lines[0].startswith(_EXTRA):
        extra = decode_base64(lines.pop(0).removeprefix(_EXTRA))
        if not extra:
            raise TlogProofError("extra data that are not there have no line")
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None or int(index[1]) >= 1 << 63 or len(lines) > 1 + MAX_HASHES:
        raise TlogProofError("a proof has an index and at most 63 hashes")
    hashes = tuple(decode_base64(line) for line in lines[1:])
    if any(len(item) != HASH_BYTES for item in hashes):
        raise TlogProofError("a hash has 32 bytes")
    return TlogProof(int(index[1]), hashes, raw_checkpoint, extra)
