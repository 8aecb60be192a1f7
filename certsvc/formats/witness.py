"""The bytes of a conversation with a witness (C2SP tlog-witness, add-checkpoint): encode what is asked, decode the answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from certsvc.formats.merkle import HASH_BYTES

LONGEST_ANSWER = 16_384
MOST_PROOF_LINES = 63
SIZE_TYPE = "text/x.tlog.size"
_MOST_LINES = 64
_DASH = "\N{EM DASH} "
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


def encode_add_checkpoint(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of a request: the size from which the proof runs, its hashes, an empty line, the signed checkpoint.

    Raises ValueError for a negative size, a proof of more than 63 hashes, one from the empty tree, or what is no hash.
    """
    if old_size < 0 or len(proof) > MOST_PROOF_LINES or (proof and not old_size):
        raise ValueError("a proof runs from a size above zero and has at most 63 hashes")
    if any(len(one) != HASH_BYTES for one in proof):
        raise ValueError("a hash has 32 bytes")
    lines = [f"old {old_size}", *(base64.b64encode(one).decode() for one in proof), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note


def decode_cosignatures(raw_answer: bytes) -> tuple[str, ...]:
    """The signature lines of an accepting answer, each with its line end; their content is not looked at.

    Raises ValueError for anything but 1 to 64 whole lines that begin as signature lines do, within 16,384 bytes.
    """
    if len(raw_answer) > LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    lines = raw_answer.decode("utf-8").split("\n")
    if lines.pop() or not 1 <= len(lines) <= _MOST_LINES:
        raise ValueError("an answer is 1 to 64 whole lines")
    if not all(line.startswith(_DASH) for line in lines):
        raise ValueError("not a signature line")
    return tuple(f"{line}\n" for line in lines)


def decode_tree_size(raw_answer: bytes) -> int:
    """The size that a witness names in a conflict. Raises ValueError for anything but one canonical decimal line."""
    matched = _SIZE.fullmatch(raw_answer)
    size = int(matched[1]) if matched else -1
    if not 0 <= size < 1 << 63:
        raise ValueError("not a tree size")
    return size
