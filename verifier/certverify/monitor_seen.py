"""Checkpoints that the log has signed and nobody has proven yet to belong to the history that is followed.

    seen/<seconds>-<number>-<size>.note    seconds: POSIX time when it was first seen; number: in the order of arrival

At most SEEN_KEPT notes of the one log of a state, each with up to 256 KiB. When there are more, the newest one of the
size that has most of them goes; when no size has two, the newcomer is not kept: the oldest stay.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from certverify.checkpoint import Checkpoint, decode_checkpoint
from certverify.errors import CheckpointError, MonitorStateError
from certverify.replay_state import sync_folder

SEEN_KEPT = 100
_NAME = re.compile(r"(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,15})-(0|[1-9][0-9]{0,18})\.note")


@dataclass(frozen=True, slots=True)
class SeenNote:
    """A note of the log; `since` is when it was first seen (POSIX seconds), `number` its place in the order."""

    since: int
    number: int
    checkpoint: Checkpoint
    raw_note: bytes

    @property
    def name(self) -> str:
        """That of the file."""
        return f"{self.since}-{self.number}-{self.checkpoint.size}.note"


class SeenNotes:
    """The folder of them. Raises MonitorStateError when a file in it is damaged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notes = sorted(map(_read, folder.glob("*.note")), key=lambda note: note.number)

    @property
    def all(self) -> list[SeenNote]:
        """Every note, the oldest first."""
        return list(self._notes)

    def add(self, checkpoint: Checkpoint, raw_note: bytes, seconds: int) -> None:
        """Keep a note unless its size and root are known. Durable when this returns."""
        if any(_same(note.checkpoint, checkpoint) for note in self._notes):
            return
        number = self._notes[-1].number + 1 if self._notes else 0
        note = SeenNote(max(0, seconds), number, checkpoint, raw_note)
        self._notes.append(note)
        if len(self._notes) > SEEN_KEPT:
            surplus = self._surplus()
            self._notes.remove(surplus)
            if surplus is note:
                return
            (self._folder / surplus.name).unlink(missing_ok=True)
        temporary = self._folder / ".new"
        temporary.write_bytes(raw_note)
        temporary.replace(self._folder / note.name)
        sync_folder(self._folder)

    def drop(self, checkpoint: Checkpoint) -> None:
        """Forget the notes of this size and root: they are proven, or kept as evidence."""
        for note in self.all:
            if _same(note.checkpoint, checkpoint):
                (self._folder / note.name).unlink(missing_ok=True)
                self._notes.remove(note)

    def _surplus(self) -> SeenNote:
        counts = Counter(note.checkpoint.size for note in self._notes)
        most = max(counts.values())
        return next(note for note in reversed(self._notes) if counts[note.checkpoint.size] == most)


def _same(one: Checkpoint, other: Checkpoint) -> bool:
    return (one.size, one.root) == (other.size, other.root)


def _read(path: Path) -> SeenNote:
    named = _NAME.fullmatch(path.name)
    try:
        raw_note = path.read_bytes()
        checkpoint, _ = decode_checkpoint(raw_note)
    except CheckpointError as error:
        raise MonitorStateError(f"{path} 已损坏 is damaged") from error
    if named is None or int(named[3]) != checkpoint.size:
        raise MonitorStateError(f"{path} 文件名与内容不符 is not named as its content asks")
    return SeenNote(int(named[1]), int(named[2]), checkpoint, raw_note)
