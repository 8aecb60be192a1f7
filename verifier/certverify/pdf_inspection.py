"""The sandboxed process that parses one uploaded file: `python -I -m certverify.pdf_inspection` (see `pdf_sandbox`).

Standard input: one line of JSON with what is asked, then the file. Standard output: one JSON object of `pdf_findings`.
Its limits come first, and the walls of the kernel (`confinement`) stand before a byte of the file is read; what goes wrong
ends the process without an answer.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from certverify.confinement import confine, has_landlock

MAX_FILE_BYTES = 10_000_000  # a scan; or an uploaded file, and the original that it is held against
MAX_ASKED_BYTES = 512 * 1024
CPU_SECONDS = 4
MEMORY_BYTES = 768 * 1024 * 1024
OUTPUT_BYTES = 256 * 1024
OPEN_FILES = 32
NICENESS = 15
LIBRARIES = ("pypdf", "pyhanko", "pypdfium2", "pypdfium2_raw", "zxingcpp", "PIL")
_LOADED_LATER = (
    "certverify.pdf_signatures",
    "cryptography.hazmat.backends.openssl.backend",
    "PIL.ImageFile",
    "pypdf._codecs._codecs",
    "pypdf.filters",
    *(
        f"encodings.{name}"
        for name in ("utf_16", "utf_16_be", "utf_16_le", "latin_1", "cp1252", "gbk", "gb18030")
    ),
)
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
    "os.setxattr",
    "os.removexattr",
    "shutil.",
    "ctypes.dlopen",
)


def main() -> int:
    """Answer one question about one file."""
    _limit()
    asked = json.loads(sys.stdin.buffer.readline(MAX_ASKED_BYTES))
    answer = None if asked["part"] == "layers" else _prepared(asked)
    layers = confine(LIBRARIES)
    _refuse_deeds()
    return _say({"layers": sorted(layers)} if answer is None else answer(_file()))


def _file() -> bytes:
    raw_pdf = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    if len(raw_pdf) > MAX_FILE_BYTES:
        os._exit(2)
    return raw_pdf


def _say(found: dict[str, Any]) -> int:
    said = json.dumps(found, separators=(",", ":")).encode()
    if len(said) > OUTPUT_BYTES:
        return 2
    while said:
        said = said[os.write(sys.stdout.fileno(), said) :]
    return 0


def _prepared(asked: dict[str, Any]) -> Any:
    """The function that answers, its libraries loaded: afterwards none is opened any more."""
    if not has_landlock():
        _load_everything()
    if asked["part"] == "picture":
        from certverify.pdf_picture import see

        return lambda raw: see(raw, asked["sealed"]).as_json()
    if asked["part"] == "likeness":
        from certverify.pdf_picture import alike

        return lambda raw: {"alike": alike(raw[: asked["first"]], raw[asked["first"] :])}
    from certverify.pdf_text import read

    certificates = [[bytes.fromhex(der) for der in chain] for chain in asked["certificates"]]
    return lambda raw: read(raw, certificates).as_json()


def _load_everything() -> None:
    """What the libraries would load when they first need it. A module that is missed here is a file without an answer."""
    for module in _LOADED_LATER:
        with suppress(ImportError):
            import_module(module)


def _limit() -> None:
    """Time, memory, no written file, few open ones, no core file, no further process (the last not for root); last in line."""
    with suppress(OSError):
        os.nice(NICENESS)
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _refuse_deeds() -> None:
    """No address, no process, no file to write or change, by way of Python; a hook cannot be taken off again.

    Native code does not pass here: that is what `confinement` is for.
    """

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
    os._exit(main())  # without the end of the interpreter: nothing of the libraries runs any more
