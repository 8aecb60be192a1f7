"""Archiving: every published certificate PDF gets an archive object, raised to a level and renewed in time.

One certificate version at a time, in this order: read what is served, write further revisions, validate them, keep the
file, enter it. A process killed in between leaves a kept file that the next one validates and enters, or nothing; a file
that does not validate is set aside once there is a better one. What fails is entered with its reason and passed over; a
timestamp server that is away ends the round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256

from certsvc.domain.archive_object import (
    ArchiveFailure,
    ArchiveFault,
    ArchiveLevel,
    ArchiveObject,
    ArchiveState,
    ArchiveStatus,
    ArchiveTask,
)
from certsvc.errors import UnknownReference
from certsvc.ports import Clock, DocumentArchive
from certsvc.ports.archive import ArchiveBook, ArchiveFolder, LongTermJudge, LongTermWriter

Archived = ArchiveObject | ArchiveFailure
Stopping = Callable[[], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class ArchiveTools:
    """What a round works with."""

    writer: LongTermWriter
    judge: LongTermJudge


@dataclass(frozen=True, slots=True)
class CheckedObject:
    """What a check found of one kept object: its state, or what is wrong with it."""

    kept: ArchiveObject
    found: ArchiveState | ArchiveFault

    @property
    def sound(self) -> bool:
        """Whether it is what was entered."""
        return isinstance(self.found, ArchiveState) and self.found.level is self.kept.level


class Archiving:
    """The archive of one office. `turn` is held by one process of the machine at a time, and says whether it was given."""

    def __init__(
        self,
        documents: DocumentArchive,
        folder: ArchiveFolder,
        book: ArchiveBook,
        open_tools: Callable[[Stopping], ArchiveTools],
        open_judge: Callable[[], LongTermJudge],
        clock: Clock,
        turn: Callable[[], AbstractContextManager[bool]],
    ) -> None:
        """`open_tools` and `open_judge` give what a round works with, and its validation material of that time; the first is
        told by what to know that it shall stop, and raises ConfigurationError where there is no timestamp server.
        """
        self._documents, self._folder, self._book = documents, folder, book
        self._open_tools, self._open_judge, self._clock, self._turn = open_tools, open_judge, clock, turn

    def upgrade(self, level: ArchiveLevel, most: int, stopping: Stopping = _never) -> Iterator[Archived]:
        """Do what is due, one certificate version after the other, at most so many; nothing while another process is at it.
        Once `stopping`, nothing is waited for any more: UnavailableError.

        Raises UnavailableError (TimestampRefused among them) when the timestamp server gives no good timestamp: what was done
        before stands.
        """
        with self._turn() as mine:
            tasks = self._book.tasks(level, self._clock.now(), most) if mine else ()
            if not tasks:
                return
            tools = self._open_tools(stopping)
            for task in tasks:
                yield self._archive(task, level, tools)

    def upgrade_one(self, number: str, version: int, level: ArchiveLevel) -> Archived:
        """The same for one certificate version, also when it failed a moment ago; one that wants nothing stays as it is.

        Raises UnknownReference, and as `upgrade`.
        """
        with self._turn():
            task = self._book.task(number, version)
            if task is None:
                raise UnknownReference("没有找到已公开的证书版本。请核对证书编号和版本。")
            newest = task.newest
            if newest is not None and newest.level.rank >= level.rank and not self._is_due(newest):
                return newest
            return self._archive(task, level, self._open_tools(_never))

    def check(self, number: str | None = None) -> Iterator[CheckedObject]:
        """Every kept object, or those of one certificate: the newest generations are validated as of now, the older ones held
        against the newest, which begins with them."""
        judge = self._open_judge()
        for kept in self._book.objects(number):
            yield CheckedObject(kept, self._examine(kept, judge))

    def status(self, level: ArchiveLevel) -> ArchiveStatus:
        """Where the archive stands."""
        return self._book.status(level, self._clock.now())

    def failures(self) -> tuple[ArchiveFailure, ...]:
        """What was passed over."""
        return tuple(self._book.failures())

    def refused(self) -> tuple[str, ...]:
        """The names of files that stood in the place of an archive object without being one, and were set aside."""
        return tuple(self._folder.refused())

    def newest(self, number: str, version: int) -> tuple[ArchiveObject, bytes]:
        """The newest archive object with its bytes. Raises UnknownReference."""
        task = self._book.task(number, version)
        document = None
        if task is not None and task.newest is not None:
            document = self._folder.read(number, version, task.newest.generation)
        if task is None or task.newest is None or document is None:
            raise UnknownReference("这个证书版本还没有归档文件。请先运行 certsvc archive upgrade。")
        return task.newest, document

    def _archive(self, task: ArchiveTask, level: ArchiveLevel, tools: ArchiveTools) -> Archived:
        now = self._clock.now()
        done = self._extended(task, level, tools)
        if isinstance(done, ArchiveFault):
            return self._book.note_failure(task.number, task.version, done, now)
        self._book.note(done)
        if done.level.rank < level.rank:  # it stands, and the rest is tried again later
            document = self._kept_bytes(done)
            fault = document if isinstance(document, ArchiveFault) else tools.writer.shortfall(document)
            self._book.note_failure(task.number, task.version, fault, now)
        return done

    def _extended(
        self, task: ArchiveTask, level: ArchiveLevel, tools: ArchiveTools
    ) -> ArchiveObject | ArchiveFault:
        original = self._original(task)
        if isinstance(original, ArchiveFault):
            return original
        generation = 1 if task.newest is None else task.newest.generation + 1
        left = self._folder.read(task.number, task.version, generation)
        if left is not None:  # by somebody who died before he entered it
            state = tools.judge.judge(left, original, self._clock.now())
            if isinstance(state, ArchiveState):
                kept = self._folder.keep(task.number, task.version, generation, left)
                return self._entry(task, generation, kept, state)
        document = self._grown(task, original, level, tools.writer)
        if isinstance(document, ArchiveFault):
            return document
        state = tools.judge.judge(document, original, self._clock.now())
        if isinstance(state, ArchiveFault):
            return state
        if left is not None:
            self._folder.set_aside(task.number, task.version, generation)
        kept = self._folder.keep(task.number, task.version, generation, document)
        if kept != document:  # somebody else was first
            state = tools.judge.judge(kept, original, self._clock.now())
        return state if isinstance(state, ArchiveFault) else self._entry(task, generation, kept, state)

    def _original(self, task: ArchiveTask) -> bytes | ArchiveFault:
        original = self._documents.read(task.number, task.version)
        if original is None:
            return ArchiveFault.MISSING
        return original if sha256(original).hexdigest() == task.sha256 else ArchiveFault.ALTERED

    def _grown(
        self, task: ArchiveTask, original: bytes, level: ArchiveLevel, writer: LongTermWriter
    ) -> bytes | ArchiveFault:
        newest = task.newest
        if newest is None:
            return writer.raise_to(original, None, level)
        before = self._kept_bytes(newest)
        if isinstance(before, ArchiveFault):
            return before
        if newest.level is ArchiveLevel.B_LTA:
            return writer.renew(before)
        # a lower level has no renewal of its own
        return writer.raise_to(before, newest.level, ArchiveLevel.B_LTA if self._is_due(newest) else level)

    def _kept_bytes(self, kept: ArchiveObject) -> bytes | ArchiveFault:
        found = self._folder.read(kept.number, kept.version, kept.generation)
        if found is None:
            return ArchiveFault.MISSING
        return found if sha256(found).hexdigest() == kept.sha256 else ArchiveFault.ALTERED

    def _examine(self, kept: ArchiveObject, judge: LongTermJudge) -> ArchiveState | ArchiveFault:
        document = self._kept_bytes(kept)
        task = self._book.task(kept.number, kept.version)
        if isinstance(document, ArchiveFault) or task is None:
            return document if isinstance(document, ArchiveFault) else ArchiveFault.MISSING
        original = self._original(task)
        if isinstance(original, ArchiveFault):
            return original
        newest = task.newest or kept
        if newest.generation != kept.generation:
            later = self._kept_bytes(newest)
            if isinstance(later, bytes) and not later.startswith(document):
                return ArchiveFault.NOT_A_CONTINUATION
        return judge.judge(document, original, kept.made_at if newest != kept else self._clock.now())

    def _entry(
        self, task: ArchiveTask, generation: int, document: bytes, state: ArchiveState
    ) -> ArchiveObject:
        return ArchiveObject(
            number=task.number,
            version=task.version,
            generation=generation,
            level=state.level,
            made_at=self._clock.now(),
            sha256=sha256(document).hexdigest(),
            hash_algorithm=state.last.hash_algorithm,
            timestamped_at=state.last.at,
            renew_at=state.last.renew_at,
        )

    def _is_due(self, newest: ArchiveObject) -> bool:
        return newest.renew_at <= self._clock.now()
