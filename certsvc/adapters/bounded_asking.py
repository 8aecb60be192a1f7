"""Questions over HTTP that end in time, however slowly somebody may answer. Redirects are not followed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from threading import Thread
from time import monotonic
from typing import Final

import httpx

_LOOK_SECONDS: Final = 0.1


class NoAnswerError(Exception):
    """Nobody answered in time, or what came was cut off; or the one who asks is stopping."""


class LongAnswerError(NoAnswerError):
    """What came is longer than any answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, never `503 Service Unavailable`."""

    status: int
    media_type: str
    raw_body: bytes


def ask(
    client: httpx.Client,
    request: httpx.Request,
    *,
    seconds: float,
    longest: int,
    tries: int = 1,
    stopping: Callable[[], bool] = lambda: False,
) -> Answer:
    """What is answered within so many seconds for all tries together, in at most `longest` bytes; given up when `stopping`.

    Raises NoAnswerError.
    """
    question = _Question(client, request, monotonic() + seconds, longest, tries)
    question.start()
    while question.is_alive() and not stopping() and (left := question.ends - monotonic()) > 0:
        question.join(min(left, _LOOK_SECONDS))
    if question.answer is not None:
        return question.answer
    question.ends = 0.0  # left behind: it begins nothing any more
    if isinstance(question.failure, LongAnswerError):
        raise question.failure
    raise NoAnswerError from question.failure


@lru_cache(maxsize=1)
def trusted_by_the_machine() -> ssl.SSLContext:
    """Made once: reading the machine's certificates takes longer than most questions."""
    return httpx.create_ssl_context(trust_env=False)


class _Question(Thread):
    """A thread that can be left behind, for no timeout of a socket bounds a whole answer: one that comes byte by byte keeps
    every single wait short. Closing the client ends it with the next byte."""

    def __init__(
        self, client: httpx.Client, request: httpx.Request, ends: float, longest: int, tries: int
    ) -> None:
        super().__init__(name="question", daemon=True)
        request.extensions = {**request.extensions, "trace": lambda step, _facts: self._look(step)}
        self._client, self._request, self._longest, self._tries = client, request, longest, tries
        self.ends = ends
        self.answer: Answer | None = None
        self.failure: Exception | None = None

    def run(self) -> None:
        """The thread's work."""
        for _ in range(self._tries):
            try:
                answer = self._send()
            except (NoAnswerError, httpx.HTTPError, httpx.StreamError, OSError, RuntimeError) as error:
                # RuntimeError: this thread was left behind, and the connections were given back meanwhile
                self.failure = error
                continue
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                self.answer = answer
                return

    def _send(self) -> Answer:
        self._require_time()
        answer = self._client.send(self._request, stream=True)
        try:
            raw_body = bytearray()
            for piece in answer.iter_raw():
                raw_body += piece
                if len(raw_body) > self._longest:
                    raise LongAnswerError
                self._require_time()
            return Answer(answer.status_code, answer.headers.get("content-type", ""), bytes(raw_body))
        finally:
            answer.close()

    def _look(self, step: str) -> None:
        """Called by the library before and after each of its steps. Only a beginning is broken off: after its end a step
        holds a connection that nobody else would close, and giving one back is always let through."""
        if step.endswith(".started") and "close" not in step:
            self._require_time()

    def _require_time(self) -> None:
        if monotonic() > self.ends:
            raise NoAnswerError
