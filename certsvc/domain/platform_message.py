"""Messages to the two national platforms: what stands in the credit archive, and which titles the province gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST_WAIT_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 6 * 60 * 60
MOST_ATTEMPTS: Final = 60


class Platform(StrEnum):
    """全国信用信息共享平台 (吉人社函〔2022〕38号 四（二）), and 全国职称评审信息查询."""

    CREDIT = "credit"
    TITLES = "titles"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _PLATFORMS[self]


_PLATFORMS: Final = {Platform.CREDIT: "全国信用信息共享平台", Platform.TITLES: "全国职称评审信息查询平台"}


class MessageKind(StrEnum):
    """`open`, `withdraw`: a credit record. `publish`, `replace`, `change`: a title, its corrected version, its status."""

    OPEN = "open"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    REPLACE = "replace"
    CHANGE = "change"


class MessageState(StrEnum):
    """Where a message stands. `dead`: given up until somebody asks for another try."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _STATES[self]


_STATES: Final = {
    MessageState.WAITING: "待送达",
    MessageState.DELIVERED: "已送达",
    MessageState.DEAD: "无法送达",
}


@dataclass(frozen=True, slots=True)
class PlatformMessage:
    """One message. Messages of one `subject` (credit record, certificate number) are delivered in their order.

    `key`: the idempotency key, the same at every attempt.
    """

    platform: Platform
    kind: MessageKind
    subject: str
    key: str
    content: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class MessageReport:
    """What the operator sees of a message: nothing of its content."""

    id: int
    platform: Platform
    kind: MessageKind
    subject: str
    key: str
    state: MessageState
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime
    last_fault: str | None
    receipt: str | None


def wait_after(attempts: int) -> int:
    """Seconds from attempt number `attempts` (1 is the first) to the next: doubled each time, up to six hours."""
    return min(FIRST_WAIT_SECONDS << min(attempts - 1, 16), LONGEST_WAIT_SECONDS)
