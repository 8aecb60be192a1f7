"""取消当年申报资格: an application with copied or false material ends the person's year (吉人社函〔2022〕38号 四（四）).

Lighter than a credit record: one year, no title is touched, nothing goes to a platform, nothing is public.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import LONGEST_GROUND, LONGEST_REFERENCE, require_words
from certsvc.domain.id_numbers import read_id
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.names import read_name
from certsvc.domain.regions import REGIONS, RegionKind
from certsvc.errors import ConflictError, RequestError

YEAR_CLAUSE: Final = "吉人社函〔2022〕38号 四（四）"
FIRST_YEAR: Final = 2022


class YearStep(StrEnum):
    """What a step does: cancels a person's year, or lifts a cancellation."""

    CANCEL = "cancel"
    LIFT = "lift"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "取消当年申报资格" if self is YearStep.CANCEL else "恢复当年申报资格"


@dataclass(frozen=True, slots=True)
class YearCancellation:
    """One step as proposed. `place`: the city or prefecture of the unit, or the province; `lifts`: what a lifting ends."""

    step: YearStep
    name: str
    document: IdDocument
    year: int
    place: str
    document_ref: str
    decided_on: date
    ground: str
    lifts: str | None = None


@dataclass(frozen=True, slots=True)
class StoredCancellation:
    """A step as it is kept. `checker` and `confirmed_at` are set exactly when it is confirmed."""

    id: str
    cancellation: YearCancellation
    status: DecisionStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None


def require_document(kind: IdKind, number: str) -> IdDocument:
    """A document as written. Raises RequestError when the number is not one of the kind; the number is not repeated."""
    document = read_id(kind, number).document
    if document is None:
        raise RequestError(f"证件号码不是有效的{kind.value}号码。请按证件原件核对后重试。")
    return document


def require_name(written: str) -> str:
    """A person's name in its one form. Raises RequestError."""
    name = read_name(written).name
    if name is None:
        raise RequestError("姓名无法使用：请填写证件上的姓名，不要含无法识别的字符。")
    return name


def year_cancellation(
    name: str,
    document: IdDocument,
    year: int,
    place: str,
    document_ref: str,
    decided_on: date,
    ground: str,
    today: date,
) -> YearCancellation:
    """A cancellation that may be proposed. Raises RequestError for words, a place that is no city, dates to come."""
    region = REGIONS.get(place)
    if region is None or region.kind not in (RegionKind.PROVINCE, RegionKind.CITY):
        raise RequestError("所属地区请填写市（州）或省的六位区划代码。县（市、区）请报所属市（州）办理。")
    _require_timely(decided_on, today)
    if not FIRST_YEAR <= year <= decided_on.year:
        raise RequestError(f"被取消的年度应在 {FIRST_YEAR} 年至决定日期所在年度之间。请核对年度。")
    reference, grounds = _words(document_ref, ground)
    return YearCancellation(
        YearStep.CANCEL, require_name(name), document, year, place, reference, decided_on, grounds
    )


def lifting_year(
    cancelled: StoredCancellation, document_ref: str, decided_on: date, ground: str, today: date
) -> YearCancellation:
    """The step that lifts a cancellation in force. Raises ConflictError when it is not, RequestError as above."""
    told = cancelled.cancellation
    if told.step is not YearStep.CANCEL or cancelled.status is not DecisionStatus.CONFIRMED:
        raise ConflictError("只有已生效的取消当年申报资格可以恢复。请核对编号。")
    _require_timely(decided_on, today)
    if decided_on < told.decided_on:
        raise RequestError("恢复的决定日期不能早于取消的决定日期。请核对决定文书上的日期。")
    reference, grounds = _words(document_ref, ground)
    return replace(
        told,
        step=YearStep.LIFT,
        document_ref=reference,
        decided_on=decided_on,
        ground=grounds,
        lifts=cancelled.id,
    )


def first_day_after(year: int) -> date:
    """The first day on which the person may apply again."""
    return date(year + 1, 1, 1)


def _require_timely(decided_on: date, today: date) -> None:
    if decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对决定文书上的日期。")


def _words(document_ref: str, ground: str) -> tuple[str, str]:
    return (
        require_words(document_ref, "决定文号", LONGEST_REFERENCE),
        require_words(ground, "理由", LONGEST_GROUND),
    )
