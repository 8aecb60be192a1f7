"""ports.operations.Turns by locked files: one process of the machine at a time; a killed process gives its turn back."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from certsvc.errors import UnavailableError


class FileTurns:
    """A file for each name, in a folder of their own. Names are identifiers of the service, never a caller's text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def turn(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Holds the turn of a name until the end of the block; False at once when it is taken and `wait` is not.

        Raises UnavailableError while the disk is full or fails.
        """
        with self._opened(name) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _opened(self, name: str) -> TextIO:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return (self._folder / f"{name}.lock").open("a")
        except OSError as error:
            raise UnavailableError(
                "服务目录暂时无法写入（磁盘已满、故障或没有权限）。请检查磁盘，稍后重试。"
            ) from error
