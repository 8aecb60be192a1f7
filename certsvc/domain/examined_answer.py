"""The answer to a filing 审查结论 as it is kept: what was told, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.certificate import Award
from certsvc.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """One row: `outcome` is admitted, held or refused; the award of an admitted one."""

    row: int
    outcome: str
    award: Award | None


@dataclass(frozen=True, slots=True)
class ExaminedAnswer:
    """Findings in the order told, the header's first; the rule set that gave them."""

    rule_set: str
    findings: tuple[Finding, ...]
    rows: tuple[AnsweredRow, ...]
