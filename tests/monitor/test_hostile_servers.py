"""A server that answers for ever is left at the deadline, whatever it drips; a witness that audits answers meanwhile."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from certverify import hurried_http, witness
from certverify.checkpoint import Checkpoint
from certverify.errors import SourceUnreachableError
from certverify.sources import HttpSource

from tests.verifier.witnessing import FORKED, Bench, request

SECONDS = 0.6
PATIENCE = 2.5
Hostile = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _drip(connection: socket.socket, begun: bytes, drop: bytes) -> None:
    connection.sendall(begun)
    while True:
        connection.sendall(drop)
        time.sleep(0.05)


def drip_status_line(connection: socket.socket) -> None:
    _drip(connection, b"HTTP/1.1 2", b"0")


def drip_headers(connection: socket.socket) -> None:
    _drip(connection, HEAD + b"X-Long: ", b"x")


def drip_chunk_header(connection: socket.socket) -> None:
    _drip(connection, CHUNKED + b"5;", b"x")


def drip_trailers(connection: socket.socket) -> None:
    _drip(connection, CHUNKED + b"1\r\nx\r\n0\r\n", b"x: y\r\n")


def drip_interim_answers(connection: socket.socket) -> None:
    _drip(connection, b"", b"HTTP/1.1 100 Continue\r\n\r\n")


def flood_interim_answers(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def flood_behind_a_redirection(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def redirect_slowly(connection: socket.socket) -> None:
    time.sleep(SECONDS * 0.6)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


def say_nothing(connection: socket.socket) -> None:
    Event().wait(PATIENCE * 2)


MODES: list[Hostile] = [
    drip_status_line, drip_headers, drip_chunk_header, drip_trailers, drip_interim_answers,
    flood_interim_answers, flood_behind_a_redirection, redirect_slowly, say_nothing,
]  # fmt: skip


@pytest.fixture
def hostile() -> Iterator[Callable[[Hostile], int]]:
    """Serve every connection in one hostile way; the port."""
    listening: list[socket.socket] = []

    def start(mode: Hostile) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                mode(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=one, args=(server.accept()[0],), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        return int(server.getsockname()[1])

    yield start
    for server in listening:
        server.close()


@pytest.mark.parametrize("mode", MODES, ids=[mode.__name__ for mode in MODES])
def test_one_file_takes_its_seconds_and_no_more(mode: Hostile, hostile: Callable[[Hostile], int]) -> None:
    source = HttpSource(f"http://127.0.0.1:{hostile(mode)}", seconds=SECONDS)
    begun = time.monotonic()
    with pytest.raises(SourceUnreachableError):
        source.read("checkpoint", 1 << 22)
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("mode", [say_nothing, drip_status_line], ids=["silent", "dripping"])
def test_a_handshake_is_part_of_the_seconds(mode: Hostile, hostile: Callable[[Hostile], int]) -> None:
    source = HttpSource(f"https://127.0.0.1:{hostile(mode)}", seconds=SECONDS)
    begun = time.monotonic()
    with pytest.raises(SourceUnreachableError):
        source.read("checkpoint", 1 << 22)
    assert time.monotonic() - begun < PATIENCE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the loopback address, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "30000", "-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", pem],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem, key


def test_behind_tls_a_file_is_read_and_a_dripping_one_is_left(
    certificate: tuple[Path, Path], hostile: Callable[[Hostile], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, key = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem, key)

    def behind_tls(connection: socket.socket) -> None:
        with serving.wrap_socket(connection, server_side=True) as inner:
            asked = inner.recv(4096)
            if b"/good" in asked:
                inner.sendall(HEAD + b"Content-Length: 5\r\n\r\n12345")
            else:
                _drip(inner, HEAD + b"X-Long: ", b"x")

    source = HttpSource(f"https://127.0.0.1:{hostile(behind_tls)}", seconds=SECONDS)
    assert source.read("good", 5) == b"12345"
    begun = time.monotonic()
    with pytest.raises(SourceUnreachableError):
        source.read("slow", 5)
    assert time.monotonic() - begun < PATIENCE


def test_a_few_interim_answers_are_passed_over(hostile: Callable[[Hostile], int]) -> None:
    def patient(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + HEAD + b"Content-Length: 5\r\n\r\n12345")

    assert HttpSource(f"http://127.0.0.1:{hostile(patient)}").read("file", 5) == b"12345"


def test_interim_answers_are_counted(hostile: Callable[[Hostile], int]) -> None:
    source = HttpSource(f"http://127.0.0.1:{hostile(flood_interim_answers)}", seconds=20)
    begun = time.monotonic()
    with pytest.raises(SourceUnreachableError):
        source.read("checkpoint", 1 << 22)
    assert time.monotonic() - begun < PATIENCE
    assert hurried_http.MOST_INTERIM_ANSWERS < 100


def test_who_waits_for_an_audit_is_answered_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()

    def examine(raw_note: bytes, checkpoint: Checkpoint) -> None:
        begun.set()
        assert go_on.wait(20)

    monkeypatch.setattr(witness, "SECONDS_TO_WAIT_FOR_AN_AUDIT", 0.1)
    bench = Bench(tmp_path / "w", examine=examine)
    first = Thread(target=bench.ask, args=(request(0, 9),))
    first.start()
    assert begun.wait(20)
    answer = bench.ask(request(0, 12, FORKED))
    assert (answer.status, answer.body) == (503, b"audit-unavailable\n")
    go_on.set()
    first.join()
    bench.store.close()
