"""HTTP by a deadline: whatever a server drips or repeats, a question is given up at one moment, answered or not.

The timeouts of the standard library begin anew with every byte. Here each wait lasts until the deadline of the whole
question and no longer: connection, TLS handshake, interim answers, headers, body and trailers.
"""

from __future__ import annotations

import socket
import ssl
import time
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import BaseHandler, HTTPHandler, HTTPSHandler, Request

MOST_INTERIM_ANSWERS = 10
_NEVER = float("inf")


class Question(Request):
    """A request that is given up at a moment of `time.monotonic`."""

    def __init__(self, address: str, give_up_at: float) -> None:
        super().__init__(address)
        self.give_up_at = give_up_at


def give_up_at(request: Request) -> float:
    """The moment at which a request is given up; never, when it names none."""
    return request.give_up_at if isinstance(request, Question) else _NEVER


def hurried_handlers() -> tuple[BaseHandler, BaseHandler]:
    """What makes an opener of urllib keep the deadline of each Question, over http and https."""
    return _HurriedHandler(), _HurriedTlsHandler()


class _Hurried:
    """What a socket is given so that no wait goes beyond the deadline."""

    give_up_at = _NEVER

    def recv_into(self, *arguments: Any) -> int:
        self._hurry()
        return super().recv_into(*arguments)  # type: ignore[misc,no-any-return]

    def sendall(self, *arguments: Any) -> None:
        self._hurry()
        super().sendall(*arguments)  # type: ignore[misc]

    def _hurry(self) -> None:
        if self.give_up_at != _NEVER:
            self.settimeout(_seconds_until(self.give_up_at))  # type: ignore[attr-defined]


class _HurriedSocket(_Hurried, socket.socket):
    pass


class _HurriedTlsSocket(_Hurried, ssl.SSLSocket):
    pass


class _CountedResponse(HTTPResponse):
    """An answer before which only so many interim ones (100 Continue) may come."""

    _answers = 0

    def _read_status(self) -> tuple[str, int, str]:
        self._answers += 1
        if self._answers > MOST_INTERIM_ANSWERS:
            raise HTTPException("too many interim answers")
        return super()._read_status()  # type: ignore[misc,no-any-return]


class _HurriedConnection(HTTPConnection):
    response_class = _CountedResponse

    def __init__(self, host: str, give_up_at: float = _NEVER, **how: Any) -> None:
        super().__init__(host, **how)
        self._create_connection = partial(_connected, give_up_at)


class _HurriedTlsConnection(HTTPSConnection):
    response_class = _CountedResponse

    def __init__(self, host: str, give_up_at: float = _NEVER, **how: Any) -> None:
        super().__init__(host, **how)
        self._give_up_at = give_up_at
        self._create_connection = partial(_connected, give_up_at)

    def connect(self) -> None:
        super().connect()  # the handshake as a whole lasts no longer than the timeout the socket has
        if isinstance(self.sock, _HurriedTlsSocket):
            self.sock.give_up_at = self._give_up_at


class _HurriedHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_HurriedConnection, give_up_at=give_up_at(req)), req)


class _HurriedTlsHandler(HTTPSHandler):
    def __init__(self) -> None:
        super().__init__()
        self._tls = ssl.create_default_context()
        self._tls.sslsocket_class = _HurriedTlsSocket

    def https_open(self, req: Request) -> HTTPResponse:
        hurried = partial(_HurriedTlsConnection, give_up_at=give_up_at(req), context=self._tls)
        return self.do_open(hurried, req)


def _connected(give_up_at: float, address: tuple[str, int], *_how: Any) -> socket.socket:
    """A connection to one of the addresses of a host, all tries together before the deadline. Raises OSError."""
    failure: OSError = OSError("the host has no address")
    for family, kind, protocol, _, place in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
        opened = _HurriedSocket(family, kind, protocol)
        try:
            opened.give_up_at = give_up_at
            opened._hurry()
            opened.connect(place)
            opened._hurry()
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    raise failure


def _seconds_until(moment: float) -> float:
    """What is left of the time. Raises TimeoutError when nothing is."""
    left = moment - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer takes too long")
    return left
