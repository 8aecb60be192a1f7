"""How witnesses are asked over HTTP: at the same time, for seconds, in bounded bodies, at one address each."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from certsvc.adapters.witness_client import HttpWitnesses
from certsvc.ports.witness import NoAnswer


@contextmanager
def raw_server(*pieces: bytes, pause: float) -> Iterator[str]:
    """Accepts one connection after another and says the pieces, the last one again and again, with pauses."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.recv(65_536)
            said = 0
            try:
                while not ended.is_set():
                    connection.sendall(pieces[min(said, len(pieces) - 1)])
                    said += 1
                    ended.wait(pause)
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


SLOW = {
    "headers-without-end": (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
    "a-body-without-end": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
}


@pytest.mark.parametrize("case", SLOW)
def test_one_that_never_stops_talking_is_left_alone_after_its_time(case: str) -> None:
    with raw_server(*SLOW[case], pause=0.1) as address:
        witnesses = HttpWitnesses({b"w": address}, seconds=0.6)
        began = time.monotonic()
        assert witnesses.add_checkpoint({b"w": b"old 0\n\nnote"}) == {b"w": NoAnswer("timeout")}
        assert time.monotonic() - began < 3


def test_one_that_let_its_time_pass_is_left_in_peace() -> None:
    with raw_server(b"", pause=10) as silent:
        witnesses = HttpWitnesses({b"w": silent}, seconds=0.6)
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("timeout")}
        began = time.monotonic()
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("timeout")}
        assert time.monotonic() - began < 0.6


def test_while_it_talks_it_is_not_asked_again() -> None:
    with raw_server(*SLOW["headers-without-end"], pause=0.1) as address:
        witnesses = HttpWitnesses({b"w": address}, seconds=0.6, rest=0.0)
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("timeout")}
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("still-busy")}


def test_witnesses_are_asked_at_the_same_time() -> None:
    with raw_server(b"", pause=10) as silent:
        witnesses = HttpWitnesses({b"w%d" % number: silent for number in range(8)}, seconds=1.0)
        began = time.monotonic()
        answers = witnesses.add_checkpoint({b"w%d" % number: b"x" for number in range(8)})
        assert set(answers.values()) == {NoAnswer("timeout")}
        assert time.monotonic() - began < 7


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1", "https://127.0.0.1:1", "http://[::1]:1"],
    ids=["shut", "shut-tls", "ipv6"],
)
def test_nobody_there_is_an_answer_like_any_other(address: str) -> None:
    witnesses = HttpWitnesses({b"w": address}, seconds=2.0)
    assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("unreachable")}


def test_what_is_no_http_is_no_answer() -> None:
    with raw_server(b"SSH-2.0-OpenSSH\r\n\r\n", pause=0.05) as address:
        witnesses = HttpWitnesses({b"w": address}, seconds=2.0)
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("unreachable")}


def test_a_body_without_end_is_read_no_further_than_an_answer_may_be_long() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
    with raw_server(head, b"x" * 65_536, pause=0.0) as address:
        witnesses = HttpWitnesses({b"w": address}, seconds=5.0)
        assert witnesses.add_checkpoint({b"w": b"x"}) == {b"w": NoAnswer("too-long")}
