"""Uploaded files are parsed in processes of their own, one for each question, each with limits and without a network.

The strict check (`document`) parses nothing. What it does not recognise is looked at here: by `pdf_inspection`, in an
empty folder, with an empty environment, in a session of its own, killed when its time is over. Its answer is one
bounded JSON object; whatever else comes back means that the file could not be examined.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import IO, Any, Protocol

from certverify.confinement import Layer, hide_this_process
from certverify.errors import JsonError, NotExaminedError, SandboxBusyError
from certverify.pdf_findings import (
    MAX_ANSWER_BYTES,
    Picture,
    Reading,
    decode_likeness,
    decode_picture,
    decode_reading,
)
from certverify.strict_json import decode_json, items, only_keys, text

PLACES = 2
WAITING = 6
WAIT_SECONDS = 2.0
RUN_SECONDS = 5.0
FILE_SECONDS = 7.0
_LIBRARIES = ("pyhanko", "pypdf", "pypdfium2", "zxingcpp", "resource")
_PIECE = 64 * 1024
_SOON = 0.005


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
    """Lets inspectors look into files, in at most so many processes at a time.

    `waiting` callers may wait `wait_seconds` for a place; who comes beyond that is told at once that the sandbox is
    busy. One run takes at most `run_seconds`, all runs for one file with the waiting before them `file_seconds`, by the
    clock; the process allows itself less (`pdf_inspection`).
    """

    def __init__(
        self,
        places: int = PLACES,
        waiting: int = WAITING,
        wait_seconds: float = WAIT_SECONDS,
        run_seconds: float = RUN_SECONDS,
        file_seconds: float = FILE_SECONDS,
    ) -> None:
        self._places = BoundedSemaphore(places)
        self._queue = BoundedSemaphore(places + waiting)
        self._wait_seconds = wait_seconds
        self._run_seconds = run_seconds
        self._file_seconds = file_seconds
        self._layers: frozenset[Layer] | None = None

    @contextmanager
    def visit(self, admit: Callable[[], None] | None = None) -> Iterator[Inspector]:
        """An inspector for one file. It asks for a place only when it is first needed, and keeps it to the end.

        `admit` is called before that; what it raises goes to the caller.
        """
        with ExitStack() as held:
            yield _Visit(self, held, admit)

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector: a visit of one question, like the two that follow."""
        with self.visit() as inspector:
            return inspector.read(raw_pdf, chains)

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        with self.visit() as inspector:
            return inspector.see(raw_pdf, sealed_length)

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        with self.visit() as inspector:
            return inspector.resembles(raw_pdf, original)

    def layers(self) -> frozenset[Layer]:
        """The walls of the kernel that hold here, asked of a process once. Raises NotExaminedError, SandboxBusyError."""
        if self._layers is None:
            with self.place():
                said = self.run({"part": "layers"}, b"", self.deadline())
            try:
                words = only_keys(decode_json(said, limit=MAX_ANSWER_BYTES), ("layers",))["layers"]
                found = {Layer(text(word)) for word in items(words)}
            except (JsonError, ValueError) as error:
                raise NotExaminedError("the sandbox did not name its walls") from error
            self._layers = frozenset(found | ({Layer.HIDDEN} if hide_this_process() else set()))
        return self._layers

    def deadline(self) -> float:
        """When a file that comes now must be done with, by the monotonic clock."""
        return monotonic() + self._file_seconds

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places. Raises SandboxBusyError."""
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

    def run(self, asked: dict[str, Any], raw_pdf: bytes, deadline: float) -> bytes:
        """What a fresh process answers. Raises NotExaminedError."""
        seconds = min(self._run_seconds, deadline - monotonic())
        if seconds <= 0:
            raise NotExaminedError("no time is left for this file")
        with tempfile.TemporaryDirectory() as folder, _memory() as given:
            given.write(json.dumps(asked).encode() + b"\n" + raw_pdf)
            given.seek(0)
            return _inspect(Path(folder), given, seconds)


class _Visit:
    """The inspector of one file: its place and its time begin with the first question."""

    def __init__(self, sandbox: PdfSandbox, held: ExitStack, admit: Callable[[], None] | None) -> None:
        self._sandbox = sandbox
        self._held = held
        self._admit = admit
        self._deadline: float | None = None

    def read(self, raw_pdf: bytes, chains: Sequence[Sequence[bytes]]) -> Reading:
        """See Inspector."""
        asked = {"part": "text", "certificates": [[der.hex() for der in chain] for chain in chains]}
        try:
            return decode_reading(self._ask(asked, raw_pdf))
        except JsonError as error:
            raise NotExaminedError("the sandbox gave no reading") from error

    def see(self, raw_pdf: bytes, sealed_length: int) -> Picture:
        """See Inspector."""
        try:
            return decode_picture(self._ask({"part": "picture", "sealed": sealed_length}, raw_pdf))
        except JsonError as error:
            raise NotExaminedError("the sandbox gave no picture") from error

    def resembles(self, raw_pdf: bytes, original: bytes) -> bool:
        """See Inspector."""
        asked = {"part": "likeness", "first": len(raw_pdf)}
        try:
            return decode_likeness(self._ask(asked, raw_pdf + original))
        except JsonError as error:
            raise NotExaminedError("the sandbox compared no pages") from error

    def _ask(self, asked: dict[str, Any], raw_pdf: bytes) -> bytes:
        if self._deadline is None:
            if self._admit is not None:
                self._admit()
            deadline = self._sandbox.deadline()
            self._held.enter_context(self._sandbox.place())
            self._deadline = deadline
        return self._sandbox.run(asked, raw_pdf, self._deadline)


def _inspect(folder: Path, given: IO[bytes], seconds: float) -> bytes:
    """What the child says until its end; it is killed with everything that it started. Raises NotExaminedError."""
    deadline = monotonic() + seconds
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "certverify.pdf_inspection"]
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},
            close_fds=True,
            start_new_session=True,
        )
    except OSError as error:
        raise NotExaminedError("no process could be started") from error
    with process:
        try:
            said = _heard(process, deadline)
        finally:
            if process.returncode is None:  # not reaped: its number is still its own
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
    if code != 0:
        raise NotExaminedError(f"the process ended with {code}")
    return said


def _heard(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """All that comes through the pipe before the child has ended, within the bound and the time."""
    said = b""
    with selectors.DefaultSelector() as readable:
        assert process.stdout is not None
        readable.register(process.stdout, selectors.EVENT_READ)
        while readable.select(max(0.0, deadline - monotonic())):
            piece = os.read(process.stdout.fileno(), _PIECE)
            if not piece:
                break
            said += piece
            if len(said) > MAX_ANSWER_BYTES:
                raise NotExaminedError("it said too much")
    while not _has_ended(process):
        if monotonic() >= deadline:
            raise NotExaminedError("it took too long")
        sleep(_SOON)
    return said


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Where the system can tell without reaping it, the child keeps its number until the killing is done."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return process.poll() is not None


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
    """The one sandbox of this process; None where the libraries of `./verifier[upload]` are not installed."""
    with _lock:
        if not _shared:
            if not all(map(find_spec, _LIBRARIES)):
                return None
            hide_this_process()
            _shared.append(PdfSandbox())
        return _shared[0]


@contextmanager
def visiting(
    sandbox: PdfSandbox | None, admit: Callable[[], None] | None = None
) -> Iterator[Inspector | None]:
    """An inspector for one file (`PdfSandbox.visit`); none where there is no sandbox."""
    if sandbox is None:
        yield None
    else:
        with sandbox.visit(admit) as inspector:
            yield inspector
