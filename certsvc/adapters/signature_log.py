"""A line for every signature of the remote signer, in a file that is only appended to.

What was signed is not in it: whoever has a signature (it stands in the certificate) finds its line by the digest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from certsvc.adapters.instants import instant_text
from certsvc.adapters.whole_file import sync_folder
from certsvc.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class SignatureNote:
    """One signature: the key's name, length of the message in bytes, SHA-256 of the signature (hex), address of the asker."""

    key: str
    message_bytes: int
    signature_sha256: str
    caller: str


class SignatureLog:
    """Lines of JSON, each on the disk before `append` returns. May be used from several threads."""

    def __init__(self, file: Path, now: Callable[[], datetime]) -> None:
        self._file, self._now = file, now
        self._lock = Lock()
        self._is_in_its_folder = False

    def append(self, note: SignatureNote) -> None:
        """Write it down; a line that was cut when the disk was full, or the power failed, is ended before. Raises
        UnavailableError while the disk refuses.
        """
        line = json.dumps({"at": instant_text(self._now()), **asdict(note)}).encode() + b"\n"
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                with self._lock:
                    _write_line(descriptor, line)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if not self._is_in_its_folder:
                sync_folder(self._file.parent)
                self._is_in_its_folder = True
        except OSError as error:
            raise UnavailableError("签名服务无法写入签名记录，没有给出签名。请检查磁盘。") from error


def _write_line(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    if size > 0 and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    if os.write(descriptor, line) != len(line):
        raise OSError("the line was cut")
