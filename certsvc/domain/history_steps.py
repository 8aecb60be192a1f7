"""Steps of a historical record, and the states of its versions that each of them takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.history import HistoricalRecord, HistoryState
from certsvc.errors import ConflictError

_STANDING: Final = frozenset({HistoryState.CONFIRMED, HistoryState.PUBLISHED})
_CHANGEABLE: Final = _STANDING | {HistoryState.DISPUTED}


class RecordStep(StrEnum):
    """What somebody can do to a record after its import."""

    DISPUTE = "dispute"
    SETTLE = "settlement"
    CORRECT = "correction"
    CONFIRM = "confirmation"
    REVOKE = "revocation"
    CONFIRM_REVOCATION = "revocation-confirmation"


def require_standing(versions: Sequence[HistoricalRecord]) -> None:
    """Raises ConflictError unless an objection can be recorded."""
    if versions[-1].state not in _STANDING:
        raise ConflictError(f"该记录目前为“{versions[-1].state.label}”，不能登记异议。请先核对记录状态。")


def require_disputed(versions: Sequence[HistoricalRecord]) -> None:
    """Raises ConflictError unless an objection waits to be settled."""
    if versions[-1].state is not HistoryState.DISPUTED:
        raise ConflictError("该记录目前没有等待处理的异议（或已有更正等待确认）。请先核对记录状态。")


def require_correctable(versions: Sequence[HistoricalRecord]) -> None:
    """Raises ConflictError unless a corrected version can be proposed."""
    if versions[-1].state not in _CHANGEABLE:
        raise ConflictError(f"该记录目前为“{versions[-1].state.label}”，不能更正。请先核对记录状态。")


def require_correction(versions: Sequence[HistoricalRecord]) -> None:
    """Raises ConflictError unless a corrected version waits to be confirmed."""
    if versions[-1].state is not HistoryState.GRADED or len(versions) < 2:
        raise ConflictError("该记录没有等待确认的更正；首次导入的记录请用导入编号确认。")
    require_correctable(versions[:-1])


def require_revocable(versions: Sequence[HistoricalRecord]) -> None:
    """Raises ConflictError unless the record can be revoked."""
    if versions[-1].state not in _CHANGEABLE:
        raise ConflictError(f"该记录目前为“{versions[-1].state.label}”，不能撤销。请先核对记录状态。")


_RULES: Final[Mapping[RecordStep, Callable[[Sequence[HistoricalRecord]], None]]] = MappingProxyType(
    {
        RecordStep.DISPUTE: require_standing,
        RecordStep.SETTLE: require_disputed,
        RecordStep.CORRECT: require_correctable,
        RecordStep.CONFIRM: require_correction,
        RecordStep.REVOKE: require_revocable,
        RecordStep.CONFIRM_REVOCATION: require_revocable,
    }
)


def takes(versions: Sequence[HistoricalRecord], step: RecordStep) -> bool:
    """Whether a record in this state takes a step, whoever it is that asks."""
    try:
        _RULES[step](versions)
    except ConflictError:
        return False
    return True
