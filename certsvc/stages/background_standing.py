"""What the background work has before it, and what of it fails: counts, reasons, the next try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.domain.archive_object import ArchiveFailure, ArchiveStatus
from certsvc.domain.platform_message import MessageReport, MessageState
from certsvc.ports.background import BackgroundBoard, BackgroundFault, FaultBook, IssueStanding, Waiting
from certsvc.ports.holder_notices import NoticeFault
from certsvc.stages.notice_delivery import NoticeDelivery, NoticeStanding
from certsvc.stages.platform_delivery import PlatformDelivery, PlatformStanding

MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class JobsStanding:
    """Everything that waits. `failing`: messages with a fault that are tried again; `dead`: those that were given up.

    `notices`: messages to holders by way; `notice_faults`: why some fail. `archive`: None where nothing is archived;
    `failures`: certificates that the archive passed over, and why. `passed_over`: what any other work passed over.
    """

    issues: tuple[IssueStanding, ...]
    questions: Waiting
    question_rows: int
    platforms: tuple[PlatformStanding, ...]
    failing: tuple[MessageReport, ...]
    dead: tuple[MessageReport, ...]
    notices: tuple[NoticeStanding, ...]
    notice_faults: tuple[NoticeFault, ...]
    archive: ArchiveStatus | None
    failures: tuple[ArchiveFailure, ...]
    passed_over: tuple[BackgroundFault, ...]

    @property
    def undelivered(self) -> int:
        """Notices on change that were given up."""
        return sum(one.dead for one in self.notices)

    @property
    def stuck(self) -> int:
        """What goes on only when somebody does something."""
        return sum(one.dead for one in self.platforms)


@dataclass(frozen=True, slots=True)
class BackgroundStanding:
    """What looking needs: each queue by its own reading."""

    board: BackgroundBoard
    unfinished: Callable[[], tuple[str, ...]]
    delivery: Callable[[], PlatformDelivery]
    notices: Callable[[], NoticeDelivery]
    archive: Callable[[], ArchiveStatus | None]
    failures: Callable[[], tuple[ArchiveFailure, ...]]
    faults: FaultBook

    def standing(self) -> JobsStanding:
        """Everything at this moment; nothing is written."""
        delivery, notices, archive = self.delivery(), self.notices(), self.archive()
        waiting = delivery.listed(None, MessageState.WAITING, MOST_LISTED)
        unfinished = self.unfinished()
        return JobsStanding(
            issues=self.board.issues(unfinished[:MOST_LISTED]),
            questions=self.board.questions(),
            question_rows=self.board.question_rows(),
            platforms=delivery.standings(),
            failing=tuple(one for one in waiting if one.last_fault is not None),
            dead=delivery.listed(None, MessageState.DEAD, MOST_LISTED),
            notices=notices.standings(),
            notice_faults=notices.faults(),
            archive=archive,
            failures=() if archive is None else self.failures()[:MOST_LISTED],
            passed_over=self.faults.newest(MOST_LISTED),
        )
