"""Little HTTP witnesses on loopback: honest ones (the reader's own witness behind them), and all kinds of others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from certverify.note import SignatureType, VerifierKey
from certverify.witness import Witness
from certverify.witness_key import WitnessKey, open_folder
from certverify.witness_logs import listed_logs
from certverify.witness_protocol import AddCheckpoint, cosign, decode_add_checkpoint

from certsvc.adapters.clock import FixedClock
from certsvc.stages.published_log import log_key
from tests.ledger.conftest import LOG_KEY


@dataclass(frozen=True)
class Reply:
    """What a server says."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    seconds: float = 0.0


Behaviour = Callable[["WitnessServer", bytes], Reply]


@dataclass
class WitnessServer:
    """A witness with key and state in a folder, behind a socket; `behaviour` says how it answers."""

    folder: Path
    name: str
    clock: FixedClock
    behaviour: Behaviour
    log_keys: Sequence[VerifierKey] = (log_key(LOG_KEY),)
    asked: list[AddCheckpoint] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        store, self.key = open_folder(self.folder, f"witness.example/{self.name}")
        self.store = store
        self.witness = Witness(store, self.key, listed_logs(self.log_keys), self.clock.now)
        self._server: ThreadingHTTPServer | None = None
        self.up()

    @property
    def line(self) -> str:
        """The witness's line of a policy."""
        return f"witness {self.name} {self.key.line} http://127.0.0.1:{self.port}/w\n"

    @property
    def old_sizes(self) -> list[int]:
        """The sizes from which it was shown proofs."""
        return [one.old_size for one in self.asked]

    def up(self) -> None:
        """Listen; after a time away, on the same port."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw_request = self.rfile.read(int(self.headers["Content-Length"]))
                reply = owner.reply(self.path, raw_request)
                time.sleep(reply.seconds)
                with suppress(BrokenPipeError, ConnectionResetError):
                    self.send_response(reply.status)
                    for header in (*reply.headers, ("Content-Length", str(len(reply.body)))):
                        self.send_header(*header)
                    self.end_headers()
                    self.wfile.write(reply.body)

            def log_message(self, *_given: object) -> None:
                """Tests are silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def down(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """Down for good."""
        self.down()
        self.store.close()

    def reply(self, path: str, raw_request: bytes) -> Reply:
        """What it says to a request; only one path is served."""
        if path != "/w/add-checkpoint":
            return Reply(404)
        self.asked.append(decode_add_checkpoint(raw_request))
        return self.behaviour(self, raw_request)


def honest(server: WitnessServer, raw_request: bytes) -> Reply:
    """As a witness should."""
    answer = server.witness.add_checkpoint(raw_request)
    return Reply(int(answer.status), answer.body, [("Content-Type", answer.content_type)])


def saying(status: int, body: bytes = b"", *headers: tuple[str, str], seconds: float = 0.0) -> Behaviour:
    """Always the same."""
    return lambda _server, _raw: Reply(status, body, headers, seconds)


def slow(seconds: float) -> Behaviour:
    """Honest, but late."""

    def answer(server: WitnessServer, raw_request: bytes) -> Reply:
        said = honest(server, raw_request)
        return Reply(said.status, said.body, said.headers, seconds)

    return answer


def signing(
    *,
    text: str | None = None,
    key: WitnessKey | None = None,
    late: timedelta = timedelta(),
    spoil: bool = False,
) -> Behaviour:
    """Cosigns whatever it is shown: another text, with another key, at another time, or with a spoiled signature."""

    def answer(server: WitnessServer, raw_request: bytes) -> Reply:
        signer = key or server.key
        seconds = int((server.clock.now() + late).timestamp())
        shown = decode_add_checkpoint(raw_request).note.text if text is None else text
        line = cosign(signer.verifier, signer.private, shown + ("\n" if spoil else ""), seconds)
        return Reply(200, line.encode())

    return answer


def same_name(server: WitnessServer, other: WitnessKey) -> WitnessKey:
    """Another private key that signs under the name and key id of a witness."""
    assert server.key.verifier.kind is SignatureType.COSIGNATURE_V1
    return WitnessKey(server.key.line, server.key.verifier, other.private)
