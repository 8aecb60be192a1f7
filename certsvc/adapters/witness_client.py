"""ports.witness.WitnessDoor over HTTP: short, bounded, all witnesses at the same time."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import lru_cache
from threading import Thread
from time import monotonic
from typing import Final

import httpx

from certsvc.formats.witness import LONGEST_ANSWER, decode_cosignatures, decode_tree_size
from certsvc.ports.witness import Accepted, NoAnswer, OtherSize, ProofRefused, WitnessAnswer

_HEADERS: Final = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}


class HttpWitnesses:
    """Redirects are not followed, the proxy of the environment is not used, nothing is asked twice.

    After `seconds` the answers that are not there count as none, however slowly a witness may go on talking; while it
    does, it is not asked again.
    """

    def __init__(self, addresses: Mapping[bytes, str], seconds: float) -> None:
        """`addresses`: submission prefixes by the policy's names, without a slash at the end."""
        self._addresses = addresses
        self._seconds = seconds
        self._open: dict[bytes, _Question] = {}

    def add_checkpoint(self, bodies: Mapping[bytes, bytes]) -> Mapping[bytes, WitnessAnswer]:
        """Send each named witness its request; an answer for each."""
        ends = monotonic() + self._seconds
        asked: dict[bytes, _Question | None] = {}
        for name, body in bodies.items():
            before = self._open.get(name)
            asked[name] = None if before is not None and before.is_alive() else self._ask(name, body)
        return {
            name: NoAnswer("still-busy") if question is None else question.wait_until(ends)
            for name, question in asked.items()
        }

    def _ask(self, name: bytes, body: bytes) -> _Question:
        question = _Question(f"{self._addresses[name]}/add-checkpoint", body, self._seconds)
        self._open[name] = question
        question.start()
        return question


class _Question(Thread):
    """One request. A thread that can be left behind, for no timeout of a socket bounds a whole answer."""

    def __init__(self, address: str, body: bytes, seconds: float) -> None:
        super().__init__(name="witness", daemon=True)
        self._address, self._body, self._seconds = address, body, seconds
        self._answer: WitnessAnswer | None = None

    def run(self) -> None:
        """The thread's work."""
        try:
            self._answer = self._send()
        except httpx.TimeoutException:
            self._answer = NoAnswer("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError):
            self._answer = NoAnswer("unreachable")

    def wait_until(self, ends: float) -> WitnessAnswer:
        """The answer, or that there is none in time."""
        self.join(max(0.0, ends - monotonic()))
        return NoAnswer("timeout") if self._answer is None else self._answer

    def _send(self) -> WitnessAnswer:
        ends = monotonic() + self._seconds
        with (
            httpx.Client(timeout=self._seconds, trust_env=False, verify=_tls()) as client,
            client.stream("POST", self._address, content=self._body, headers=_HEADERS) as answer,
        ):
            raw_answer = b""
            for piece in answer.iter_raw():
                raw_answer += piece
                if len(raw_answer) > LONGEST_ANSWER:
                    return NoAnswer("too-long")
                if monotonic() > ends:
                    return NoAnswer("timeout")
            return _understand(answer.status_code, raw_answer)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Made once: reading the machine's certificates takes longer than a witness needs."""
    return httpx.create_ssl_context(trust_env=False)


def _understand(status: int, raw_answer: bytes) -> WitnessAnswer:
    try:
        match status:
            case 200:
                return Accepted(decode_cosignatures(raw_answer))
            case 409:
                return OtherSize(decode_tree_size(raw_answer))
            case 422:
                return ProofRefused()
            case _:
                return NoAnswer(f"http-{status}")
    except ValueError:
        return NoAnswer("garbage")
