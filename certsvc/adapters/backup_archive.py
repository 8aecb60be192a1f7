"""The file of a backup: a tar whose last member lists the SHA-256 of all others, in their order.

Written and read as a stream: a million documents need no more memory than one. The list is in the form of
`sha256sum`, so that it can be checked without this program.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
import tempfile
from contextlib import AbstractContextManager, ExitStack
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO

from certsvc.errors import IntegrityError

MANIFEST = "MANIFEST.sha256"
_MEMBER = re.compile(
    r"backup\.json|look-ups\.sqlite3|database\.(?:sqlite3|dump)|public/(?:checkpoint|vkey|policy|tables\.json|trust-list\.json|trust\.note)"
    r"|public/trust/[1-9][0-9]{0,17}\.(?:json|note)"
    r"|documents/[0-9A-Z]{2}/[0-9A-Z]{1,32}-v[0-9]{1,6}\.pdf"
    r"|archive/[0-9A-Z]{2}/[0-9A-Z]{1,32}-v[0-9]{1,6}-a[0-9]{1,6}\.pdf"
)
_BLOCK = 1 << 20
_DAMAGED = "备份文件不完整或已损坏，没有恢复任何内容。请换一份备份。"


class BackupWriter:
    """Writes members one after another; the file appears under its name only when it is whole."""

    def __init__(self, file: Path) -> None:
        """Raises FileExistsError when the file, or one left unfinished under its name, is there."""
        self._file = file
        self._unfinished = file.with_name(file.name + ".part")
        if file.exists():
            raise FileExistsError(file)
        descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._open = ExitStack()
        self._open.callback(self._unfinished.unlink)
        self._stream = self._open.enter_context(os.fdopen(descriptor, "wb"))
        self._tar = tarfile.TarFile.open(fileobj=self._stream, mode="w", format=tarfile.PAX_FORMAT)
        self._manifest: IO[bytes] = self._open.enter_context(_nameless(file.parent))

    def __enter__(self) -> BackupWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._open:
            if kind is None:
                self._finish()

    def add_file(self, name: str, path: Path) -> str:
        """Add a file; the SHA-256 of what was written, hex."""
        with path.open("rb") as source:
            return self._add(name, source, os.fstat(source.fileno()).st_size)

    def add_bytes(self, name: str, content: bytes) -> str:
        """Add a short member."""
        return self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, source: IO[bytes], size: int) -> str:
        if _MEMBER.fullmatch(name) is None:
            raise ValueError(f"not a member of a backup: {name}")
        hashing = _HashingReader(source)
        self._write(name, hashing, size)
        digest = hashing.digest.hexdigest()
        self._manifest.write(f"{digest}  {name}\n".encode())
        return digest

    def _write(self, name: str, source: IO[bytes] | _HashingReader, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, source)
        _forget_members(self._tar)

    def _finish(self) -> None:
        size = self._manifest.tell()
        self._manifest.seek(0)
        self._write(MANIFEST, self._manifest, size)
        self._tar.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        os.link(self._unfinished, self._file)


def extract_backup(file: Path, folder: Path) -> None:
    """Unpack a backup into an empty folder and check every member against the list at its end.

    Raises IntegrityError when anything is missing, altered, or no member of a backup; the folder is then worth
    nothing.
    """
    with tempfile.TemporaryFile(dir=folder) as found, tempfile.TemporaryFile(dir=folder) as listed:
        try:
            with tarfile.open(file, mode="r|") as tar:
                _unpack(tar, folder, found, listed)
        except (tarfile.TarError, EOFError, UnicodeError) as error:
            raise IntegrityError(_DAMAGED) from error
        found.seek(0)
        listed.seek(0)
        if not _same(found, listed):
            raise IntegrityError(_DAMAGED)


def _unpack(tar: tarfile.TarFile, folder: Path, found: IO[bytes], listed: IO[bytes]) -> None:
    """Write every member, what was found to `found`, and the list at the end to `listed`."""
    ended = False
    while (member := tar.next()) is not None:
        _forget_members(tar)
        source = tar.extractfile(member) if member.isreg() else None
        if source is None or ended:
            raise IntegrityError(_DAMAGED)
        if member.name == MANIFEST:
            _copy(source, listed)
            ended = True
        elif _MEMBER.fullmatch(member.name):
            found.write(f"{_write_file(source, folder / member.name)}  {member.name}\n".encode())
        else:
            raise IntegrityError(_DAMAGED)
    if not ended:
        raise IntegrityError(_DAMAGED)


def _nameless(folder: Path) -> AbstractContextManager[IO[bytes]]:
    return tempfile.TemporaryFile(dir=folder)


def _forget_members(tar: tarfile.TarFile) -> None:
    """The library remembers every member that it saw; a stream needs none of them."""
    vars(tar)["members"] = []


def _write_file(source: IO[bytes], path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        digest = _copy(source, target)
        target.flush()
        os.fsync(target.fileno())
    return digest


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _same(one: IO[bytes], other: IO[bytes]) -> bool:
    while True:
        block = one.read(_BLOCK)
        if block != other.read(_BLOCK):
            return False
        if not block:
            return True


class _HashingReader:
    """Hashes what is read of a file."""

    def __init__(self, source: IO[bytes]) -> None:
        self.digest = sha256()
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self._source.read(size)
        self.digest.update(block)
        return block
