"""Where the files of a public tree come from: a folder, or a web address."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from certverify.errors import SourceUnreachableError, TreeInconsistentError, TreeMissingError
from certverify.hurried_http import Question, give_up_at, hurried_handlers

SECONDS_TO_WAIT = 20.0
_PIECE_BYTES = 1 << 16
_GONE = (404, 410)
_MEANT_AS_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/?/|https?[:;/]|www\.", re.IGNORECASE)


class Source(Protocol):
    """The files of one public tree, by their paths. What they hold is not to be believed before it is proven."""

    @property
    def place(self) -> str:
        """The folder or address, for reports."""

    def read(self, path: str, limit: int) -> bytes:
        """The file at `path`, relative to the tree.

        Raises TreeMissingError when it is not there, SourceUnreachableError when nobody answers,
        TreeInconsistentError when it has more than `limit` bytes.
        """


class FolderSource:
    """A downloaded or mounted public tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder)

    def read(self, path: str, limit: int) -> bytes:
        """See `Source`."""
        try:
            with (self._folder / path).open("rb") as file:
                raw_file = file.read(limit + 1)
        except (OSError, ValueError) as error:
            raise TreeMissingError(f"{path} cannot be read") from error
        return _bounded(path, raw_file, limit)


class HttpSource:
    """A public tree behind `http://` or `https://`. Redirections are followed on the same host alone."""

    def __init__(self, address: str, seconds: float = SECONDS_TO_WAIT) -> None:
        """`seconds`: how long one file may take, redirections included, from the connection to its last byte.

        Raises ValueError. (The look-up of a name is bounded by the system's resolver, not by us.)
        """
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("a tree's address begins with http:// or https:// and has no query")
        self._address = address.rstrip("/")
        self._seconds = seconds
        self._opener = build_opener(_SameHost, *hurried_handlers())

    @property
    def place(self) -> str:
        """The address."""
        return self._address

    def read(self, path: str, limit: int) -> bytes:
        """See `Source`."""
        address = f"{self._address}/{path}"
        return _bounded(path, _fetched(self._opener, address, path, limit, self._seconds), limit)


def open_source(place: str, seconds: float = SECONDS_TO_WAIT) -> Source:
    """The source at a web address or in a folder. Raises ValueError for an address that is none."""
    if place.startswith(("http://", "https://")):
        return HttpSource(place, seconds)
    if _MEANT_AS_ADDRESS.match(place) and not Path(place).exists():
        raise ValueError(
            "a tree's address begins with http:// or https://; a folder of that name is not there"
        )
    return FolderSource(Path(place))


class _SameHost(HTTPRedirectHandler):
    """Refuses to be sent to another scheme, host or port: what answers is who was asked."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        asked, sent_to = urlsplit(req.full_url), urlsplit(newurl)
        if (asked.scheme, asked.netloc) != (sent_to.scheme, sent_to.netloc):
            raise HTTPError(req.full_url, code, "a redirection to another host", headers, fp)
        fp.close()  # urllib would read the rest of it whole, however much that is
        sent = super().redirect_request(req, fp, code, msg, headers, newurl)
        return None if sent is None else Question(sent.full_url, give_up_at(req))


def _fetched(opener: OpenerDirector, address: str, path: str, limit: int, seconds: float) -> bytes:
    question = Question(address, time.monotonic() + seconds)
    try:
        with opener.open(question, timeout=seconds) as answer:
            return _pieces(answer.read1, limit)
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            raise TreeMissingError(f"{path} is not there") from error
        raise SourceUnreachableError(f"{path}: the server answered {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise SourceUnreachableError(f"{path} cannot be fetched") from error


def _pieces(read: Callable[[int], bytes], limit: int) -> bytes:
    """What `read` gives until it ends, or one byte more than `limit`."""
    received = bytearray()
    while len(received) <= limit:
        piece = read(min(_PIECE_BYTES, limit + 1 - len(received)))
        if not piece:
            break
        received += piece
    return bytes(received)


def _bounded(path: str, raw_file: bytes, limit: int) -> bytes:
    if len(raw_file) > limit:
        raise TreeInconsistentError(f"{path} is too large")
    return raw_file
