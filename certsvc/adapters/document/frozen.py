"""The frozen head of a layout: the very bytes that the trust list names, kept beside the layout.

Compressors differ between builds of zlib, so the same layout compiled on another machine may give other bytes for the
same drawing. The head that was frozen is the one that counts; compiling only proves that nothing else has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zlib import decompress
from zlib import error as ZlibFault  # noqa: N812

from certsvc.adapters.document.pdf_syntax import HEADER
from certsvc.errors import ConfigurationError

HEAD_FILE = "head.bin"


@dataclass(frozen=True, slots=True)
class FrozenHead:
    """What the trust list says of a layout: its name (`certificate/v1`), length and SHA-256 (hex) of its head."""

    name: str
    head_length: int
    head_sha256: str


_COMPRESSED = re.compile(rb"/Filter/FlateDecode/Length \d+>>\nstream\n")
_STREAM_END = b"\nendstream"


def frozen_head(templates: Path, name: str) -> FrozenHead:
    """The frozen head of the layout `name` below the folder of layouts. Raises ConfigurationError when it is not frozen."""
    path = templates / name / HEAD_FILE
    try:
        head = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"证书版式 {name} 尚未冻结：缺少 {path}。") from error
    return FrozenHead(name, len(head), sha256(head).hexdigest())


def object_offsets(head: bytes) -> list[int]:
    """Where the objects 1, 2, 3 ... begin. Raises ValueError when the bytes are no head."""
    offsets: list[int] = []
    at = len(HEADER)
    if not head.startswith(HEADER) or not head.endswith(b"\nendobj\n"):
        raise ValueError("not the head of a layout")
    while at < len(head):
        number = len(offsets) + 1
        if not head.startswith(b"%d 0 obj\n" % number, at):
            raise ValueError(f"object {number} is not where it should be")
        offsets.append(at)
        following = head.find(b"\nendobj\n%d 0 obj\n" % (number + 1), at)
        at = len(head) if following < 0 else following + len(b"\nendobj\n")
    return offsets


def draws_the_same(head: bytes, other: bytes) -> bool:
    """Whether two heads hold equal objects once their streams are unpacked."""
    try:
        return unpacked_objects(head) == unpacked_objects(other)
    except (ValueError, ZlibFault):
        return False


def unpacked_objects(head: bytes) -> list[bytes]:
    """The objects 1, 2, 3 ... of a head, or of a document before its cross-references, their streams unpacked. Raises ValueError
    and zlib's error.
    """
    offsets = object_offsets(head)
    ends = [*offsets[1:], len(head)]
    return [_plain(head[start:end]) for start, end in zip(offsets, ends, strict=True)]


def _plain(spelled: bytes) -> bytes:
    found = _COMPRESSED.search(spelled)
    if found is None:
        return spelled
    return spelled[: found.start()] + decompress(spelled[found.end() : spelled.rindex(_STREAM_END)])
