"""ports.PublicTree in a folder: what any web server can serve as it stands."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from certsvc.errors import IntegrityError


class FolderTree:
    """Files below a folder. Every file is whole or absent: temporary name, fsync, rename, fsync of the folder.

    The lock and the temporary files stand in a folder beside the tree, never in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work = folder.with_name(folder.name + ".work")

    def put(self, path: str, content: bytes) -> None:
        """Store an immutable file durably. The same path with other bytes raises IntegrityError."""
        known = self.read(path)
        if known is None:
            self.replace(path, content)
        elif known != content:
            raise IntegrityError(f"公开文件 {path} 已存在且内容不同，已停止公开。请按运维手册核查。")

    def replace(self, path: str, content: bytes) -> None:
        """Store a file that may change, atomically and durably."""
        target = self._place(path)
        self._make_folder(target.parent)
        self._make_folder(self._work)
        temporary = self._work / secrets.token_hex(8)
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(target.parent)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None when there is none."""
        try:
            return self._place(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Held by one publisher of the machine at a time; the others wait."""
        self._make_folder(self._work)
        with (self._work / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _place(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if not parts or path != "/".join(parts) or any(part in ("..", "/", ".") for part in parts):
            raise ValueError("a public path is relative and plain")
        return self._folder.joinpath(*parts)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
