"""The background work as threads beside a server, or alone (`certsvc sequencer`)."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic, sleep
from types import FrameType

from certsvc.adapters.local_wake_ups import LocalWakeUps
from certsvc.bootstrap import open_office
from certsvc.entrypoints.jobs.steps import (
    SequencedOffice,
    Sequencer,
    check_files,
    fill_older,
    finish_cases,
    forget_old,
    resume_issues,
    tell_holders,
)
from certsvc.errors import CertsvcError, ConflictError, NotWitnessed, UnavailableError
from certsvc.ports.sharing import WakeUps
from certsvc.settings import Settings
from certsvc.stages.passing_over import STOPS_THE_LINE, FaultNotes

LOOK_SECONDS = 1.0
CREDIT_SECONDS = 5.0
NOTICE_SECONDS = 2.0
FILLING_SECONDS = 300.0
ARCHIVE_SECONDS = 60.0
RETENTION_SECONDS = 3600.0
START_SECONDS = 60.0
LONGEST_REST_SECONDS = 300.0
_MOST_DOUBLINGS = 16
_log = logging.getLogger(__name__)

Step = Callable[[Callable[[], bool]], object]
"""One round of work; it is given a question to ask between its parts: whether it shall stop."""


class Companion(Thread):
    """Does a step every so many seconds, and sooner when it is woken up, until stopped.

    What cannot be done at the moment (UnavailableError, ConflictError) is tried again. Of one that is given `notes` any
    other failure is written down there, and it is tried again ever more seldom: the others go on. Without `notes`, and
    always for keys that were changed and for a database that is older than the log, it ends the thread: `failed` is called,
    and `require_well` raises it.
    """

    def __init__(
        self,
        name: str,
        step: Step,
        every: float,
        failed: Callable[[], None],
        wake_ups: WakeUps | None = None,
        notes: FaultNotes | None = None,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.failure: CertsvcError | None = None
        self._step, self._every, self._failed, self._notes = step, every, failed, notes
        self._wake_ups = wake_ups or LocalWakeUps()
        self._stopping = Event()
        self._well = False
        self._failures: int | None = None

    def run(self) -> None:
        """The thread's work."""
        try:
            while not self._stopping.is_set():
                self._once()
                if not self._stopping.is_set():
                    self._wake_ups.wait(self._rest())
            self._well = True
        except CertsvcError as error:
            _log.critical("%s stops the line: %s", self.name, error)
            self.failure = error
        finally:
            if not self._well:
                self._failed()

    def ask_to_stop(self) -> None:
        """Let the step under way come to its next resting point, and begin no other."""
        self._stopping.set()
        self._wake_ups.announce()

    def require_well(self) -> None:
        """Raise what ended the thread, if it did not end by being stopped."""
        if self.failure is not None:
            raise self.failure
        if not self._well:
            raise RuntimeError(f"the thread {self.name} ended by a fault of the program, see above")

    def _once(self) -> None:
        try:
            self._step(self._stopping.is_set)
            self._forget_failures()
        except (UnavailableError, ConflictError) as error:
            _log.warning("%s cannot go on at the moment, trying again: %s", self.name, error)
        except Exception as error:
            if self._notes is None or isinstance(error, STOPS_THE_LINE):
                raise
            self._pass_over(self._notes, error)

    def _pass_over(self, notes: FaultNotes, error: Exception) -> None:
        self._failures = (self._failures or 0) + 1
        try:
            notes.note(self.name, "", error)
        except Exception as unnoted:
            _log.error("a fault of %s could not be written down", self.name, exc_info=unnoted)

    def _forget_failures(self) -> None:
        """At the first success, also of what failed before the process began."""
        if self._notes is not None and self._failures != 0:
            self._notes.round(self.name).ended()
        self._failures = 0

    def _rest(self) -> float:
        doublings = min(self._failures or 0, _MOST_DOUBLINGS)
        return max(self._every, min(self._every * float(2**doublings), LONGEST_REST_SECONDS))


@contextmanager
def background_work(settings: Settings, failed: Callable[[], None]) -> Iterator[None]:
    """Sequencer, resumption of issues, of historical imports and of batch decisions, credit archive with platforms, notices
    on change, what the information base lacks of older filings, archive objects, stored answers, checks of files, and
    retention, each in a thread of its own while the block runs; ended with it, batch finished.

    `failed` is called when the line had to stop, for the log or the keys; leaving the block then raises what it was. Any
    other failure is written down, and the rest goes on.
    """
    sequencing, issuing, cases, crediting, filling, archiving, retaining, answering, checking, telling = (
        open_office(settings) for _ in range(10)
    )
    sequencer = Sequencer(sequencing, renewed_at=monotonic())
    companions = (
        Companion(
            "sequencer",
            lambda _stopping: sequencer.step(monotonic()),
            LOOK_SECONDS,
            failed,
            sequencing.shared.wake_ups,
        ),
        *(
            Companion(name, step, every, failed, notes=office.fault_notes)
            for name, office, step, every in (
                ("issuer", issuing, partial(resume_issues, issuing), LOOK_SECONDS),
                ("cases", cases, partial(finish_cases, cases), LOOK_SECONDS),
                ("credit", crediting, crediting.credit.work, CREDIT_SECONDS),
                ("notices", telling, partial(tell_holders, telling), NOTICE_SECONDS),
                ("information", filling, partial(fill_older, filling), FILLING_SECONDS),
                ("archive", archiving, archiving.archive_desk.work, ARCHIVE_SECONDS),
                ("answers", answering, answering.answer_storing.work, LOOK_SECONDS),
                ("files", checking, partial(check_files, checking, rest=sleep), LOOK_SECONDS),
                ("retention", retaining, partial(forget_old, retaining), RETENTION_SECONDS),
            )
        ),
    )
    for companion in companions:
        companion.start()
    try:
        yield
    finally:
        for companion in companions:
            companion.ask_to_stop()
        for companion in companions:
            companion.join()
        sequencing.close()
        issuing.close()
        cases.close()
        crediting.close()
        filling.close()
        archiving.close()
        answering.close()
        checking.close()
        retaining.close()
        telling.close()
    for companion in companions:
        companion.require_well()


@contextmanager
def watch_keys(office: SequencedOffice, failed: Callable[[], None]) -> Iterator[None]:
    """For a server without background work: while the block runs, `failed` is called once another key has taken over from
    one that this process has in memory; leaving the block then raises KeysChangedError.
    """
    watch = Companion("keys", lambda _stopping: office.require_keys_in_force(), LOOK_SECONDS, failed)
    watch.start()
    try:
        yield
    finally:
        watch.ask_to_stop()
        watch.join()
    watch.require_well()


def show_at_start(office: SequencedOffice, patience: float = START_SECONDS) -> None:
    """Sign the checkpoint anew and show everything; a database that is still starting is given some time.

    Witnesses that are away are not waited for: revocations are answered without them, and the sequencer tries again.
    Raises ConflictError when the public tree is ahead of the database (start-up guard).
    """
    end = monotonic() + patience
    while True:
        try:
            office.republish()
        except NotWitnessed as error:
            _log.warning("starting without a fresh checkpoint: %s", error)
            return
        except UnavailableError:
            if monotonic() >= end:
                raise
            sleep(LOOK_SECONDS)
        else:
            return


def work_alone(settings: Settings) -> None:
    """The background work without a server, until SIGTERM or SIGINT. Raises what stopped the line."""
    ended = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    office = open_office(settings)
    show_at_start(office)
    office.close()
    with background_work(settings, ended.set):
        ended.wait()
