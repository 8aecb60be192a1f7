"""A small log that asks a witness, and a witness in a folder, without sockets or with a process of its own."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

from certverify.note import VerifierKey, decode_note, decode_verifier_key
from certverify.witness import Examine, Witness
from certverify.witness_key import open_folder
from certverify.witness_logs import LogKeys, listed_logs
from certverify.witness_protocol import Answer
from certverify.witness_store import WitnessStore

from tests.verifier.builders import LOG_KEY, NOW, Key, b64, consistency, key, leaf_hash, mth

ROOT = Path(__file__).parents[2]
NAME = "witness.example/w1"
LEAVES = [leaf_hash(b"leaf %d" % number) for number in range(64)]
FORKED = [*LEAVES[:5], *(leaf_hash(b"other %d" % number) for number in range(59))]


def text_of(size: int, leaves: Sequence[bytes] = LEAVES, origin: str = LOG_KEY.name) -> str:
    """The text of the checkpoint over the first leaves."""
    return f"{origin}\n{size}\n{b64(mth(leaves[:size]))}\n"


def note_of(text: str, signer: Key = LOG_KEY, more: Sequence[str] = ()) -> bytes:
    """The text under the signer's signature, and more lines."""
    return f"{text}\n{signer.sign_note(text)}{''.join(more)}".encode()


def request(
    old: int,
    size: int,
    leaves: Sequence[bytes] = LEAVES,
    *,
    signer: Key = LOG_KEY,
    text: str | None = None,
    proof: Sequence[bytes] | None = None,
) -> bytes:
    """What a log sends: the true proof from `old` to `size`, unless another is given."""
    if proof is None:
        proof = consistency(old, leaves[:size]) if 0 < old <= size else []
    text = text or text_of(size, leaves, signer.name)
    head = "".join(f"{line}\n" for line in [f"old {old}", *map(b64, proof), ""])
    return head.encode() + note_of(text, signer)


@dataclass
class StandingClock:
    """A clock that somebody sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


SECOND_LOG = key("log.example/second", 21)
NEXT_LOG_KEY = key(LOG_KEY.name, 22)


@dataclass
class Bench:
    """A witness in a folder; `again` closes it and opens it once more."""

    folder: Path
    log_vkeys: Sequence[str] = (LOG_KEY.vkey(),)
    examine: Examine | None = None
    log_keys: LogKeys | None = None
    clock: Callable[[], datetime] = field(default_factory=StandingClock)
    name: str | None = NAME
    store: WitnessStore = field(init=False)
    witness: Witness = field(init=False)
    vkey: str = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.store, key = open_folder(self.folder, self.name)
        self.vkey = key.line
        log_keys = self.log_keys or listed_logs(map(decode_verifier_key, self.log_vkeys))
        self.witness = Witness(self.store, key, log_keys, self.clock, self.examine)

    def again(self) -> None:
        self.store.close()
        self.open()

    def ask(self, raw_request: bytes) -> Answer:
        return self.witness.add_checkpoint(raw_request)

    @property
    def verifier(self) -> VerifierKey:
        return decode_verifier_key(self.vkey)

    def cosigned_at(self, text: str, answer: Answer) -> datetime:
        """The time of the one cosignature in an answer, verified over the text."""
        assert (answer.status, answer.body.count(b"\n")) == (200, 1)
        return cosigned_at(self.vkey, text, answer.body)


def cosigned_at(vkey: str, text: str, lines: bytes) -> datetime:
    """The time of the cosignature by this key among signature lines, verified over the text."""
    seconds = decode_note(f"{text}\n".encode() + lines).cosigned_at(decode_verifier_key(vkey))
    assert seconds is not None
    return datetime.fromtimestamp(seconds, UTC)


def clock_of(bench: Bench) -> StandingClock:
    assert isinstance(bench.clock, StandingClock)
    return bench.clock


def said(answer: Answer) -> tuple[int, str]:
    return int(answer.status), answer.body.decode().strip()


class WitnessProcess:
    """`certverify witness` as a process of its own, on a free port."""

    def __init__(
        self, folder: Path, *words: str, module: str = "certverify", address_of_its_own: bool = True
    ) -> None:
        command = [sys.executable, "-m", module, "witness", "--dir", str(folder)]
        words = words or ("--name", NAME, "--log", LOG_KEY.vkey())
        self.log = folder.parent / f"{folder.name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--listen", "127.0.0.1:0", *words],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            )
        impatience = Timer(120, self.process.kill)
        impatience.start()
        try:
            said = [self._line() for _ in range(4)]
        finally:
            impatience.cancel()
        self.vkey, self.policy_line = said[1], said[3]
        self.url = self.policy_line.split(" ")[-1]
        self.port = int(self.url.rsplit(":", 1)[1]) if address_of_its_own else 0

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text(encoding="utf-8")
        return line.rstrip("\n")

    def call(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, body and headers of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def add(self, body: bytes) -> tuple[int, bytes]:
        """POST /add-checkpoint."""
        status, answer, _ = self.call("POST", "/add-checkpoint", body)
        return status, answer

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self._end()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM; the exit code, and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self._end(), time.monotonic() - began

    def _end(self) -> int:
        code = self.process.wait(timeout=120)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code
