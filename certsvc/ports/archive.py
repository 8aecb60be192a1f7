"""What archiving certificate PDFs needs from the world."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from certsvc.domain.archive_object import (
    ArchiveFailure,
    ArchiveFault,
    ArchiveLevel,
    ArchiveObject,
    ArchiveState,
    ArchiveStatus,
    ArchiveTask,
)


class ArchiveFolder(Protocol):
    """The bytes of every archive object, kept for ever."""

    def keep(self, number: str, version: int, generation: int, document: bytes) -> bytes:
        """Store durably under a name of its own; the bytes that stand there, which are others when somebody was first."""
        ...

    def read(self, number: str, version: int, generation: int) -> bytes | None:
        """The kept bytes, None when there are none."""
        ...

    def set_aside(self, number: str, version: int, generation: int) -> None:
        """Give the file that stands there another name, so that its own is free. Nothing is lost."""
        ...

    def refused(self) -> Sequence[str]:
        """The names of the files that were set aside."""
        ...


class ArchiveBook(Protocol):
    """Which archive objects there are, and what is to be done."""

    def tasks(self, level: ArchiveLevel, at: datetime, most: int) -> Sequence[ArchiveTask]:
        """Published certificate versions below the level or due for renewal, whose time to be tried has come: what is due
        first, then what was never tried, in the order of the numbers, then what is below the level, and last what was tried
        in vain."""
        ...

    def task(self, number: str, version: int) -> ArchiveTask | None:
        """One published certificate version, whatever its state."""
        ...

    def note(self, kept: ArchiveObject) -> None:
        """Enter a kept object, and forget the failures of before. The same again changes nothing; a number of a generation
        that is taken by other bytes raises IntegrityError."""
        ...

    def note_failure(self, number: str, version: int, fault: ArchiveFault, at: datetime) -> ArchiveFailure:
        """Enter a failure: it is tried again after an hour, then after twice the time of before, at most after a week."""
        ...

    def objects(self, number: str | None = None) -> Iterator[ArchiveObject]:
        """The kept objects, of one certificate or of all, oldest generation first."""
        ...

    def failures(self) -> Sequence[ArchiveFailure]:
        """What was passed over, by number."""
        ...

    def status(self, level: ArchiveLevel, at: datetime) -> ArchiveStatus:
        """Where the archive stands."""
        ...


class LongTermWriter(Protocol):
    """Writes further revisions onto a signed PDF."""

    def raise_to(
        self, document: bytes, reached: ArchiveLevel | None, level: ArchiveLevel
    ) -> bytes | ArchiveFault:
        """The document with revisions added, of what it has `reached` up to the level, or less: without validation material
        it stops before B-LT. A fault when nothing could be added. Raises UnavailableError (TimestampRefused among them)
        without a good timestamp."""
        ...

    def renew(self, document: bytes) -> bytes | ArchiveFault:
        """A B-LTA document with the material of its last timestamp and a further timestamp; a fault when that would not end
        later by some margin. Raises as `raise_to`."""
        ...

    def shortfall(self, document: bytes) -> ArchiveFault:
        """Why a B-T document stays one for now."""
        ...


class LongTermJudge(Protocol):
    """Validates archive objects."""

    def judge(self, document: bytes, original: bytes, at: datetime) -> ArchiveState | ArchiveFault:
        """What stands in the document, validated as of that instant."""
        ...
