"""Dependent titles 后续职称: which later titles of a person rest on one that ended. A person decides over each of them.

38号 六（二） declares results void and says nothing of what was built on them, so nothing ends by itself: the list says what
rests on what, and why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from certsvc.domain.facts import HeldTitle
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way
from certsvc.errors import ConflictError, RequestError


class Reason(StrEnum):
    """Why a later title rests on an earlier one, or a title on a proof."""

    PROMOTION = "promotion"
    AFTER_DUAL_DIRECTED = "after_dual_directed"
    CONVERSION = "conversion"
    INCENTIVE = "incentive"
    OTHER_SERIES = "other_series"
    ANNULLED_PROOF = "annulled_proof"

    @property
    def label(self) -> str:
        """The Chinese sentence."""
        return _LABELS[self]


_LABELS: Final = {
    Reason.PROMOTION: "同一系列由原职称晋升",
    Reason.AFTER_DUAL_DIRECTED: "双定向副高级—常规副高级—常规正高级依次晋升",
    Reason.CONVERSION: "由原职称同级改职",
    Reason.INCENTIVE: "激励政策在原职称基础上评定上一级",
    Reason.OTHER_SERIES: "本系列没有下一级职称，由其他系列的原职称晋升",
    Reason.ANNULLED_PROOF: "所依据的考试成绩或职业资格被取消",
}
_WITHOUT_BASE: Final = frozenset({Way.ENTRY_RECOGNITION, Way.GRASSROOTS_DEGREE, Way.OTHER_PROVINCE})
"""Ways that rest on a degree or on another province's title, never on one of ours."""
_INCENTIVES: Final = frozenset({Way.ANTI_EPIDEMIC, Way.AID_MISSION})


@dataclass(frozen=True, slots=True)
class DependentTitle:
    """A later title, why it rests on what ended, and through which title when not directly."""

    title: HeldTitle
    reason: Reason
    through: str | None = None


class DependantStatus(StrEnum):
    """Where an entry stands: open, settled by a person (title kept, or ended by a decision), or lifted with its cause."""

    OPEN = "open"
    KEPT = "kept"
    ENDED = "ended"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class DependantEntry:
    """One entry of the list.

    `cause`: the decision or annulment; `ended`: number of the certificate that ended (None for an annulment). `subject`: what
    a person decides over: the number of a certificate, or a filing row as `备案号/序号` that has none yet.
    """

    id: str
    cause: str
    ended: str | None
    subject: str
    certificate: str | None
    reason: Reason
    through: str | None
    status: DependantStatus
    opened_at: datetime
    note: str | None
    decision: str | None
    actor: str | None
    settled_at: datetime | None


def dependent_titles(ended: HeldTitle, titles: Iterable[HeldTitle]) -> tuple[DependentTitle, ...]:
    """Those of the titles that rest on the ended one, directly or through one another, in the order of acquisition."""
    standing = [one for one in titles if one.number != ended.number]
    found: dict[str, DependentTitle] = {}
    bases = [ended]
    while bases:
        base = bases.pop(0)
        for later in sorted(standing, key=lambda one: (one.acquired_on, one.number)):
            reason = None if later.number in found else _rests_on(later, base, standing)
            if reason is not None:
                through = None if base is ended else base.number
                found[later.number] = DependentTitle(later, reason, through)
                bases.append(later)
    return tuple(sorted(found.values(), key=lambda one: (one.title.acquired_on, one.title.number)))


def _rests_on(later: HeldTitle, base: HeldTitle, titles: list[HeldTitle]) -> Reason | None:
    if later.acquired_on <= base.acquired_on or later.way in _WITHOUT_BASE:
        return None
    if later.way == Way.CONVERSION:
        changed = (later.series, later.title) != (base.series, base.title)
        return Reason.CONVERSION if later.level is base.level and changed else None
    if later.series != base.series:
        return _across_series(later, base, titles)
    if later.level is base.level:
        regular_after_dual = base.dual_directed and not later.dual_directed
        return Reason.AFTER_DUAL_DIRECTED if regular_after_dual else None
    if later.level > base.level or _step_between(later, base, titles):
        return None
    if base.dual_directed and base.level is Level.DEPUTY_SENIOR:
        return Reason.AFTER_DUAL_DIRECTED
    return Reason.INCENTIVE if later.way in _INCENTIVES else Reason.PROMOTION


def _across_series(later: HeldTitle, base: HeldTitle, titles: list[HeldTitle]) -> Reason | None:
    own = any(
        one.series == later.series and one.level > later.level and one.acquired_on < later.acquired_on
        for one in titles
    )
    if own or later.level != base.level - 1:
        return None
    return Reason.INCENTIVE if later.way in _INCENTIVES else Reason.OTHER_SERIES


def _step_between(later: HeldTitle, base: HeldTitle, titles: list[HeldTitle]) -> bool:
    """True when another title of the series lies between: the later one rests on that."""
    return any(
        one.series == base.series
        and one.number != later.number
        and base.acquired_on < one.acquired_on < later.acquired_on
        and (later.level < one.level < base.level or (one.level is base.level and base.dual_directed))
        for one in titles
    )


def require_settlement(
    entry: DependantEntry, outcome: DependantStatus, decision: str | None, note: str | None
) -> None:
    """Raises RequestError for an outcome that is not told in full, ConflictError for an entry settled otherwise."""
    if outcome not in (DependantStatus.KEPT, DependantStatus.ENDED):
        raise RequestError("处理结果只能是 kept（保留）或 ended（已另行作出决定）。")
    if outcome is DependantStatus.KEPT and decision is not None:
        raise RequestError("保留职称的，不要填写决定编号；请写明保留的理由。")
    if outcome is DependantStatus.KEPT and not note:
        raise RequestError("保留职称的，请写明理由。")
    if outcome is DependantStatus.ENDED and entry.certificate is not None and decision is None:
        raise RequestError("终止职称须另行作出撤销、核销或无效决定，请填写已确认的决定编号。")
    if entry.status is not DependantStatus.OPEN and (entry.status, entry.decision, entry.note) != (
        outcome,
        decision,
        note,
    ):
        raise ConflictError("该事项已办结，不能另作处理。情况有变的，请通过撤销、无效或恢复决定办理。")
