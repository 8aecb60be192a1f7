"""Addresses within one face, as a browser brings them along: where to go on after signing in or changing the language."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

_LONGEST: Final = 512
_PLAIN: Final = re.compile(r"/[A-Za-z0-9/_~.%=&?,:+-]*")


def local_address(given: str | None, below: str) -> str | None:
    """The address when it is a path of this host at or below `below`, with its query; None for everything else.

    No scheme, host, backslash, control character, fragment, empty or dot segment, encoded or not: a browser reads some of
    them as another host (RFC 3986 section 4.2, WHATWG URL 4.4).
    """
    if given is None or len(given) > _LONGEST or not _PLAIN.fullmatch(given) or given.startswith("//"):
        return None
    path = unquote(urlsplit(given).path)
    if not path.isprintable() or "\\" in path or "%" in path:
        return None
    parts = path.split("/")[1:]
    if any(part in ("", ".", "..") for part in parts):
        return None
    return given if path == below or path.startswith(below + "/") else None
