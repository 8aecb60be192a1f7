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

REST_SECONDS: Final = 10.0
_TOO_LATE: Final = NoAnswer("timeout")
_HEADERS: Final = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}


class HttpWitnesses:
    """Redirects are not followed, the proxy of the environment is not used, nothing is asked twice.

    After `seconds` the answers that are not there count as none, however slowly a witness may go on talking. One that let
    its time pass is left in peace for a while, so that nobody who waits for the log waits for it again and again.
    """

    def __init__(self, addresses: Mapping[bytes, str], seconds: float, rest: float = REST_SECONDS) -> None:
        """`addresses`: submission prefixes by the policy's names, without a slash at the end. `rest`: for how long one that
        did not answer in time is not asked."""
        self._addresses = addresses
        self._seconds = seconds
        self._rest = rest
        self._open: dict[bytes, _Question] = {}
        self._resting: dict[bytes, float] = {}

    def add_checkpoint(self, bodies: Mapping[bytes, bytes]) -> Mapping[bytes, WitnessAnswer]:
        """Send each named witness its request; an answer for each."""
        ends = monotonic() + self._seconds
        asked = {name: self._ask(name, body) for name, body in bodies.items()}
        answers = {
            name: one.wait_until(ends) if isinstance(one, _Question) else one for name, one in asked.items()
        }
        for name, answer in answers.items():
            if isinstance(asked[name], _Question) and answer == _TOO_LATE:
                self._resting[name] = monotonic() + self._rest
        return answers

    def _ask(self, name: bytes, body: bytes) -> _Question | NoAnswer:
        if monotonic() < self._resting.get(name, 0.0):
            return _TOO_LATE
        before = self._open.get(name)
        if before is not None and before.is_alive():
            return NoAnswer("still-busy")
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
            self._answer = _TOO_LATE
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError):
            self._answer = NoAnswer("unreachable")

    def wait_until(self, ends: float) -> WitnessAnswer:
        """The answer, or that there is none in time."""
        self.join(max(0.0, ends - monotonic()))
        return _TOO_LATE if self._answer is None else self._answer

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
                    return _TOO_LATE
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
