"""The folder of a mirror: files that never change lie in it as in any public tree; those that do change together, at once.

    checkpoint, trust-list.json, tables.json, policy, trust.note    links into .sync/current/
    tile/ status/ trust/                                            files that never change
    .sync/current -> state-<number>                                 the one link whose renaming is the switch
    .sync/evidence/                                                 what was refused, and why
    .sync/lock

Whatever is killed at whatever moment leaves the state before or the state after.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from certverify.errors import MirrorError
from certverify.replay_state import sync_folder

NAMES = ("checkpoint", "trust-list.json", "tables.json", "policy", "trust.note")
_OWN = ".sync"
_STATE = "state-"


class MirrorFolder:
    """One mirror, held by one process (`open_mirror`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = path / _OWN
        self._touched: set[Path] = set()

    @property
    def has_state(self) -> bool:
        """Whether a sync was ever completed here."""
        return (self._own / "current").exists()

    def read(self, path: str) -> bytes | None:
        """A file of the folder; None when it is not there."""
        try:
            return (self.path / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def size_of(self, path: str) -> int:
        """The bytes of a file, 0 when it is not there."""
        try:
            return (self.path / path).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def keep(self, path: str, content: bytes) -> None:
        """Add a file that never changes, as a whole or not at all."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._own / "arriving"
        _write(temporary, content)
        temporary.replace(target)
        self._touched.add(target.parent)

    def switch(self, files: Mapping[str, bytes]) -> None:
        """Make `files` (of NAMES, and any other) the state, all at once. Durable when this returns."""
        number = 1 + max((_number(path) for path in self._own.glob(f"{_STATE}*")), default=0)
        arriving = self._own / "arriving-state"
        shutil.rmtree(arriving, ignore_errors=True)
        arriving.mkdir()
        for name, content in files.items():
            _write(arriving / name, content)
        for name in NAMES:
            _link(self.path / name, f"{_OWN}/current/{name}")
        state = self._own / f"{_STATE}{number}"
        sync_folder(arriving)
        arriving.rename(state)
        # Everything that the state names is on disk before anybody is sent there.
        for folder in (*self._touched, self.path, self._own):
            sync_folder(folder)
        self._touched.clear()
        link = self._own / "current-arriving"
        link.unlink(missing_ok=True)
        link.symlink_to(state.name)
        link.replace(self._own / "current")
        sync_folder(self._own)
        for path in self._own.glob(f"{_STATE}*"):
            if path != state:
                shutil.rmtree(path)

    def keep_evidence(self, name: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Keep what was refused below `.sync/evidence/`, once for each name; the paths."""
        item = self._own / "evidence" / name
        item.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            if not (item / file).exists():
                _write(item / file, content)
        sync_folder(item)
        return tuple(str(item / file) for file in files)

    def remove_stale(self, needed: frozenset[str]) -> int:
        """Remove shards, shard roots and partial tiles that are not `needed`; how many files."""
        removed = 0
        for path in self._stale_kinds():
            if path.relative_to(self.path).as_posix() not in needed:
                path.unlink()
                removed += 1
                with suppress(OSError):
                    path.parent.rmdir()
        return removed

    def _stale_kinds(self) -> list[Path]:
        status = self.path / "status"
        kinds = [*(status / "shard").glob("*"), *status.glob("*/roots"), *(self.path / "tile").rglob("*.p/*")]
        return [path for path in kinds if path.is_file()]


@contextmanager
def open_mirror(path: Path) -> Iterator[MirrorFolder]:
    """The mirror in a folder, which is made when there is none, for one process at a time.

    Raises MirrorError for a folder with other things in it, or one in use; OSError when it cannot be written.
    """
    if sys.platform == "win32":
        raise MirrorError("本命令需要 Linux 或 macOS this command needs Linux or macOS")
    import fcntl

    own = path / _OWN
    if path.exists() and not own.is_dir() and (not path.is_dir() or any(path.iterdir())):
        raise MirrorError(f"{path} 不是空文件夹，也不是镜像文件夹 is neither an empty folder nor a mirror")
    own.mkdir(parents=True, exist_ok=True)
    with (own / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MirrorError(f"{path} 正在由另一进程更新 is being synced by another process") from error
        yield MirrorFolder(path)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _link(place: Path, target: str) -> None:
    if place.is_symlink() and str(place.readlink()) == target:
        return
    try:
        place.symlink_to(target)
    except FileExistsError as error:
        raise MirrorError(f"{place} 不是本程序建立的 was not made by this program") from error
    except OSError as error:
        raise MirrorError(
            f"{place} 所在磁盘不支持符号链接，请换用本机磁盘 its disk has no symbolic links, use a disk of this machine"
        ) from error


def _number(path: Path) -> int:
    digits = path.name.removeprefix(_STATE)
    return int(digits) if digits.isdecimal() else 0
