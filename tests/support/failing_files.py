"""Files that fail: the n-th operation on a folder answers with an error of the disk, or the process dies there.

The operations are those of the os module and of opened files (open, write, fsync, rename, link, mkdir, unlink), so a
test knows nothing of how the code under test goes about its files.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

_WRITING = set("wxa+")
_PATHS = ("open", "mkdir", "replace", "rename", "link", "unlink")
_DESCRIPTORS = ("fsync", "fdatasync", "write")


class Died(BaseException):
    """The process is dead: raised by the operation at which it died and by every later one."""


class Fault(Enum):
    """What happens at the chosen operation."""

    EIO = errno.EIO
    ENOSPC = errno.ENOSPC
    DEATH = None


class FailingFiles:
    """The n-th operation below the folders fails, once; who is dead stays so until `revive`.

    Told also what a loss of power would take: `volatile` holds the names given (by rename or mkdir) in folders that were
    not synchronised since, `shown_too_early` those that were volatile when `last` was renamed into its place.
    """

    def __init__(self, folders: Sequence[Path], fault: Fault, at: int, last: Path) -> None:
        self._folders = tuple(str(folder) for folder in folders)
        self._fault, self._left, self._last = fault, at, str(last)
        self._dead = False
        self.failed: str | None = None
        self.volatile: set[str] = set()
        self.shown_too_early: set[str] = set()

    def revive(self) -> None:
        """Another process, and nothing fails any more."""
        self._dead = False

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put the failing functions in the place of the real ones."""
        for name in _PATHS:
            patch.setattr(os, name, self._on_path(name, getattr(os, name)))
        for name in _DESCRIPTORS:
            patch.setattr(os, name, self._on_descriptor(name, getattr(os, name)))
        patch.setattr(io, "open", self._open(io.open))

    def step(self, name: str, path: object) -> None:
        """One operation: returns, or fails when it is the chosen one."""
        if not str(path).startswith(self._folders):
            return
        if self._dead:
            raise Died
        self._left -= 1
        if self._left == 0:
            self.failed = f"{name} {path}"
            if self._fault is Fault.DEATH:
                self._dead = True
                raise Died(self.failed)
            raise OSError(self._fault.value, os.strerror(self._fault.value), str(path))

    def _on_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: object, *rest: Any, **named: Any) -> Any:
            self.step(name, path)
            done = real(path, *rest, **named)
            if name in ("mkdir", "replace", "rename", "link") and str(path).startswith(self._folders):
                self._named(str(path if name == "mkdir" else rest[0]))
            return done

        return call

    def _named(self, name: str) -> None:
        if name == self._last:
            self.shown_too_early |= {
                one for one in self.volatile if os.path.dirname(one) != os.path.dirname(name)
            }
        self.volatile.add(name)

    def _on_descriptor(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(descriptor: int, *rest: Any) -> Any:
            path = os.readlink(f"/proc/self/fd/{descriptor}")
            self.step(name, path)
            done = real(descriptor, *rest)
            if name in ("fsync", "fdatasync"):
                self.volatile = {one for one in self.volatile if os.path.dirname(one) != path}
            return done

        return call

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
            self.step(f"open {mode}", path)
            file = real(path, mode, *rest, **named)
            return _FailingFile(file, path, self) if _WRITING & set(mode) else file

        return call


class _FailingFile:
    """An opened file; a write that fails has written half."""

    def __init__(self, file: Any, path: Any, faults: FailingFiles) -> None:
        self._file, self._path, self._faults = file, path, faults

    def write(self, content: bytes) -> int:
        try:
            self._faults.step("write", self._path)
        except BaseException:
            self._file.write(content[: len(content) // 2])
            self._file.flush()
            raise
        return int(self._file.write(content))

    def __enter__(self) -> _FailingFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
