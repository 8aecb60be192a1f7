"""C2SP tlog-proof: one entry, its inclusion proof and the checkpoint, as one text file."""

from __future__ import annotations

import base64
from collections.abc import Sequence

TLOG_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


def encode_tlog_proof(index: int, proof: Sequence[bytes], checkpoint: bytes, extra: bytes = b"") -> bytes:
    """The proof that an entry stands at `index` of the tree of `checkpoint` (the signed note, verbatim).

    `proof` is the RFC 6962 inclusion proof, the leaf's sibling first. `extra` is left out when empty; nothing vouches
    for it.
    """
    head = [TLOG_PROOF_HEADER, f"index {index}", *map(_b64, proof)]
    if extra:
        head.insert(1, f"extra {_b64(extra)}")
    return "".join(f"{line}\n" for line in head).encode() + b"\n" + checkpoint


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
