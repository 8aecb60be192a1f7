"""Files of the public tree: which paths exist, how they are served, and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from certverify.errors import TrustListError
from certverify.trust import load_trust

from certsvc.entrypoints.http.caching import FOREVER, REVALIDATE
from certsvc.formats.note import encode_vkey


@dataclass(frozen=True)
class TreeFileKind:
    """How the files of a path pattern are served."""

    pattern: re.Pattern[str]
    media_type: str
    caching: str


_INDEX = r"(?:x[0-9]{3}/){0,6}[0-9]{3}"
_WIDTH = r"(?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"

_KINDS = (
    TreeFileKind(re.compile(r"checkpoint|vkey|policy|trust\.note"), _TEXT, REVALIDATE),
    TreeFileKind(re.compile(r"(?:trust-list|tables)\.json"), "application/json", REVALIDATE),
    TreeFileKind(re.compile(r"trust/[1-9][0-9]{0,17}\.json"), "application/json", FOREVER),
    TreeFileKind(re.compile(r"trust/[1-9][0-9]{0,17}\.note"), _TEXT, FOREVER),
    TreeFileKind(re.compile(rf"tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/{_INDEX}{_WIDTH}"), _BYTES, FOREVER),
    TreeFileKind(re.compile(r"status/(?:0|[1-9][0-9]{0,17})/roots"), _BYTES, FOREVER),
    TreeFileKind(re.compile(r"status/shard/[0-9a-f]{64}"), _BYTES, FOREVER),
)


def classify_path(path: str) -> TreeFileKind | None:
    """The kind of a path of the public tree, None for any other path.

    The patterns are closed: no path that matches one can leave the folder.
    """
    return next((kind for kind in _KINDS if kind.pattern.fullmatch(path)), None)


def is_machine_path(path: str) -> bool:
    """Whether a request path (with its leading slash) is one that programs read, not people."""
    first = path.removeprefix("/").split("/", 1)[0]
    return (
        first in {"tile", "status", "trust", "assets", "healthz", "api"} or classify_path(first) is not None
    )


def published_anchor(folder: Path) -> str | None:
    """The verifier key line of the first trust anchor of a published, signed trust list; None where there is none.

    Looked up once, when the pages are made: a list that somebody puts in its place afterwards must follow from it.
    """
    try:
        anchors = load_trust(folder).trust_list.anchors
    except TrustListError:
        return None
    return encode_vkey(anchors[0].name, anchors[0].raw_key) if anchors else None


def read_tree_file(folder: Path, path: str) -> bytes | None:
    """The bytes of a file, None when there is none. `path` must have been classified."""
    try:
        return (folder / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
