"""Revocation lists from files and from the addresses in the settings: what is no list is told or left out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import Encoding

from certsvc.adapters.archive.material import read_certificates, read_revocation_lists
from certsvc.adapters.archive.revocation_source import RevocationSource
from certsvc.errors import ConfigurationError
from tests.document.samples import NOW
from tests.support.servers import free_port
from tests.support.timestamp_server import TimestampAuthority, drip_headers

AUTHORITY = TimestampAuthority(NOW)
LIST_PEM = AUTHORITY.revocation_list()
EMPTY_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
LIST_DER = pem.unarmor(LIST_PEM)[2]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A web server with a list in two forms, something else, and nothing."""
    pages = {"/list.crl": LIST_DER, "/list.pem": LIST_PEM, "/page.html": b"<html>", "/empty": b""}

    ending = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/dripping":
                drip_headers(self, ending)
                return
            body = pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    ending.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_lists_come_from_files_in_both_forms_and_several_in_one(tmp_path: Path) -> None:
    (tmp_path / "one.crl").write_bytes(LIST_DER)
    (tmp_path / "two.crl").write_bytes(LIST_PEM + LIST_PEM)
    (tmp_path / "other.pem").write_bytes(b"is not looked at")
    assert [one.dump() for one in read_revocation_lists(tmp_path)] == [LIST_DER] * 3
    assert read_revocation_lists(tmp_path / "missing") == ()


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", LIST_DER[:-1], LIST_DER + b"\0", AUTHORITY.root.public_bytes(Encoding.PEM)]
)
def test_a_file_that_is_no_list_is_named(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bad.crl").write_bytes(raw)
    with pytest.raises(ConfigurationError, match=r"bad\.crl"):
        read_revocation_lists(tmp_path)


def test_addresses_are_fetched_anew_and_what_does_not_answer_with_a_list_is_left_out(
    tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "one.crl").write_bytes(LIST_DER)
    paths = ("/list.crl", "/page.html", "/list.pem", "/missing", "/empty")
    addresses = [*(address + path for path in paths), f"http://127.0.0.1:{free_port()}/", "ldap://ca/crl"]
    with caplog.at_level(logging.WARNING):
        found = RevocationSource(tmp_path, addresses, 2.0).lists()
    assert [one.dump() for one in found] == [LIST_DER] * 3
    assert len([one for one in caplog.records if "could not be fetched" in one.getMessage()]) == 5


def test_an_address_has_its_time_however_slowly_it_answers(tmp_path: Path, address: str) -> None:
    began = monotonic()
    assert RevocationSource(tmp_path, [address + "/dripping"], 0.3).lists() == ()
    assert monotonic() - began < 1.5
    stopped = RevocationSource(tmp_path, [address + "/list.crl"] * 3, 2.0, stopping=lambda: True)
    assert stopped.lists() == ()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"no certificate",
        LIST_PEM,
        EMPTY_CERTIFICATE,
    ],
)
def test_roots_that_cannot_be_read_are_a_fault_of_the_settings(tmp_path: Path, raw: bytes | None) -> None:
    if raw is not None:
        (tmp_path / "roots.pem").write_bytes(raw)
    with pytest.raises(ConfigurationError, match="CERTSVC_TIMESTAMP_ROOTS"):
        read_certificates(tmp_path / "roots.pem")


def test_a_file_of_roots_may_hold_several(tmp_path: Path) -> None:
    root = AUTHORITY.root.public_bytes(Encoding.PEM)
    (tmp_path / "roots.pem").write_bytes(root + root)
    assert len(read_certificates(tmp_path / "roots.pem")) == 2
