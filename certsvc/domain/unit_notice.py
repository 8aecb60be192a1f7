"""Public naming of units 公开通报: a unit that gave false material is named to everybody (吉人社函〔2022〕38号 四（二）).

Units alone are named: a person's credit record is never public. A notice stays until a decision of its own lifts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.decision import DecisionStatus
from certsvc.domain.decision_text import (
    LONGEST_GROUND,
    LONGEST_REFERENCE,
    require_no_id_number,
    require_public,
    require_words,
)
from certsvc.domain.unit_codes import read_unit_code
from certsvc.domain.unit_names import require_unit_name
from certsvc.errors import ConflictError, RequestError

NOTICE_CLAUSE: Final = "吉人社函〔2022〕38号 四（二）"
NAMED_SINCE: Final = date(2022, 4, 20)
"""The day of the notice that knows public naming: no decision is older."""
LONGEST_UNIT_NAME: Final = 200  # code points


class NoticeStep(StrEnum):
    """What a unit notice does: names a unit, or lifts a notice that named one."""

    NAME = "name"
    LIFT = "lift"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return "公开通报" if self is NoticeStep.NAME else "撤销通报"


@dataclass(frozen=True, slots=True)
class UnitNotice:
    """One step as proposed. Public but for `lifts` (the notice that a lifting ends) and `certificates`, the numbers of
    those whose holders the case is about.
    """

    step: NoticeStep
    unit_name: str
    unit_code: str | None
    document_ref: str
    decided_on: date
    ground: str
    lifts: str | None = None
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A step as it is kept. `checker` and `confirmed_at` are set exactly when it is confirmed."""

    id: str
    notice: UnitNotice
    status: DecisionStatus
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
    unit_name: str,
    unit_code: str | None,
    document_ref: str,
    decided_on: date,
    ground: str,
    today: date,
    certificates: Iterable[str] = (),
) -> UnitNotice:
    """A notice that may be published. Raises RequestError for words that are empty, too long or hold an ID number, a
    name that is no organisation's, a unit code that is missing or wrong, and a date in the future
    or before public naming was introduced.
    """
    name = require_words(unit_name, "单位名称", LONGEST_UNIT_NAME)
    require_no_id_number(name, "单位名称")
    require_unit_name(name)
    code = _checked_code(unit_code)
    reference, grounds = _words(document_ref, decided_on, ground, today)
    numbers = tuple(sorted({number.strip().upper() for number in certificates}))
    return UnitNotice(NoticeStep.NAME, name, code, reference, decided_on, grounds, certificates=numbers)


def lifting(named: StoredNotice, document_ref: str, decided_on: date, ground: str, today: date) -> UnitNotice:
    """The step that lifts a published notice. Raises ConflictError when it is not published, RequestError as above."""
    if named.notice.step is not NoticeStep.NAME or named.status is not DecisionStatus.CONFIRMED:
        raise ConflictError("只有已公布的通报可以撤销。请核对通报编号。")
    if decided_on < named.notice.decided_on:
        raise RequestError("撤销通报的日期不能早于作出通报的日期。请核对决定文书上的日期。")
    reference, grounds = _words(document_ref, decided_on, ground, today)
    return replace(
        named.notice,
        step=NoticeStep.LIFT,
        document_ref=reference,
        decided_on=decided_on,
        ground=grounds,
        lifts=named.id,
    )


def require_nobody_named(notice: UnitNotice, people: Iterable[tuple[str, str]]) -> None:
    """Raises RequestError when a public text of the step holds a name or an ID number of one of the people.

    The unit's name is not looked at when a notice is lifted: what is published already must be liftable.
    """
    words = {"决定文号": notice.document_ref, "通报理由": notice.ground}
    if notice.step is NoticeStep.NAME:
        words["单位名称"] = notice.unit_name
    for name, id_number in people:
        for what, text in words.items():
            require_public(text, what, (name,), id_number)


def _words(document_ref: str, decided_on: date, ground: str, today: date) -> tuple[str, str]:
    if decided_on > today:
        raise RequestError("决定日期不能晚于今天。请核对决定文书上的日期。")
    if decided_on < NAMED_SINCE:
        raise RequestError(
            f"决定日期不能早于吉人社函〔2022〕38号印发之日（{NAMED_SINCE.isoformat()}）。请核对决定文书上的日期。"
        )
    reference = require_words(document_ref, "决定文号", LONGEST_REFERENCE)
    grounds = require_words(ground, "通报理由", LONGEST_GROUND)
    require_no_id_number(reference, "决定文号")
    require_no_id_number(grounds, "通报理由")
    return reference, grounds


def _checked_code(written: str | None) -> str:
    if written is None or not written.strip():
        raise RequestError("请填写单位的统一社会信用代码：只有单位可以公开通报，个人不公开通报。")
    code = read_unit_code(written).code
    if code is None:
        raise RequestError("统一社会信用代码有误：应为 18 位且校验位正确。请核对后重试。")
    return code
