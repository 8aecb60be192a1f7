"""How the system stands: ledger, background work, keys, what was refused. Everything is read but one retry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from certsvc.bootstrap import Office
from certsvc.bootstrap.operations_desk import OperationsDesk
from certsvc.domain.caller import Caller
from certsvc.domain.permission import Action
from certsvc.entrypoints.console.access import office_of
from certsvc.entrypoints.console.pages.access import Posting, Viewing
from certsvc.entrypoints.console.pages.action_words import account_words, action_words, object_words
from certsvc.entrypoints.console.pages.rooms import may_enter
from certsvc.entrypoints.console.pages.showing import show
from certsvc.entrypoints.console.pages.tallies import Tally
from certsvc.entrypoints.html.charts import line_chart
from certsvc.entrypoints.html.paging import ROWS, PageNumber, Paging
from certsvc.entrypoints.html.rendering import go_to
from certsvc.entrypoints.http.permitted import needs
from certsvc.entrypoints.http.polling import polled
from certsvc.stages.ledger_health import LedgerStanding

LEDGER: Final = "/console/ledger"
JOBS: Final = "/console/jobs"
KEYS: Final = "/console/keys"
ALARMS: Final = "/console/suspicious"
SAID: Final = {
    "retried": (
        "已安排重新报送，下一轮后台处理时发出。",
        "It will be sent again in the next round of the background work.",
    ),
    "notices-retried": (
        "已安排重新发送，下一轮后台处理时发出。",
        "They will be sent again in the next round of the background work.",
    ),
}
"""What happened, by its code in the address."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_RECENT: Final = timedelta(seconds=15)
_MOST_MESSAGE: Final = 2**31 - 1
Chosen = Annotated[str, Query(alias="action", max_length=64)]
Said = Annotated[str, Query(alias="said", max_length=32)]
router = APIRouter(include_in_schema=False)


@router.get(LEDGER)
@needs(Action.SYSTEM_READ, on="ledger")
def ledger(request: Request, session: Viewing) -> Response:
    """The public checkpoint, its age and witnesses, what waits, how the log grew."""
    standing = _desk(request).ledger(session.caller)
    return show(
        request,
        session,
        "operations/ledger.html.j2",
        standing=standing,
        age=_lasting(standing.sealed_at, standing.now),
        waits=_lasting(standing.waiting.since, standing.now),
        growth=_growth(standing),
    )


@router.get(JOBS)
@needs(Action.SYSTEM_READ, on="jobs")
@polled
def jobs(request: Request, session: Viewing, said: Said = "") -> Response:
    """What waits in the background, what fails, and why."""
    office = office_of(request)
    standing = _desk(request).jobs(session.caller)
    return show(
        request,
        session,
        "operations/jobs.html.j2",
        fragment="jobs",
        standing=standing,
        waits=_lasting(standing.questions.since, office.clock.now()),
        notice=SAID.get(said),
        may_retry=may_enter(Action.PLATFORM_REVIVE, session.caller),
    )


@router.post(JOBS + "/messages/{message}/retry")
@needs(Action.PLATFORM_REVIVE, on="platform-message/{message}")
def retry(
    request: Request, posting: Posting, message: Annotated[int, Path(ge=1, le=_MOST_MESSAGE)]
) -> Response:
    """Let a message that was given up be sent again."""
    _desk(request).revive(message, posting.caller)
    return go_to(f"{JOBS}?said=retried")


@router.post(JOBS + "/notices/retry")
@needs(Action.PLATFORM_REVIVE, on="notice-messages")
def retry_notices(request: Request, posting: Posting) -> Response:
    """Let the messages to holders that were given up be sent again."""
    _desk(request).revive_notices(posting.caller)
    return go_to(f"{JOBS}?said=notices-retried")


@router.get(KEYS)
@needs(Action.SYSTEM_READ, on="keys")
def keys(request: Request, session: Viewing) -> Response:
    """Every key: since, until, days left, what to do."""
    standing = _desk(request).keys(session.caller)
    return show(request, session, "operations/keys.html.j2", standing=standing)


@router.get(ALARMS)
@needs(Action.ALARM_READ, on="alarms")
def alarms(request: Request, session: Viewing, page: PageNumber = 1, action: Chosen = "") -> Response:
    """Numbers that are tried out, and whatever was refused."""
    standing = _desk(request).alarms(session.caller, action or None, (page - 1) * ROWS, ROWS)
    paging = Paging(ALARMS, page, standing.refused.total, {"action": action})
    return show(
        request,
        session,
        "operations/alarms.html.j2",
        fragment="refused",
        standing=standing,
        paging=paging,
        chosen=action,
        action_words=action_words,
        object_words=object_words,
        account_words=account_words,
    )


def tallies(office: Office, caller: Caller) -> Iterator[Tally]:
    """Keys that end within sixty days, messages that were given up, an old checkpoint; as of some seconds ago."""
    if not may_enter(Action.SYSTEM_READ, caller):
        return
    counts = _recent_counts(office, caller)
    if counts.ending:
        yield Tally(
            counts.ending,
            "60 天内到期或不能签署的密钥",
            "Keys that end within 60 days or cannot sign",
            KEYS,
            "limited",
        )
    if counts.stuck:
        yield Tally(
            counts.stuck, "无法送达的报送消息", "Messages to platforms that were given up", JOBS, "failed"
        )
    if counts.undelivered:
        words = "无法送达的变动通知", "Notices on change that were given up"
        yield Tally(counts.undelivered, *words, JOBS, "failed")
    if counts.stale_hours is not None:
        hours = counts.stale_hours
        yield Tally(hours, "小时没有更新公开检查点", "Hours without a new checkpoint", LEDGER, "failed")


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the first page tells of the system, the same for everybody who may read it. `stale_hours` None: renewed in time."""

    at: datetime
    ending: int
    stuck: int
    undelivered: int
    stale_hours: int | None


_KEPT: Final[WeakKeyDictionary[Office, _Counts]] = WeakKeyDictionary()
"""The counts of each office of this process: whoever opens the first page does not read keys, queue and log anew."""


def _recent_counts(office: Office, caller: Caller) -> _Counts:
    now, kept = office.clock.now(), _KEPT.get(office)
    if kept is not None and abs(now - kept.at) < _RECENT:
        return kept
    desk = OperationsDesk(office)
    standing, waiting = desk.ledger(caller), desk.jobs(caller)
    late = standing.age is not None and standing.stale
    hours = int(standing.age.total_seconds()) // _HOUR if late and standing.age is not None else None
    counts = _Counts(now, desk.keys(caller).ending, waiting.stuck, waiting.undelivered, hours)
    _KEPT[office] = counts
    return counts


def _desk(request: Request) -> OperationsDesk:
    return OperationsDesk(office_of(request))


def _lasting(since: datetime | None, now: datetime) -> tuple[str, str]:
    """How long something lasts, in words of both languages; empty where it has not begun."""
    if since is None:
        return "", ""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} 秒", f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} 分钟", f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} 小时", f"{seconds // _HOUR} h"
    return f"{seconds // _DAY} 天", f"{seconds // _DAY} d"


def _growth(standing: LedgerStanding) -> object:
    rows = [(one.on.isoformat(), one.size) for one in standing.growth]
    heads = (("日期", "Day"), ("条数", "Leaves"))
    return line_chart(("账本条数", "Leaves of the log"), heads, rows, ("条", "leaves"))
