"""Whoever connects to the signer and says nothing holds nobody up; what it signed is written down for good; tokens are long."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from click.testing import CliRunner

from certsvc.adapters.file_keys import FileKeys
from certsvc.adapters.remote_keys import RemoteKeys
from certsvc.adapters.signature_log import SignatureLog, SignatureNote
from certsvc.entrypoints.cli.commands import certsvc
from certsvc.entrypoints.signing import signer_app
from certsvc.entrypoints.signing.connections import (
    MOST_CONNECTIONS,
    MOST_OF_ONE_ADDRESS,
    BoundedProtocol,
    HurriedLoop,
)
from certsvc.entrypoints.signing.server import signer_configuration
from certsvc.errors import ConfigurationError, UnavailableError
from tests.signers.remote import own_certificate

TOKEN = "0" * 64
SECONDS = 0.3
PATIENCE = 5.0
NOTE = SignatureNote("record", 3, "00" * 32, "10.1.2.3")


@pytest.fixture(scope="module")
def address(ceremony: Path) -> Iterator[tuple[str, int]]:
    """A signer in this process that waits a short time."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = signer_app(FileKeys(ceremony), TOKEN, lambda _note: None)
    server = uvicorn.Server(signer_configuration(app, "127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BoundedProtocol, "seconds", SECONDS)
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join(timeout=20)
    listener.close()


def signs(address: tuple[str, int], tmp_path: Path) -> bytes:
    """A signature, asked for as a service does."""
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="ascii")
    file.chmod(0o600)
    keys = RemoteKeys(f"http://127.0.0.1:{address[1]}", file, None, PATIENCE)
    try:
        return keys.sign("record", b"message")
    finally:
        keys.close()


def is_closed(connection: socket.socket, within: float = PATIENCE) -> bool:
    """Whether the other side gives the connection up."""
    connection.settimeout(within)
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n",
        b"GET /healthz HT",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /v1/keys/record/sign HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Length: 9\r\n\r\nhalf",
    ],
)
def test_a_connection_that_brings_no_whole_request_is_closed(address: tuple[str, int], said: bytes) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(said)
        begun = time.monotonic()
        assert is_closed(connection)
        assert time.monotonic() - begun > SECONDS / 2


def test_a_connection_that_falls_silent_after_an_answer_is_closed_too(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")
        connection.sendall(b"\r\n")
        assert is_closed(connection)


def test_a_slow_signature_is_not_cut_off(ceremony: Path, address: tuple[str, int], tmp_path: Path) -> None:
    slow = FileKeys(ceremony)
    with pytest.MonkeyPatch.context() as patched:
        sign = FileKeys.sign

        def slowly(keys: FileKeys, name: str, message: bytes) -> bytes:
            time.sleep(2 * SECONDS)
            return sign(keys, name, message)

        patched.setattr(FileKeys, "sign", slowly)
        assert signs(address, tmp_path) == sign(slow, "record", b"message")


def test_many_silent_connections_of_one_address_leave_room_for_others(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(BoundedProtocol, "seconds", 30.0)
    assert MOST_OF_ONE_ADDRESS < MOST_CONNECTIONS // 2
    with ExitStack() as open_ones:
        silent = [
            open_ones.enter_context(socket.create_connection(address))
            for _ in range(MOST_OF_ONE_ADDRESS + 20)
        ]
        assert all(is_closed(one, 2) for one in silent[-10:]), "they are turned away at once"
        assert not is_closed(silent[0], 0.01)
        silent[0].close()
        time.sleep(0.1)
        assert signs(address, tmp_path)


def test_a_tls_handshake_that_never_comes_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certsvc.entrypoints.signing.connections.HANDSHAKE_SECONDS", SECONDS)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*own_certificate(tmp_path))
    loop = HurriedLoop()
    server = loop.run_until_complete(loop.create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=tls))
    with socket.create_connection(server.sockets[0].getsockname()) as connection:
        loop.run_until_complete(asyncio.sleep(3 * SECONDS))
        assert is_closed(connection, SECONDS)
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()


def log_in(folder: Path) -> SignatureLog:
    return SignatureLog(folder / "signatures.jsonl", lambda: datetime(2026, 11, 20, 8, 0, tzinfo=UTC))


def test_a_line_is_on_the_disk_before_its_signature_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    log = log_in(tmp_path)
    log.append(NOTE)
    assert synced == [(tmp_path / "signatures.jsonl").stat().st_ino, tmp_path.stat().st_ino]
    log.append(NOTE)
    assert synced[2:] == [(tmp_path / "signatures.jsonl").stat().st_ino]


@pytest.mark.parametrize("cut_at", [1, 40])
def test_a_line_that_was_cut_is_ended_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: int
) -> None:
    log, write = log_in(tmp_path), os.write
    log.append(NOTE)
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:cut_at]))
        with pytest.raises(UnavailableError, match="没有给出签名"):
            log.append(NOTE)
    for _ in range(2):
        log_in(tmp_path).append(NOTE)
    lines = (tmp_path / "signatures.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["key"] for line in (lines[0], *lines[2:])] == ["record"] * 3
    assert len(lines[1]) == cut_at


def test_a_signature_that_cannot_be_made_durable_is_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_descriptor: int) -> None:
        raise OSError(5, "a bad disk")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(UnavailableError, match="没有给出签名"):
        log_in(tmp_path).append(NOTE)


def test_both_sides_refuse_a_token_that_is_too_short(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("0" * 31, encoding="ascii")
    file.chmod(0o600)
    keys = RemoteKeys("http://127.0.0.1:9", file, None, 1.0)
    with pytest.raises(ConfigurationError, match="32"):
        keys.public_key("record")
    keys.close()
    run = CliRunner().invoke(
        certsvc, ["signer", "serve", "--token-file", str(file)], env={"CERTSVC_HOME": str(tmp_path)}
    )
    assert run.exit_code != 0
    assert isinstance(run.exception, ConfigurationError) or "32" in run.output


def test_health_needs_no_token_and_is_bounded_alike(address: tuple[str, int]) -> None:
    with httpx.Client(trust_env=False, base_url=f"http://127.0.0.1:{address[1]}") as client:
        assert client.get("/healthz").json() == {"status": "ok"}
