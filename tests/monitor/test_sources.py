"""A public tree behind a web address: bounded in bytes and time, and from the host that was asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from certverify.errors import SourceUnreachableError, TreeInconsistentError, TreeMissingError
from certverify.sources import FolderSource, HttpSource, open_source


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        if path == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/checkpoint")
            self.end_headers()
        elif path == "beside":
            self.send_response(302)
            self.send_header("Location", "/file")
            self.end_headers()
        elif path == "broken":
            self.send_error(500)
        elif path == "slow":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(40):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
        else:
            super().do_GET()


@pytest.fixture
def source(tmp_path: Path, serve: Callable[..., str]) -> HttpSource:
    (tmp_path / "file").write_bytes(b"12345")
    return HttpSource(serve(tmp_path, _Handler), seconds=0.5)


def test_a_file_is_read_up_to_its_limit(source: HttpSource) -> None:
    assert source.read("file", 5) == b"12345"
    with pytest.raises(TreeInconsistentError):
        source.read("file", 4)


def test_a_file_that_is_not_there_is_missing(source: HttpSource) -> None:
    with pytest.raises(TreeMissingError) as raised:
        source.read("nothing", 5)
    assert not isinstance(raised.value, SourceUnreachableError)


def test_redirections_are_followed_on_the_same_host_alone(source: HttpSource) -> None:
    assert source.read("beside", 5) == b"12345"
    with pytest.raises(SourceUnreachableError):
        source.read("elsewhere", 5)


@pytest.mark.parametrize("path", ["broken", "slow"])
def test_a_server_that_fails_or_drips_is_unreachable(source: HttpSource, path: str) -> None:
    begun = time.monotonic()
    with pytest.raises(SourceUnreachableError):
        source.read(path, 100)
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("address", ["http://", "https://host/?x=1", "http://host/#part"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        open_source(address)


def test_a_folder_is_a_source_and_other_schemes_are_none(tmp_path: Path) -> None:
    source = open_source(str(tmp_path))
    assert isinstance(source, FolderSource)
    assert source.place == str(tmp_path)
    with pytest.raises(ValueError, match="http:// or https://"):
        open_source("file:///etc")
