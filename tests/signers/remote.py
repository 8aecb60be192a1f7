"""`certsvc signer serve` as a process of its own, and signers that lie, dawdle or are not there."""

from __future__ import annotations

import os
import secrets
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support.servers import free_port

PROGRAM = Path(sys.executable).parent / "certsvc"


class RunningSigner:
    """The reference signer over the keys of a home."""

    def __init__(self, home: Path, *, tls: tuple[Path, Path] | None = None, **settings: object) -> None:
        """`tls`: files of its certificate and of that one's key; it says so in `url`."""
        self.home = home
        self._tls = tls
        self.port = free_port()
        self.token_file = home / "token"
        self.token_file.write_text(secrets.token_hex(32), encoding="ascii")
        self.token_file.chmod(0o600)
        self.log = home / "signer.log"
        self._environment = {
            **os.environ,
            "CERTSVC_HOME": str(home),
            **{f"CERTSVC_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, object]:
        """What a service is told of it."""
        return {"signer": "remote", "signer_url": self.url, "signer_token_file": self.token_file}

    @property
    def audit_lines(self) -> list[str]:
        """What it has written down."""
        file = self.home / "signatures.jsonl"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = ["signer", "serve", "--token-file", str(self.token_file), "--port", str(self.port)]
        trusted = None
        if self._tls is not None:
            certificate, key = map(str, self._tls)
            words += ["--tls-certificate", certificate, "--tls-key", key]
            trusted = ssl.create_default_context(cafile=certificate)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(PROGRAM), *words], env=self._environment, cwd=self.home, stdout=log, stderr=log
            )
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=5, context=trusted):
                    return
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def stop(self) -> None:
        """SIGTERM."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def odd_signer(answer: bytes, *, pause: float = 0.0, after: bytes = b"") -> Iterator[str]:
    """The address of a server that says `answer` whatever it is asked, byte by byte with a `pause`, then `after` at once."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._say()

        def do_GET(self) -> None:
            self._say()

        def _say(self) -> None:
            self.close_connection = True
            try:
                for start in range(0, len(answer), 1 if pause else len(answer) or 1):
                    self.wfile.write(answer[start : start + (1 if pause else len(answer))])
                    self.wfile.flush()
                    time.sleep(pause)
                self.wfile.write(after)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files
