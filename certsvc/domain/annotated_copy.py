"""Annotated copies 加注件: a holder's copy of a certificate for one recipient and one purpose, ended by its own date.

A copy is stamped and signed like a certificate, and checks as what it is. At most three of one certificate are live at
a time, none longer than 90 days, so that no copy takes the place of the certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from certsvc.domain.certificate_status import CertificateStatus
from certsvc.domain.decision_text import require_no_id_number, require_words
from certsvc.domain.share_grant import new_code
from certsvc.errors import ConflictError, RequestError

LONGEST_DAYS: Final = 90
MOST_LIVE: Final = 3
LONGEST_RECIPIENT: Final = 30  # code points
LONGEST_PURPOSE: Final = 20
_RANDOM_SYMBOLS: Final = 15  # 74 bits


class CopyStanding(StrEnum):
    """Whether a copy may be used."""

    LIVE = "live"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    NOT_IN_FORCE = "not-in-force"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return _STANDING_LABELS[self]


_STANDING_LABELS: Final = {
    CopyStanding.LIVE: "可使用",
    CopyStanding.ENDED: "已到期",
    CopyStanding.WITHDRAWN: "已停用",
    CopyStanding.NOT_IN_FORCE: "不可使用（证书已不是“有效”）",
}


@dataclass(frozen=True, slots=True)
class CopyWords:
    """The holder's own words: for whom the copy is, and for what."""

    recipient: str
    purpose: str


@dataclass(frozen=True, slots=True)
class AnnotatedCopy:
    """A copy as it is kept. `ends_on` is the last day it may be used, counted in Asia/Shanghai; `ready`: its document is kept.

    `certificate_status`: how the version of the certificate that it is a copy of stands when the copy is read.
    """

    id: str
    number: str
    version: int
    words: CopyWords
    made_at: datetime
    ends_on: date
    ready: bool = False
    withdrawn_at: datetime | None = None
    certificate_status: CertificateStatus = CertificateStatus.VALID

    def standing(self, today: date) -> CopyStanding:
        """Whether it may be used on a day; what its holder has ended stays that, whatever the day or the certificate."""
        if self.withdrawn_at is not None:
            return CopyStanding.WITHDRAWN
        if today > self.ends_on:
            return CopyStanding.ENDED
        in_force = self.certificate_status is CertificateStatus.VALID
        return CopyStanding.LIVE if in_force else CopyStanding.NOT_IN_FORCE


def new_copy_id(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh id: `J` and 15 symbols that nobody can guess."""
    return "J" + new_code(random_bytes)[:_RANDOM_SYMBOLS]


def copy_words(recipient: str, purpose: str) -> CopyWords:
    """The words in normal form. Raises RequestError when they are empty, too long, cannot be shown, or hold an ID number."""
    words = CopyWords(
        require_words(recipient, "接收单位", LONGEST_RECIPIENT),
        require_words(purpose, "用途", LONGEST_PURPOSE),
    )
    require_no_id_number(words.recipient, "接收单位")
    require_no_id_number(words.purpose, "用途")
    return words


def require_printable(missing: Iterable[str]) -> None:
    """Raises RequestError, naming the characters, when the fonts lack some of the words."""
    lacking = "、".join(f"“{one}”" for one in sorted(missing))
    if lacking:
        raise RequestError(f"接收单位或用途中的{lacking}暂时无法印制（字库缺字）。请换一种写法后重试。")


def require_space(too_long: Iterable[str]) -> None:
    """Raises RequestError, naming the texts, when some fit nowhere on the page."""
    texts = "、".join(f"“{one}”" for one in too_long)
    if texts:
        raise RequestError(f"{texts}太长，加注件上印不下。请缩短后重试。")


def require_end(ends_on: date, today: date) -> None:
    """Raises RequestError for a last day that is over, or lies more than 90 days ahead."""
    latest = today + timedelta(days=LONGEST_DAYS)
    if ends_on < today:
        raise RequestError(f"到期日不能早于今天（{_chinese(today)}）。请重新选择到期日。")
    if ends_on > latest:
        raise RequestError(
            f"加注件的有效期最长 {LONGEST_DAYS} 天，到期日最晚为{_chinese(latest)}。请重新选择到期日。"
        )


def require_in_force(status: CertificateStatus) -> None:
    """Raises ConflictError unless the certificate is in force now."""
    if status is not CertificateStatus.VALID:
        raise ConflictError(f"该证书目前为“{status.label}”，不能办理加注件；只有“有效”的证书可以办理。")


def require_usable(copy: AnnotatedCopy, today: date) -> None:
    """Raises ConflictError unless the copy may be used today, its certificate being in force."""
    standing = copy.standing(today)
    if standing is CopyStanding.NOT_IN_FORCE:
        raise ConflictError(
            f"这份加注件所依据的证书目前为“{copy.certificate_status.label}”，加注件不能再下载或使用。"
            "请先核对证书状态；证书有效后可以另行办理。"
        )
    if standing is not CopyStanding.LIVE:
        raise ConflictError(f"这份加注件{standing.label}，不能再下载。请按需要另行办理。")


def require_room(copies: Sequence[AnnotatedCopy], version: int, today: date) -> None:
    """Raises ConflictError when three copies of this version are live already; those of a replaced version take no room."""
    own = [one for one in copies if one.version == version]
    live = [one.ends_on for one in own if one.standing(today) is CopyStanding.LIVE]
    if len(live) >= MOST_LIVE:
        raise ConflictError(
            f"同一份证书最多可有 {MOST_LIVE} 份可使用的加注件，现已有 {len(live)} 份，最早的一份{_chinese(min(live))}到期。"
            "请先停用不再需要的一份，或在其到期后再办理。"
        )


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
