"""The sandboxed process that parses one uploaded file: `python -I -m certverify.pdf_inspection` (see `pdf_sandbox`).

Standard input: one line of JSON with what is asked, then the file. Standard output: one JSON object of `pdf_findings`.
Its own limits come first, before a byte of the file is read; what goes wrong ends the process without an answer.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

MAX_FILE_BYTES = 4_000_000  # an uploaded file, and the original that it is held against
MAX_ASKED_BYTES = 512 * 1024
CPU_SECONDS = 4
MEMORY_BYTES = 768 * 1024 * 1024
OUTPUT_BYTES = 256 * 1024
OPEN_FILES = 64
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_RIGHTS, _NOT_DUMPABLE = (38, 1), (4, 0)  # prctl(2)
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "ctypes.dlopen",
)


def main() -> int:
    """Answer one question about one file."""
    _limit()
    _cut_off()
    asked = json.loads(sys.stdin.buffer.readline(MAX_ASKED_BYTES))
    answer = _prepared(asked)
    _refuse_deeds()
    raw_pdf = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(raw_pdf) > MAX_FILE_BYTES:
        return 2
    said = json.dumps(answer(raw_pdf), separators=(",", ":")).encode()
    if len(said) > OUTPUT_BYTES:
        return 2
    os.write(sys.stdout.fileno(), said)
    return 0


def _prepared(asked: dict[str, Any]) -> Any:
    """The function that answers, its libraries loaded: afterwards none is opened any more."""
    if asked["part"] == "picture":
        from certverify.pdf_picture import see

        return lambda raw: see(raw, asked["sealed"]).as_json()
    if asked["part"] == "likeness":
        from certverify.pdf_picture import alike

        return lambda raw: {"alike": alike(raw[: asked["first"]], raw[asked["first"] :])}
    from certverify.pdf_text import read

    certificates = [[bytes.fromhex(der) for der in chain] for chain in asked["certificates"]]
    return lambda raw: read(raw, certificates).as_json()


def _limit() -> None:
    """Time, memory, output, open files, no core file, no further process (the last not for root)."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _cut_off() -> None:
    """A network of its own without a way out, where the system lets us; no rights to gain, no memory to look into."""
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        system.prctl(*_NO_NEW_RIGHTS, 0, 0, 0)
        system.prctl(*_NOT_DUMPABLE, 0, 0, 0)
        system.unshare(_NEW_NET) == 0 or system.unshare(_NEW_USER | _NEW_NET)


def _refuse_deeds() -> None:
    """No address, no process, no file to write, whatever a parser is talked into. A hook cannot be taken off again."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and _is_for_writing(arguments)
        if writes or event.startswith(_REFUSED):
            os._exit(3)

    sys.addaudithook(refuse)


def _is_for_writing(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


if __name__ == "__main__":
    sys.exit(main())
