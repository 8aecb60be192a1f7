"""A national platform in the tests: real HTTP on loopback, as moody as it is told to be."""

from __future__ import annotations

import json
import socket
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SLOW_SECONDS = 1.5


@dataclass
class PlatformSimulator:
    """What arrived, and how the next requests are answered.

    Moods: `take` (200 with receipt, 409 for a key it has), `take-and-break` (keeps the message, drops the connection),
    `break`, `slow`, `long`, `no-receipt`, or an HTTP status as text.
    """

    address: str = ""
    moods: list[str] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Kind and subject of everything kept, in the order of arrival."""
        told = [json.loads(self.kept[key]) for key in self.order]
        return [(one["kind"], one["subject"]) for one in told]

    def content(self, position: int) -> dict[str, Any]:
        """The content of a kept message."""
        found: dict[str, Any] = json.loads(self.kept[self.order[position]])["content"]
        return found

    def keep(self, key: str, body: bytes) -> int:
        """Keep a message; the status to answer with."""
        if key in self.kept:
            assert self.kept[key] == body, "the same key came with another body"
            return 409
        self.kept[key] = body
        self.order.append(key)
        return 200


class _Handler(BaseHTTPRequestHandler):
    """One request, answered in the platform's mood."""

    simulator: PlatformSimulator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        self.simulator.seen.append({"body": body, **dict(self.headers)})
        mood = self.simulator.moods.pop(0) if self.simulator.moods else "take"
        match mood:
            case "take":
                self._answer(self.simulator.keep(key, body), {"receipt": f"R-{key}"})
            case "take-and-break":
                self.simulator.keep(key, body)
                self._break()
            case "break":
                self._break()
            case "slow":
                time.sleep(SLOW_SECONDS)
                self._break()
            case "long":
                self._answer(200, {"receipt": "R", "padding": "x" * 100_000})
            case "no-receipt":
                self._answer(200, {"status": "ok"})
            case _:
                self._answer(int(mood), {"error": mood})

    def _answer(self, status: int, told: dict[str, str]) -> None:
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _break(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is nothing to tell."""


@contextmanager
def open_simulator() -> Iterator[PlatformSimulator]:
    """A platform on a free port."""
    simulator = PlatformSimulator()
    handler = type("Handler", (_Handler,), {"simulator": simulator})
    server = _Server(("127.0.0.1", 0), handler)
    simulator.address = f"http://127.0.0.1:{server.server_port}/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield simulator
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def require_signed(body: bytes, signature: str, public_key: bytes) -> dict[str, Any]:
    """Check a detached JWS by hand; its protected header."""
    protected, middle, signed = signature.split(".")
    assert middle == ""
    payload = urlsafe_b64encode(body).rstrip(b"=").decode()
    Ed25519PublicKey.from_public_bytes(public_key).verify(_decode(signed), f"{protected}.{payload}".encode())
    header: dict[str, Any] = json.loads(_decode(protected))
    return header


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
