"""The folder in which a monitor keeps what it has seen. Nothing in it is ever overwritten but the replay.

checkpoints/<size>-<time>.note    every checkpoint of the log, as it was fetched
evidence/...                      what shows that the log misbehaved
trust/<sha256>                    every trust list, policy and trust.note seen; trust/latest.json: which one last
cosigned/checkpoint               the newest checkpoint with the auditor's own line
replay  lock
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import CheckpointError, MonitorStateError
from certverify.replay_state import sync_folder

_NOTE_NAME = re.compile(r"(0|[1-9][0-9]*)-(0|[1-9][0-9]*)\.note")
_FOLDERS = ("checkpoints", "evidence", "trust", "cosigned")


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

    @property
    def replay_path(self) -> Path:
        """Where the replay is kept."""
        return self._folder / "replay"

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

    def keep_evidence(self, name: str, content: bytes) -> str:
        """Keep what speaks against the log; the file's path. The name is followed by the digest of the content."""
        stem, dot, ending = name.rpartition(".")
        path = self._folder / "evidence" / f"{stem}-{sha256(content).hexdigest()[:16]}{dot}{ending}"
        _write_once(path, content)
        return str(path)

    def keep_trust(self, source: str, content: bytes) -> tuple[str, str | None]:
        """Keep a trust file of `source`: its SHA-256, and that of the one before when it has changed, else None."""
        digest = sha256(content).hexdigest()
        _write_once(self._folder / "trust" / digest, content)
        before = self._latest_trust.get(source)
        self._remember(source, digest)
        return digest, None if before == digest else before

    def greatest_sequence(self, sequence: int) -> int:
        """The greatest sequence of a trust list ever judged by, `sequence` included."""
        greatest = max(sequence, int(self._latest_trust.get("sequence", "0")))
        self._remember("sequence", str(greatest))
        return greatest

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
                raise MonitorStateError("another process uses this folder") from error
            yield MonitorState(folder)
    except OSError as error:
        raise MonitorStateError(f"the folder cannot be used: {error.strerror}") from error


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
        raise MonitorStateError(f"{path} is damaged") from error
    if named is None or int(named[1]) != checkpoint.size:
        raise MonitorStateError(f"{path} is not named as its content asks")
    return KeptCheckpoint(checkpoint, int(named[2]), raw_note)


def _read_latest(path: Path) -> dict[str, str]:
    try:
        latest = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise MonitorStateError(f"{path} is damaged") from error
    return {str(source): str(digest) for source, digest in dict(latest).items()}
