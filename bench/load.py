"""Load over loopback: a bounded number of questions on a bounded number of connections, and what they cost the server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from bench.people import ROOT
from bench.private_postgresql import free_port

CONNECTIONS = 64
_PATIENCE = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A server in a process of its own."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def cpu_seconds(self) -> float:
        """What all its threads used so far, in the program and in the kernel."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def measured_server(*arguments: str, environment: Mapping[str, str] = {}) -> Iterator[MeasuredServer]:
    """`python -m bench.verify_server` on a free port, once it answers."""
    port = free_port()
    kind, *rest = arguments
    command = [sys.executable, "-m", "bench.verify_server", kind, str(port), *rest]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CERTSVC_")}
    process = subprocess.Popen(command, cwd=ROOT, env=clean | dict(environment), stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield MeasuredServer(port, process)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def requests_per_cpu_second(server: MeasuredServer, questions: Sequence[bytes]) -> float:
    """Every question once; how many the server answered for a second of its processor time. Every answer must be 200."""
    before = server.cpu_seconds
    asyncio.run(_ask_all(server.port, questions))
    return len(questions) / (server.cpu_seconds - before)


def post(path: str, body: bytes) -> bytes:
    """A request as bytes."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def one_answer(server: MeasuredServer, path: str, body: bytes) -> bytes:
    """The body of one answer."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    return connection.getresponse().read()


class _Asker(asyncio.Protocol):
    """One connection: the next question as soon as the answer to the last is whole."""

    def __init__(self, questions: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._questions, self._done = questions, done
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = bytes(self._received).partition(b"\r\n\r\n")
        if not mark:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(f"not answered: {head[:200]!r} {body[:500]!r}"))
            self._transport.close()
            return
        start = head.lower().index(b"content-length:") + 15
        if len(body) >= int(head[start : start + 12].split(b"\r\n")[0]):
            self._received.clear()
            self._next()

    def _next(self) -> None:
        question = next(self._questions, None)
        if question is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
        else:
            self._transport.write(question)  # type: ignore[attr-defined]


async def _ask_all(port: int, questions: Sequence[bytes]) -> None:
    loop = asyncio.get_running_loop()
    waiting, ended = iter(questions), []
    for _ in range(CONNECTIONS):
        done: asyncio.Future[None] = loop.create_future()
        ended.append(done)
        await loop.create_connection(lambda done=done: _Asker(waiting, done), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ended)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise RuntimeError("no server came up")
