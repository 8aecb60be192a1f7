"""The archive of certificate PDFs: a folder, one file a certificate version, never overwritten."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from certsvc.errors import IntegrityError, UnavailableError


class FolderArchive:
    """ports.DocumentArchive in a folder, two characters of the number's tail a subfolder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._durable: set[Path] = set()

    def keep(self, number: str, version: int, document: bytes) -> str:
        """Store durably: a name of its own, fsync, link (which never overwrites), fsync of the folder; the SHA-256 of
        what is kept, in hex.

        Two processes may keep the same certificate at once, and a killed one comes again: one file stands. Raises IntegrityError
        when it has other bytes, UnavailableError while the disk is full or fails: the same call may be made again.
        """
        path = self.path(number, version)
        with disk_in_words():
            self._make_folders(path.parent)
            if not path.exists():
                link_durably(path, document)
            _sync_folder(path.parent)  # also for whoever linked it and died before he came to this
            kept = path.read_bytes()
        if kept != document:
            raise IntegrityError(f"证书 {number} 第 {version} 版的文件已存在且内容不同，已停止处理。")
        return sha256(document).hexdigest()

    def read(self, number: str, version: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        path = self.path(number, version)
        with disk_in_words():
            return path.read_bytes() if path.exists() else None

    def numbers(self) -> Iterator[str]:
        """The numbers of all certificates of which a document is kept."""
        for path in self._folder.glob("*/*-v*.pdf"):
            yield path.name.rpartition("-v")[0]

    def _make_folders(self, last: Path) -> None:
        for folder in (self._folder, last):
            if folder in self._durable and folder.is_dir():
                continue
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(folder.parent)
            self._durable.add(folder)

    def path(self, number: str, version: int) -> Path:
        """Where the file of a certificate version stands."""
        return self._folder / number[-3:-1] / f"{number}-v{version}.pdf"


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Errors of the disk in the words of this service."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "证书文件档案暂时无法读写（磁盘已满、故障或没有权限）。请检查磁盘，恢复后再次运行即可继续。"
        ) from error


def link_durably(path: Path, document: bytes) -> None:
    """Let the file appear whole under its name, unless one stands there."""
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.new")
    try:
        _write_durably(temporary, document)
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        temporary.unlink(missing_ok=True)


def _write_durably(path: Path, content: bytes) -> None:
    """Readable by the service alone: a certificate is personal."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
