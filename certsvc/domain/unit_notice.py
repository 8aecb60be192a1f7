"""Public naming of units 公开通报: a unit that gave false material is named to everybody (吉人社函〔2022〕38号 四（二）).

Units alone are named: a person's credit record is never public. A notice stays until a decision of its own lifts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.decision_text import (
    LONGEST_GROUND,
    LONGEST_REFERENCE,
    require_no_id_number,
    require_words,
)
from certsvc.domain.unit_codes import read_unit_code
from certsvc.errors import ConflictError, RequestError

NOTICE_CLAUSE: Final = "吉人社函〔2022〕38号 四（二）"
LONGEST_UNIT_NAME: Final = 200  # code points


class NoticeStep(StrEnum):
    """What a unit notice does: names a unit, or lifts a notice that named one."""

    NAME = "name"
    LIFT = "lift"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "公开通报" if self is NoticeStep.NAME else "撤销通报"


class NoticeStatus(StrEnum):
    """Where a step stands: waiting for the second person, in force, or taken back before that."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class UnitNotice:
    """One step as proposed. Everything but `lifts` (the notice that a lifting ends) becomes public."""

    step: NoticeStep
    unit_name: str
    unit_code: str | None
    document_ref: str
    decided_on: date
    ground: str
    lifts: str | None = None


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A step as it is kept. `checker` and `confirmed_at` are set exactly when it is confirmed."""

    id: str
    notice: UnitNotice
    status: NoticeStatus
    maker: str
    proposed_at: datetime
    checker: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """What everybody sees of a unit that is named."""

    id: str
    unit_name: str
    unit_code: str | None
    document_ref: str
    decided_on: date
    ground: str
    published_on: date


def unit_notice(
    unit_name: str, unit_code: str | None, document_ref: str, decided_on: date, ground: str, today: date
) -> UnitNotice:
    """A notice that may be published. Raises RequestError for words that are empty, too long or hold an ID number, a
    unit code that is wrong, and a date in the future.
    """
    name = require_words(unit_name, "单位名称", LONGEST_UNIT_NAME)
    if decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对决定文书上的日期。")
    words = {"单位名称": name}
    words["决定文号"] = require_words(document_ref, "决定文号", LONGEST_REFERENCE)
    words["通报理由"] = require_words(ground, "通报理由", LONGEST_GROUND)
    for what, text in words.items():
        require_no_id_number(text, what)
    return UnitNotice(
        NoticeStep.NAME, name, _checked_code(unit_code), words["决定文号"], decided_on, words["通报理由"]
    )


def lifting(named: StoredNotice, document_ref: str, decided_on: date, ground: str, today: date) -> UnitNotice:
    """The step that lifts a published notice. Raises ConflictError when it is not published, RequestError as above."""
    if named.notice.step is not NoticeStep.NAME or named.status is not NoticeStatus.CONFIRMED:
        raise ConflictError("只有已公布的通报可以撤销。请核对通报编号。")
    if decided_on < named.notice.decided_on:
        raise RequestError("撤销通报的日期不能早于作出通报的日期。请核对决定文书上的日期。")
    fresh = unit_notice(
        named.notice.unit_name, named.notice.unit_code, document_ref, decided_on, ground, today
    )
    return UnitNotice(
        NoticeStep.LIFT,
        fresh.unit_name,
        fresh.unit_code,
        fresh.document_ref,
        decided_on,
        fresh.ground,
        named.id,
    )


def _checked_code(written: str | None) -> str | None:
    if written is None or not written.strip():
        return None
    code = read_unit_code(written).code
    if code is None:
        raise RequestError("统一社会信用代码有误：应为 18 位且校验位正确。请核对后重试，或留空。")
    return code
