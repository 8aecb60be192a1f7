"""Findings 审查意见: what the gate says of a filing, all at once (一次性告知)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How a finding acts: an error refuses, a hold keeps waiting, the others let pass."""

    ERROR = "error"
    HOLD = "hold"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence to the filing clerk, traceable to a rule and its clause.

    `row` is the 序号 of the row (None: the batch header or the file); `column` is the header text of the
    column or the key of the 批次信息 sheet; `case` is the number in the catalogue of bad inputs, where it
    has one. `message` is Chinese, says what is wrong and what to do, and holds no personal value.
    """

    code: str
    severity: Severity
    clause: str
    message: str
    row: int | None = None
    column: str | None = None
    case: int | None = None


def stops(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """True when any of the findings is an error."""
    return any(f.severity is Severity.ERROR for f in findings)


def holds(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """True when any of the findings is a hold."""
    return any(f.severity is Severity.HOLD for f in findings)
