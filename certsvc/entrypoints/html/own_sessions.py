"""The list of one's own sessions, and what may be ended of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.entrypoints.html.forms import GivenForm
from certsvc.errors import RequestError
from certsvc.stages.sessions import Sessions

ENDED: Final = {
    "ended": ("这次登录已经结束。", "That session has ended."),
    "others-ended": ("其他浏览器上的登录都已结束。", "All other sessions have ended."),
}
"""What is said after a form, by the code in the address."""


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its owner sees it; `id` is what a form names it by."""

    id: str
    browser: str
    started_at: datetime
    last_seen_at: datetime
    is_this: bool


def lines_of(sessions: Sessions, owner: str, current: bytes) -> Sequence[SessionLine]:
    """The owner's living sessions, the one that asks first."""
    lines = [
        SessionLine(kept.id.hex(), kept.browser, kept.started_at, kept.last_seen_at, kept.id == current)
        for kept in sessions.living_of(owner)
    ]
    return sorted(lines, key=lambda line: not line.is_this)


def end_as_chosen(
    sessions: Sessions, owner: str, current: bytes, caller: Caller, form: GivenForm
) -> str | None:
    """End what the form chose: `others`, `all`, or one by its id; the code of what to say, None: the asker's own ended.

    Raises RequestError for another choice.
    """
    choice = form.text("session", 64)
    if choice == "others":
        sessions.end_of_owner(owner, caller, but=current)
        return "others-ended"
    if choice == "all":
        sessions.end_of_owner(owner, caller)
        return None
    try:
        session = bytes.fromhex(choice)
    except ValueError as error:
        raise RequestError("没有选定要结束的登录。请刷新页面后重试。") from error
    sessions.end_of_owner(owner, caller, only=session)
    return None if session == current else "ended"
