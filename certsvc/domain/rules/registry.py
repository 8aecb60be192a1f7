"""The registry of rules: every finding the gate can make is declared here once, by its rule.

A module of a theme declares its rules as constants and makes findings through them::

    LEVEL_SKIP = declare(
        code="level-skip", severity=Severity.HOLD, case=72,
        clause="吉人社函〔2022〕38号 六（一）",
        summary="原则上不得越级破格；越级申报须有例外依据",
        message="由{base}直接申报{level}属于越级……请补充依据文号，或改报……",
        good="现职称级别 副高级 → 申报级别 正高级", bad="现职称级别 中级 → 申报级别 正高级",
    )
    ...
    yield LEVEL_SKIP.finding(row=row.number, column="现职称级别", base="中级", level="正高级")

A rule that comes later says in `since` with which rule set, so that a past filing is examined again by the rules of its
day (docs/decisions/0011). The reference page of rules in `docs/` is generated from this registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from certsvc.domain.findings import Finding, Severity

RULE_SETS = ("2026-11-21.1", "2026-11-21.2", "2026-11-21.3")
OLDEST_RULE_SET, RULE_SET_VERSION = RULE_SETS[0], RULE_SETS[-1]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: stable kebab-case `code`, clause of the notice, severity, and an example of each kind.

    `since`: the rule set that brought it.
    """

    code: str
    severity: Severity
    clause: str
    summary: str
    message: str
    good: str
    bad: str
    case: int | None = None
    since: str = OLDEST_RULE_SET

    def finding(self, *, row: int | None = None, column: str | None = None, **values: object) -> Finding:
        """The finding of this rule at a place; `values` fill the message's named fields."""
        return Finding(
            code=self.code,
            severity=self.severity,
            clause=self.clause,
            message=self.message.format(**values),
            row=row,
            column=column,
            case=self.case,
        )


_RULES: dict[str, Rule] = {}


def declare(
    *,
    code: str,
    severity: Severity,
    clause: str,
    summary: str,
    message: str,
    good: str,
    bad: str,
    case: int | None = None,
    since: str = OLDEST_RULE_SET,
) -> Rule:
    """Register a rule. Raises ValueError when the code is taken (a code means one thing for ever) or `since` unknown."""
    if code in _RULES:
        raise ValueError(f"rule code declared twice: {code}")
    if since not in RULE_SETS:
        raise ValueError(f"no rule set {since} for the rule {code}")
    rule = Rule(code, severity, clause, summary, message, good, bad, case, since)
    _RULES[code] = rule
    return rule


def declared_rules() -> tuple[Rule, ...]:
    """Every rule declared by the modules imported so far, by code."""
    return tuple(_RULES[code] for code in sorted(_RULES))


def findings_under(findings: Iterable[Finding], rule_set: str) -> tuple[Finding, ...]:
    """The findings without those of rules that came after a rule set.

    A version older than the list counts as the oldest; one that this program does not know yet, as its newest.
    """
    if rule_set not in RULE_SETS:
        rule_set = OLDEST_RULE_SET if rule_set < OLDEST_RULE_SET else RULE_SET_VERSION
    later = RULE_SETS[RULE_SETS.index(rule_set) + 1 :]
    if not later:
        return tuple(findings)
    return tuple(one for one in findings if one.code not in _RULES or _RULES[one.code].since not in later)
