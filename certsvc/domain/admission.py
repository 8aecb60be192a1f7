"""What the gate decides for each person: admission, hold 暂缓 or refusal 不予通过."""

from __future__ import annotations

from dataclasses import dataclass

from certsvc.domain.certificate import Award
from certsvc.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Admission:
    """The person may get a certificate. `findings` holds warnings and notes only."""

    row: int
    award: Award
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """The person waits for a human decision; the others go on."""

    row: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The person gets no certificate from this filing."""

    row: int
    findings: tuple[Finding, ...]


Outcome = Admission | Hold | Refusal


@dataclass(frozen=True, slots=True)
class Examination:
    """The gate's answer for a whole filing, under one version of the rule set.

    When `header_findings` holds an error the filing as a whole is refused, whatever the rows say;
    a hold there holds every row that would have been admitted.
    """

    header_findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    rule_set: str
