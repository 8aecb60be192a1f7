"""Archive objects: certificate PDFs that carry their own proof of time and validation material (ETSI EN 319 142-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

RENEW_BEFORE: Final = timedelta(days=90)
MOST_SKEW: Final = timedelta(minutes=5)
"""By how much the clocks of timestamp servers may differ from ours, and from each other."""


class ArchiveLevel(StrEnum):
    """How much of its own proof a file carries, each level with everything of those before it."""

    B_T = "B-T"
    """A timestamp over the signature: it existed at that time."""
    B_LT = "B-LT"
    """Certificates and revocation lists too: it can be validated without asking anybody."""
    B_LTA = "B-LTA"
    """A timestamp over these: they can be believed after their own certificates ended."""

    @property
    def rank(self) -> int:
        """For comparing: higher is more."""
        return tuple(ArchiveLevel).index(self)


@dataclass(frozen=True, slots=True)
class DocumentTimestamp:
    """One timestamp in a file. `ends_at`: when the first certificate of its chain ends. `hash_algorithm`: `sha256`, …"""

    at: datetime
    ends_at: datetime
    hash_algorithm: str

    @property
    def renew_at(self) -> datetime:
        """From when a further timestamp is due: 90 days before its end, or the last quarter of a shorter life."""
        return self.ends_at - min(RENEW_BEFORE, (self.ends_at - self.at) / 4)

    def is_worth_it_after(self, ends_at: datetime) -> bool:
        """Whether it may renew one that ends then: it shall not want a renewal itself before that, or renewals would follow
        each other at ever shorter distances."""
        return self.renew_at >= ends_at


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What a validation found in a file: its level, and its timestamps, oldest first."""

    level: ArchiveLevel
    timestamps: tuple[DocumentTimestamp, ...]

    @property
    def last(self) -> DocumentTimestamp:
        """The timestamp on which everything else rests."""
        return self.timestamps[-1]


@dataclass(frozen=True, slots=True)
class ArchiveObject:
    """One kept file: the `generation`-th of a certificate version (1 is the first). `sha256` in hex; `renew_at`: when its
    last timestamp wants another over it.
    """

    number: str
    version: int
    generation: int
    level: ArchiveLevel
    made_at: datetime
    sha256: str
    hash_algorithm: str
    timestamped_at: datetime
    renew_at: datetime


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """A certificate version that has no archive object yet, or one that wants more. `sha256`: of the served PDF, hex."""

    number: str
    version: int
    sha256: str
    newest: ArchiveObject | None


class ArchiveFault(StrEnum):
    """Why a certificate version could not be archived, or why a kept archive object does not hold."""

    MISSING = "missing"
    ALTERED = "altered"
    NOT_A_CONTINUATION = "not-a-continuation"
    UNREADABLE = "unreadable"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    MATERIAL = "material"
    LIST_TOO_LARGE = "list-too-large"
    NO_LONGER = "no-longer"

    @property
    def words(self) -> str:
        """What a person is told, in Chinese."""
        return _WORDS[self]


_WORDS: Final = {
    ArchiveFault.MISSING: "文件缺失",
    ArchiveFault.ALTERED: "文件与登记的摘要不符",
    ArchiveFault.NOT_A_CONTINUATION: "不是以证书原文件为开头的续写",
    ArchiveFault.UNREADABLE: "文件无法读取",
    ArchiveFault.SIGNATURE: "签名验证未通过",
    ArchiveFault.TIMESTAMP: "时间戳验证未通过",
    ArchiveFault.LIST_TOO_LARGE: "吊销列表超过可放入归档文件的大小（CERTSVC_ARCHIVE_LARGEST_LIST）",
    ArchiveFault.NO_LONGER: "时间戳服务仍用旧证书，续加的时间戳不能延长保存期",
    ArchiveFault.MATERIAL: "证书链未能验证（已到期、已吊销，或缺少有效的吊销列表）",
}


@dataclass(frozen=True, slots=True)
class ArchiveFailure:
    """A certificate version that was passed over, and from when it is tried again."""

    number: str
    version: int
    fault: ArchiveFault
    failed_at: datetime
    attempts: int
    next_try_at: datetime


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """Where the archive stands: published certificate versions by level, those to do now, those that failed; and, of all levels,
    those whose last timestamp is due for another, and when the next one is.
    """

    total: int
    levels: dict[ArchiveLevel, int]
    waiting: int
    failed: int
    renewals_due: int
    next_renewal_at: datetime | None
