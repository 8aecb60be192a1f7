"""The folder in which a monitor keeps what it has seen. Nothing in it is ever overwritten but the replay.

checkpoints/<size>-<time>.note    every checkpoint of the log, as it was fetched
seen/...                          checkpoints of the log that are not proven yet (monitor_seen)
evidence/<name>/...               what shows that the log misbehaved; acknowledged/<name>/: what somebody has looked at
followed/...                      the newest trust material, and the greatest sequence (trust_follow)
trust/<sha256>                    every own trust list, policy and trust.note seen, and every signed one of the tree
trust/unproven-<name>             the newest one of the tree that no known anchor has signed; trust/latest.json: which last
cosigned/checkpoint               the newest checkpoint with the auditor's own line
replay  lock
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import CheckpointError, JsonError, MonitorStateError
from certverify.monitor_seen import SeenNotes
from certverify.replay_state import sync_folder
from certverify.strict_json import decode_json

_NOTE_NAME = re.compile(r"(0|[1-9][0-9]*)-(0|[1-9][0-9]*)\.note")
_FOLDERS = ("checkpoints", "seen", "evidence", "acknowledged", "trust", "followed", "cosigned")
_LATEST = re.compile(r"(?:trust|tree)/[a-z.-]{1,32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LATEST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint that the log has signed, with the time of its cosignature (POSIX) and the note."""

    checkpoint: Checkpoint
    cosigned_at: int
    raw_note: bytes


class MonitorState:
    """One folder, for one log and one process at a time; made by `open_state`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = [_read_kept(path) for path in sorted((folder / "checkpoints").glob("*.note"))]
        self._latest_trust = _read_latest(folder / "trust" / "latest.json")
        self.seen = SeenNotes(folder / "seen")

    @property
    def replay_path(self) -> Path:
        """Where the replay is kept."""
        return self._folder / "replay"

    @property
    def followed_folder(self) -> Path:
        """Where the newest trust material is kept."""
        return self._folder / "followed"

    @property
    def newest(self) -> KeptCheckpoint | None:
        """The largest checkpoint kept, the newest of that size."""
        order = [(kept.checkpoint.size, kept.cosigned_at, at) for at, kept in enumerate(self._kept)]
        return self._kept[max(order)[2]] if order else None

    def of_size(self, size: int) -> KeptCheckpoint | None:
        """A checkpoint kept of that size."""
        return next((kept for kept in self._kept if kept.checkpoint.size == size), None)

    @property
    def roots(self) -> Mapping[int, bytes]:
        """The roots that the log has signed, by size."""
        return {kept.checkpoint.size: kept.checkpoint.root for kept in self._kept}

    def keep_checkpoint(self, kept: KeptCheckpoint) -> None:
        """Keep a note that contradicts none before it. Durable when this returns."""
        name = f"{kept.checkpoint.size}-{kept.cosigned_at}.note"
        if _write_once(self._folder / "checkpoints" / name, kept.raw_note):
            self._kept.append(kept)
        self.seen.drop(kept.checkpoint)

    def keep_evidence(self, name: str, files: Mapping[str, bytes]) -> Path:
        """Keep what speaks against the log as one item, once; its folder. What was acknowledged stays so."""
        for known in (self._folder / "evidence" / name, self._folder / "acknowledged" / name):
            if known.exists():
                return known
        temporary = self._folder / "evidence" / f".{name}"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for file, content in files.items():
            replace_file(temporary / file, content)
        item = self._folder / "evidence" / name
        temporary.replace(item)
        sync_folder(item.parent)
        return item

    def unacknowledged(self) -> list[Path]:
        """The items of evidence that nobody has acknowledged."""
        items = (self._folder / "evidence").iterdir()
        return sorted(item for item in items if not item.name.startswith("."))

    def acknowledge(self, name: str) -> None:
        """Take note of an item of evidence: it is kept, and no longer reported. Raises MonitorStateError without one."""
        found = next((item for item in self.unacknowledged() if item.name == name), None)
        if found is None:
            raise MonitorStateError(f"没有此名称的证据 no evidence has the name {name}")
        found.replace(self._folder / "acknowledged" / name)
        sync_folder(self._folder / "acknowledged")
        sync_folder(self._folder / "evidence")

    def keep_trust(
        self, source: str, content: bytes, proven: Container[str | None] | None = None
    ) -> tuple[str, str | None]:
        """Keep a trust file of `source`: its SHA-256, and that of the one before when it has changed, else None.

        A file whose digest is not among the `proven` is kept until the next such one of its name; None: all are proven.
        """
        digest, folder = sha256(content).hexdigest(), self._folder / "trust"
        before = self._latest_trust.get(source)
        if proven is None or digest in proven:
            _write_once(folder / digest, content)
        elif digest != before:
            replace_file(folder / f"unproven-{source.rpartition('/')[2]}", content)
        self._remember(source, digest)
        return digest, None if before == digest else before

    def keep_cosigned(self, raw_note: bytes) -> str:
        """Replace the cosigned checkpoint; its path."""
        path = self._folder / "cosigned" / "checkpoint"
        replace_file(path, raw_note)
        return str(path)

    def cosigned(self) -> bytes | None:
        """The checkpoint that was cosigned last."""
        try:
            return (self._folder / "cosigned" / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None

    def _remember(self, name: str, value: str) -> None:
        if self._latest_trust.get(name) != value:
            self._latest_trust[name] = value
            latest = json.dumps(self._latest_trust, indent=1).encode()
            replace_file(self._folder / "trust" / "latest.json", latest)


@contextmanager
def open_state(folder: Path) -> Iterator[MonitorState]:
    """The state in `folder`, made when it is not there, closed to other processes meanwhile. Raises MonitorStateError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        with (folder / "lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise MonitorStateError("此目录正被另一进程使用 another process uses this folder") from error
            yield MonitorState(folder)
    except OSError as error:
        raise MonitorStateError(f"目录无法使用 the folder cannot be used: {error.strerror}") from error


def replace_file(path: Path, content: bytes) -> None:
    """Replace a whole file, durably, through a temporary name."""
    temporary = _written_beside(path, content)
    temporary.replace(path)
    sync_folder(path.parent)


def _write_once(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False when it is there."""
    if path.exists():
        return False
    temporary = _written_beside(path, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    sync_folder(path.parent)
    return True


def _written_beside(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _read_kept(path: Path) -> KeptCheckpoint:
    named = _NOTE_NAME.fullmatch(path.name)
    try:
        raw_note = path.read_bytes()
        checkpoint, _ = decode_checkpoint(raw_note)
    except CheckpointError as error:
        raise MonitorStateError(f"{path} 已损坏 is damaged") from error
    if named is None or int(named[1]) != checkpoint.size:
        raise MonitorStateError(f"{path} 文件名与内容不符 is not named as its content asks")
    return KeptCheckpoint(checkpoint, int(named[2]), raw_note)


def _read_latest(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            latest = decode_json(file.read(_LATEST_BYTES + 1), limit=_LATEST_BYTES)
    except FileNotFoundError:
        return {}
    except JsonError as error:
        raise MonitorStateError(f"{path} 已损坏 is damaged") from error
    if type(latest) is not dict:
        raise MonitorStateError(f"{path} 已损坏 is damaged")
    read: dict[str, str] = {}
    for source, digest in latest.items():
        if type(digest) is not str or not _LATEST.fullmatch(source) or not _DIGEST.fullmatch(digest):
            raise MonitorStateError(f"{path} 已损坏 is damaged")
        read[source] = digest
    return read
