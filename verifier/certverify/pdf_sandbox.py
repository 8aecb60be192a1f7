"""Uploaded files are parsed in processes of their own, one for each question, each with limits and without a network.

The strict check (`document`) parses nothing. What it does not recognise is looked at here: by `pdf_inspection`, in an
empty folder, with an empty environment, in a session of its own, killed when its time is over. Its answer is one
bounded JSON object; whatever else comes back means that the file could not be examined.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import IO, Any, Protocol

from certverify.errors import JsonError, NotExaminedError, SandboxBusyError
from certverify.pdf_findings import (
    MAX_ANSWER_BYTES,
    Picture,
    Reading,
    decode_likeness,
    decode_picture,
    decode_reading,
)

PLACES = 2
WAITING = 6
WAIT_SECONDS = 2.0
RUN_SECONDS = 5.0
_LIBRARIES = ("pyhanko", "pypdf", "pypdfium2", "zxingcpp", "resource")


class Inspector(Protocol):
    """Who looks into a file that the strict check does not recognise."""

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """Texts, links and signatures; `chains`: each trusted signer with its CAs, DER (none: signatures are not looked at).

        Raises NotExaminedError, SandboxBusyError.
        """
        ...

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """The rendered pages, compared with those of the first `sealed_length` bytes (0: not compared). Raises the same."""
        ...

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """Whether a file is one page that looks like the one page of an original. Raises the same."""
        ...


class PdfSandbox:
    """An inspector of at most so many processes at a time.

    `waiting` callers may wait `wait_seconds` for a place; who comes beyond that is told at once that the sandbox is
    busy. One run takes at most `run_seconds`, by the clock; the process allows itself less (`pdf_inspection`).
    """

    def __init__(
        self,
        places: int = PLACES,
        waiting: int = WAITING,
        wait_seconds: float = WAIT_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        self._places = BoundedSemaphore(places)
        self._queue = BoundedSemaphore(places + waiting)
        self._wait_seconds = wait_seconds
        self._run_seconds = run_seconds

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector."""
        asked = {"part": "text", "certificates": [[der.hex() for der in chain] for chain in chains]}
        try:
            return decode_reading(self._run(asked, raw_pdf))
        except JsonError as error:
            raise NotExaminedError("the sandbox gave no reading") from error

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        try:
            return decode_picture(self._run({"part": "picture", "sealed": sealed_length}, raw_pdf))
        except JsonError as error:
            raise NotExaminedError("the sandbox gave no picture") from error

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        asked = {"part": "likeness", "first": len(raw_pdf)}
        try:
            return decode_likeness(self._run(asked, raw_pdf + original))
        except JsonError as error:
            raise NotExaminedError("the sandbox compared no pages") from error

    def _run(self, asked: dict[str, Any], raw_pdf: bytes) -> bytes:
        with self._place(), tempfile.TemporaryDirectory() as folder, _memory() as given, _memory() as said:
            given.write(json.dumps(asked).encode() + b"\n" + raw_pdf)
            given.seek(0)
            _inspect(Path(folder), given, said, self._run_seconds)
            said.seek(0)
            return said.read(MAX_ANSWER_BYTES + 1)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._queue.acquire(blocking=False):
            raise SandboxBusyError("too many files wait to be examined")
        try:
            if not self._places.acquire(timeout=self._wait_seconds):
                raise SandboxBusyError("no place became free in time")
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._queue.release()


def _inspect(folder: Path, given: IO[bytes], said: IO[bytes], seconds: float) -> None:
    """Run the child to its end, or kill it with everything that it started. Raises NotExaminedError."""
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "certverify.pdf_inspection"]
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=given,
            stdout=said,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise NotExaminedError("no process could be started") from error
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise NotExaminedError("it took too long") from error
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code != 0:
        raise NotExaminedError(f"the process ended with {code}")


@contextmanager
def _memory() -> Iterator[IO[bytes]]:
    """A file that no folder shows, in memory where the system has such files: an upload is personal."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("upload", os.MFD_CLOEXEC), "w+b") as file:
            yield file
    else:
        with tempfile.TemporaryFile() as file:
            yield file


_lock = Lock()
_shared: list[PdfSandbox] = []


def shared_sandbox() -> PdfSandbox | None:
    """The one sandbox of this process; None where the libraries of `certverify[upload]` are not installed."""
    with _lock:
        if not _shared:
            if not all(map(find_spec, _LIBRARIES)):
                return None
            _shared.append(PdfSandbox())
        return _shared[0]
