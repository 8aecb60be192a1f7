"""The process that parses uploaded files: bounded, cut off, and believed no further than the shape of its answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from certverify import pdf_sandbox
from certverify.errors import JsonError, NotExaminedError, SandboxBusyError
from certverify.pdf_findings import (
    MAX_LINKS,
    MAX_PAGE_TEXT,
    Changes,
    Coverage,
    FoundSignature,
    Picture,
    Reading,
    Signer,
    Symbol,
    decode_likeness,
    decode_picture,
    decode_reading,
)
from certverify.pdf_inspection import CPU_SECONDS, MEMORY_BYTES
from certverify.pdf_sandbox import PdfSandbox

SIGNATURE = FoundSignature(Signer.TRUSTED, True, Coverage.FILE, Changes.NONE, False, 9)
READING = Reading(False, False, 1, ("姓名",), False, ("https://a/v#B",), (), 0, (SIGNATURE,))
PICTURE = Picture((Symbol(0, "A"),), None)


def encoded(said: Any) -> bytes:
    return json.dumps(said).encode()


def test_an_answer_is_read_back() -> None:
    assert decode_reading(encoded(READING.as_json())) == READING
    assert decode_picture(encoded(PICTURE.as_json())) == PICTURE


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        b"[]",
        b'{"pages": 1}',
        b"\xff",
        encoded(READING.as_json() | {"more": 1}),
        encoded(READING.as_json() | {"pages": -1}),
        encoded(READING.as_json() | {"pages": "1"}),
        encoded(READING.as_json() | {"encrypted": 0}),
        encoded(READING.as_json() | {"texts": ["a"] * 4}),
        encoded(READING.as_json() | {"texts": ["a" * (MAX_PAGE_TEXT + 1)]}),
        encoded(READING.as_json() | {"links": ["a"] * (MAX_LINKS + 1)}),
        encoded(READING.as_json() | {"active": ["virus"]}),
        encoded(READING.as_json() | {"signatures": [{"signer": "trusted"}]}),
        encoded(replace(READING, texts=("\ud800",)).as_json()),
    ],
)
def test_any_other_answer_is_none(said: bytes) -> None:
    with pytest.raises(JsonError):
        decode_reading(said)


def sandboxed(code: str) -> subprocess.CompletedProcess[bytes]:
    """Run code as the child would be run, behind its limits and its hook."""
    begin = "from certverify import pdf_inspection as p\np._limit(); layers = p.confine(p.LIBRARIES); p._refuse_deeds()\n"
    command = [sys.executable, "-I", "-c", begin + textwrap.dedent(code)]
    return subprocess.run(command, env={}, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 1)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "open('/tmp/left-behind', 'w')",
        "import os; os.open('/tmp/left-behind', os.O_CREAT | os.O_WRONLY)",
    ],
)
def test_the_process_does_nothing_but_read(code: str) -> None:
    assert sandboxed(code + "\nprint('done')").stdout == b""
    assert not Path("/tmp/left-behind").exists()


def test_the_process_bounds_its_own_memory_time_and_output() -> None:
    said = sandboxed(
        """
        import resource as r
        print([r.getrlimit(w) for w in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])
        """
    )
    bounds = (CPU_SECONDS, MEMORY_BYTES, 0, 0)
    assert said.stdout.decode().strip() == str([(bound, bound) for bound in bounds])
    assert sandboxed(f"bytearray({MEMORY_BYTES}); print('had')").stdout == b""
    assert sandboxed("while True: pass").returncode == -9


def test_what_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(command: Any, **how: Any) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-I", "-c", "import time; time.sleep(60)"], **how)

    real = subprocess.Popen
    monkeypatch.setattr(pdf_sandbox.subprocess, "Popen", slow)
    with pytest.raises(NotExaminedError, match="too long"):
        PdfSandbox(run_seconds=0.3).read(b"%PDF-1.7", ())


def test_a_child_that_lies_about_its_shape_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(command: Any, **how: Any) -> subprocess.Popen[bytes]:
        assert how["env"] == {}
        assert how["start_new_session"]
        assert os.listdir(how["cwd"]) == []
        return real([sys.executable, "-I", "-c", "print('x' * 400_000)"], **how)

    real = subprocess.Popen
    monkeypatch.setattr(pdf_sandbox.subprocess, "Popen", lying)
    with pytest.raises(NotExaminedError):
        PdfSandbox(run_seconds=30).see(b"%PDF-1.7", 0)


def test_a_flood_of_files_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    entered, leave = Event(), Event()

    def busy(*_: Any) -> bytes:
        entered.set()
        leave.wait(30)
        return b""

    monkeypatch.setattr(pdf_sandbox, "_inspect", busy)
    sandbox = PdfSandbox(places=1, waiting=1, wait_seconds=0.1)

    def first() -> None:
        with pytest.raises(NotExaminedError):
            sandbox.read(b"%PDF-1.7", ())

    thread = Thread(target=first)
    thread.start()
    assert entered.wait(30)
    with pytest.raises(SandboxBusyError, match="in time"):
        sandbox.read(b"%PDF-1.7", ())
    leave.set()
    thread.join(30)
    with pytest.raises(NotExaminedError):
        sandbox.read(b"%PDF-1.7", ())


@pytest.mark.parametrize("said", [b"", b"{}", b'{"alike":1}', b'{"alike":true,"more":1}', b"true"])
def test_any_other_answer_says_nothing_about_likeness(said: bytes) -> None:
    with pytest.raises(JsonError):
        decode_likeness(said)


def test_all_runs_for_one_file_share_one_place_and_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, given = [100.0], []

    def spends_three_seconds(_folder: Path, _given: Any, seconds: float) -> bytes:
        given.append(seconds)
        now[0] += 3
        return encoded(PICTURE.as_json())

    monkeypatch.setattr(pdf_sandbox, "monotonic", lambda: now[0])
    monkeypatch.setattr(pdf_sandbox, "_inspect", spends_three_seconds)
    sandbox = PdfSandbox(places=1, waiting=0, run_seconds=5, file_seconds=7)
    with sandbox.visit() as inspector:
        with sandbox.visit() as other:  # a visit takes no place before it asks
            inspector.see(b"%PDF-1.7", 0)
            with pytest.raises(SandboxBusyError):
                other.see(b"%PDF-1.7", 0)
        inspector.see(b"%PDF-1.7", 0)
        inspector.see(b"%PDF-1.7", 0)
        with pytest.raises(NotExaminedError, match="no time"):
            inspector.see(b"%PDF-1.7", 0)
    assert given == [5, 4, 1]
    assert sandbox.see(b"%PDF-1.7", 0) == PICTURE


def test_whoever_may_not_ask_takes_no_place() -> None:
    def refuse() -> None:
        raise PermissionError

    sandbox = PdfSandbox(places=1, waiting=0)
    for _ in range(2):
        with sandbox.visit(refuse) as inspector, pytest.raises(PermissionError):
            inspector.see(b"%PDF-1.7", 0)


def test_what_the_child_started_is_killed_while_its_number_is_still_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "import os, time, sys\n"
        "if os.fork() == 0:\n"
        "    os.close(1); time.sleep(60)\n"
        "os.write(1, b'{}'); os._exit(0)"
    )

    def forking(command: Any, **how: Any) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-I", "-c", code], **how)

    def watched(group: int, sent: int) -> None:
        assert (
            os.waitid(os.P_PID, group, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        )  # ended, not reaped
        killed.append(group)
        kill(group, sent)

    real, kill, killed = subprocess.Popen, os.killpg, []
    monkeypatch.setattr(pdf_sandbox.subprocess, "Popen", forking)
    monkeypatch.setattr(pdf_sandbox.os, "killpg", watched)
    with pytest.raises(NotExaminedError):
        PdfSandbox().see(b"%PDF-1.7", 0)
    assert len(killed) == 1
    late = time.monotonic() + 10
    while _is_alive(killed[0], kill):
        assert time.monotonic() < late
        time.sleep(0.01)


def _is_alive(group: int, kill: Callable[[int, int], None]) -> bool:
    try:
        kill(group, 0)
    except ProcessLookupError:
        return False
    return True
