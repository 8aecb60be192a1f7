"""What the background work does each time it looks: pure over the office that it is given and the time it is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Protocol

from certsvc.errors import CertsvcError, ConflictError, IntegrityError
from certsvc.stages.passing_over import STOPS_THE_LINE, do_each

RENEWAL_SECONDS = 600.0
LONGEST_REST = 0.5  # seconds
_log = logging.getLogger(__name__)


class SequencedOffice(Protocol):
    """What the sequencer needs of an office."""

    def require_keys_in_force(self) -> None:
        """Return when the keys in memory are those that sign now. Raises KeysChangedError."""
        ...

    def record_waiting(self) -> int:
        """Log the oldest waiting events as one batch; how many."""
        ...

    def is_behind(self) -> bool:
        """Whether the public tree does not show what is committed."""
        ...

    def publish(self) -> None:
        """Show everything that is committed."""
        ...

    def republish(self) -> None:
        """Sign the checkpoint anew and show everything."""
        ...


class ResumingOffice(Protocol):
    """What finishing issues needs of an office."""

    def unfinished_filings(self) -> Sequence[str]:
        """Filings whose issue has begun, or that hold a corrected certificate, and are not published as a whole."""
        ...

    def resume_issue(self, filing: str) -> Generator[tuple[str, int], None, None]:
        """Take an issue on, chunk by chunk; nothing when another process is at it."""
        ...


class WorkingPart(Protocol):
    """A part of an office with work to finish."""

    def work(self, stopping: Callable[[], bool]) -> None:
        """Finish what is committed, or come to the next resting point once `stopping`."""
        ...


class FileLine(Protocol):
    """Files of questions, as they are worked off."""

    def work_off(self) -> int:
        """Answer one chunk; how many rows, 0 when none waits."""
        ...

    def delete_ended(self) -> int:
        """Delete the jobs whose time is over; how many."""
        ...


class FileJobs(Protocol):
    """Where the line of files is found."""

    @property
    def line(self) -> FileLine:
        """The line."""
        ...


class CheckingOffice(Protocol):
    """What checks of whole files need of an office."""

    @property
    def verification_jobs(self) -> FileJobs:
        """Checks of whole files."""
        ...


class CaseOffice(Protocol):
    """What finishing case work, historical imports and annotated copies needs of an office."""

    @property
    def history(self) -> WorkingPart:
        """Historical records."""
        ...

    @property
    def case_work(self) -> WorkingPart:
        """Batch decisions, dependent titles."""
        ...

    @property
    def copies(self) -> WorkingPart:
        """Annotated copies."""
        ...


class OutlineFilling(Protocol):
    """Makes the outlines of filings that have none."""

    def fill(self, stopping: Callable[[], bool]) -> int:
        """Make them, or until `stopping`; how many."""
        ...


class FilingPages(Protocol):
    """Where the filling of outlines is found."""

    @property
    def filling(self) -> OutlineFilling:
        """Makes outlines."""
        ...


class FillingOffice(Protocol):
    """What filling older filings needs of an office."""

    @property
    def filing_face(self) -> FilingPages:
        """Filings as pages show them."""
        ...

    @property
    def information(self) -> WorkingPart:
        """The title information base."""
        ...


class ReportsInTime(Protocol):
    """Where the retention of verification reports is found."""

    @property
    def retention(self) -> WorkingPart:
        """Forgets reports."""
        ...


class CasesInTime(Protocol):
    """Where the retention of suspicion cases is found."""

    @property
    def retention(self) -> WorkingPart:
        """Forgets what is personal in closed cases."""
        ...


class RetainingOffice(Protocol):
    """What forgetting in time needs of an office."""

    @property
    def report_desk(self) -> ReportsInTime:
        """Verification reports."""
        ...

    @property
    def look_ups(self) -> WorkingPart:
        """The log of look-ups."""
        ...

    @property
    def suspicion_desk(self) -> CasesInTime:
        """Suspicion cases."""
        ...

    @property
    def idempotent_requests(self) -> WorkingPart:
        """Requests with an idempotency key, and their answers."""
        ...

    @property
    def sign_in(self) -> WorkingPart:
        """Sessions of officials."""
        ...

    @property
    def holder_sign_in(self) -> WorkingPart:
        """Sessions of holders, with who they are."""
        ...

    @property
    def notice_desk(self) -> NoticesInTime:
        """Notices on change."""
        ...

    @property
    def request_desk(self) -> RequestsInTime:
        """Requests of holders."""
        ...


class RequestsInTime(Protocol):
    """Where the evidence of withdrawn requests is forgotten."""

    @property
    def retention(self) -> WorkingPart:
        """Deletes it."""
        ...


class NoticesInTime(Protocol):
    """Where notices on change are delivered, and forgotten."""

    @property
    def retention(self) -> WorkingPart:
        """Forgets entries and messages."""
        ...

    def work(self, stopping: Callable[[], bool]) -> None:
        """Deliver what is due."""
        ...


class TellingOffice(Protocol):
    """What telling holders needs of an office."""

    @property
    def notice_desk(self) -> NoticesInTime:
        """Notices on change."""
        ...

    @property
    def exports(self) -> WorkingPart:
        """Exports of personal data."""
        ...


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What one step did."""

    recorded: int
    published: bool
    renewed: bool


class Sequencer:
    """Drains the outbox into the log and the log into the public tree; signs the checkpoint anew before it is old."""

    def __init__(
        self, office: SequencedOffice, renewed_at: float, renew_every: float = RENEWAL_SECONDS
    ) -> None:
        self._office = office
        self._renewed_at = renewed_at
        self._renew_every = renew_every

    def step(self, now: float) -> Sequenced:
        """Record one batch and show it. `now` in seconds of a clock that only goes forward.

        What another process committed and did not show, being killed between, is shown as well. Raises KeysChangedError when
        another key has taken over, also while nothing waits.
        """
        self._office.require_keys_in_force()
        recorded = self._office.record_waiting()
        if now - self._renewed_at >= self._renew_every:
            self._office.republish()
            self._renewed_at = now
            return Sequenced(recorded, published=True, renewed=True)
        published = recorded > 0 or self._office.is_behind()
        if published:
            self._office.publish()
        return Sequenced(recorded, published, renewed=False)


def check_files(office: CheckingOffice, stopping: Callable[[], bool], rest: Callable[[float], None]) -> int:
    """Answer the rows of files, chunk by chunk, until none waits or once `stopping`; how many.

    As long as a chunk took, the process rests: whoever asks a single question does not wait behind twenty thousand.
    """
    line, answered = office.verification_jobs.line, 0
    line.delete_ended()
    while not stopping():
        begun = monotonic()
        rows = line.work_off()
        if not rows:
            break
        answered += rows
        rest(min(monotonic() - begun, LONGEST_REST))
    return answered


def finish_cases(office: CaseOffice, stopping: Callable[[], bool]) -> None:
    """Publish the confirmed historical records, carry out the confirmed batch decisions and finish the annotated copies
    that a process left behind."""
    do_each(_works((office.history, office.case_work, office.copies), stopping), stopping)


def fill_older(office: FillingOffice, stopping: Callable[[], bool]) -> None:
    """Make what filings and certificates of older versions lack: outlines first, for lists show nothing without one."""
    fillings = office.filing_face.filling.fill, office.information.work
    do_each((partial(fill, stopping) for fill in fillings), stopping)


def tell_holders(office: TellingOffice, stopping: Callable[[], bool]) -> None:
    """Deliver the messages that are due, and make the exports of personal data that were asked for."""
    do_each(_works((office.notice_desk, office.exports), stopping), stopping)


def forget_old(office: RetainingOffice, stopping: Callable[[], bool]) -> None:
    """Delete what was kept long enough."""
    for part in (
        office.look_ups,
        office.idempotent_requests,
        office.report_desk.retention,
        office.suspicion_desk.retention,
        office.notice_desk.retention,
        office.request_desk.retention,
        office.sign_in,
        office.holder_sign_in,
    ):
        if not stopping():
            part.work(stopping)


def resume_issues(office: ResumingOffice, stopping: Callable[[], bool]) -> int:
    """Take every unfinished issue to its end, or to the next chunk once `stopping`; how many steps were done.

    A filing that somebody else is changing at the moment is left for the next time and holds up no other. Nor does one that
    is damaged: its failure is raised when the others are done.
    """
    done = 0
    first: CertsvcError | None = None
    for filing in office.unfinished_filings():
        try:
            with closing(office.resume_issue(filing)) as steps:
                for _ in steps:
                    done += 1
                    if stopping():
                        return done
        except ConflictError as error:
            _log.warning("an issue could not be resumed, trying again later: %s", error)
        except IntegrityError as error:
            if isinstance(error, STOPS_THE_LINE):
                raise
            first = first or error
    if first is not None:
        raise first
    return done


def _works(
    parts: Iterable[WorkingPart | NoticesInTime], stopping: Callable[[], bool]
) -> Iterator[Callable[[], None]]:
    return (partial(part.work, stopping) for part in parts)
