"""ports.PublicTree in a folder: what any web server can serve as it stands."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from certsvc.errors import IntegrityError, UnavailableError

_LOCK = "lock"


class FolderTree:
    """Files below a folder. Every file is whole or absent: temporary name, fsync, rename, fsync of the folder.

    The lock and the temporary files stand in a folder beside the tree, never in it. A disk that fails or is full comes
    out as UnavailableError: the same call may be made again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work = folder.with_name(folder.name + ".work")
        self._durable: set[Path] = set()

    def put(self, path: str, content: bytes) -> None:
        """Store an immutable file durably. The same path with other bytes raises IntegrityError."""
        known = self.read(path)
        if known is None:
            self.replace(path, content)
        elif known != content:
            raise IntegrityError(f"公开文件 {path} 已存在且内容不同，已停止公开。请按运维手册核查。")
        else:
            with _disk():  # whoever renamed it may have died before its name was durable
                self._settle(self._place(path).parent)

    def replace(self, path: str, content: bytes) -> None:
        """Store a file that may change, atomically and durably."""
        target = self._place(path)
        with _disk():
            self._make_folder(target.parent)
            self._make_folder(self._work)
            temporary = self._work / secrets.token_hex(8)
            try:
                with temporary.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(target)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink()
                raise
            _sync_folder(target.parent)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None when there is none."""
        with _disk():
            try:
                return self._place(path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def paths(self, folder: str) -> Iterator[str]:
        """The paths of all files below a folder, in order of names within each; none where there is no folder."""
        with _disk():
            try:
                entries = sorted(os.scandir(self._place(folder)), key=lambda entry: entry.name)
            except (FileNotFoundError, NotADirectoryError):
                return
            inner = [(f"{folder}/{entry.name}", entry.is_dir()) for entry in entries]
        for path, is_folder in inner:
            if is_folder:
                yield from self.paths(path)
            else:
                yield path

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Held by one publisher of the machine at a time; the others wait. What a killed one left half-written is removed."""
        with _disk():
            self._make_folder(self._work)
            lock = (self._work / _LOCK).open("a")
        with lock:
            with _disk():
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left in self._work.iterdir():
                    if left.name != _LOCK:
                        left.unlink()
            yield

    def _place(self, path: str) -> Path:
        parts = PurePosixPath(path).parts
        if not parts or path != "/".join(parts) or any(part in ("..", "/", ".") for part in parts):
            raise ValueError("a public path is relative and plain")
        return self._folder.joinpath(*parts)

    def _make_folder(self, folder: Path) -> None:
        """Let a folder be there for good, also one that was made by a process that died before its fsync."""
        if folder in self._durable and folder.is_dir():
            return
        if folder != self._folder.parent:
            self._make_folder(folder.parent)
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)
        self._durable.add(folder)

    def _settle(self, folder: Path) -> None:
        self._make_folder(folder)
        _sync_folder(folder)


@contextmanager
def _disk() -> Iterator[None]:
    """Errors of the disk in the words of this service."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            "公开目录暂时无法读写（磁盘已满、故障或没有权限），未公开的内容不会丢失。请检查磁盘，恢复后再次运行即可继续。"
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
