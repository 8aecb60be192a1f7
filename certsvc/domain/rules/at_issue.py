"""What may have come between approval and issue: looked at once more in the very transaction that drafts a certificate.

These rules hold, they never refuse: the filing was approved, so a person decides. A held row comes again by a
supplementary filing 补报, which the gate examines in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from certsvc.domain.certificate import Award
from certsvc.domain.facts import HeldTitle
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way

HELD_MEANWHILE = declare(
    code="title-held-at-issue",
    severity=Severity.HOLD,
    clause=f"{REFORM} 五（一）",
    summary="同意备案后，同一人已由另一备案取得同一职称的，暂缓签发",
    message="该人员的同一职称已由另一备案签发证书，本行暂缓签发，不重复发证。请核对两个备案，从其中一个撤出。",
    good="同一人、同系列、同级别、同名称的职称只由一个备案签发",
    bad="两个备案先后同意，均含同一人的同一职称",
)
ENDED_MEANWHILE = declare(
    code="title-ended-before-issue",
    severity=Severity.HOLD,
    clause=f"{REFORM} 四（二）；六（二）",
    summary="同意备案后，该人员已有职称被撤销、核销或认定无效的，暂缓签发",
    message="同意备案以来，该人员已有职称被撤销、核销或认定无效，本行暂缓签发。请核查是否影响本次评审，再行补报或撤出。",
    good="同意备案至签发之间，该人员的职称没有变动",
    bad="同意备案后、签发前，该人员的中级职称被认定无效",
)
CREDIT_MEANWHILE = declare(
    code="credit-block-before-issue",
    severity=Severity.HOLD,
    clause=f"{REFORM} 四（二）",
    summary="同意备案后记入诚信档案的，暂缓签发",
    message="同意备案以来，该人员被记入职称评审诚信档案，本行暂缓签发。请核查后再行补报或撤出。",
    good="同意备案至签发之间，没有新的诚信档案记录",
    bad="同意备案后、签发前记入诚信档案",
)
YEAR_CANCELLED_MEANWHILE = declare(
    code="year-cancelled-before-issue",
    severity=Severity.HOLD,
    clause=f"{REFORM} 四（四）",
    summary="同意备案后被取消当年申报资格的，暂缓签发",
    message="该人员{year}年度申报资格已被取消，本行暂缓签发。请从本批次撤出；取消有误的，撤回取消决定后补报。",
    good="同意备案至签发之间，没有取消当年申报资格",
    bad="同意备案后、签发前被取消当年申报资格",
)
REFERENCE_ANNULLED_MEANWHILE = declare(
    code="reference-annulled-before-issue",
    severity=Severity.HOLD,
    clause=f"{REFORM} 四（六）",
    summary="同意备案后所依据的考试成绩或职业资格被取消的，暂缓签发",
    message="本行所填考试合格证明或依据文号已被取消，本行暂缓签发。请核对后更正补报，或从本批次撤出。",
    good="考试合格证明在签发时仍然有效",
    bad="同意备案后、签发前考试成绩被宣布无效",
)

AT_ISSUE: Final = frozenset(
    rule.code
    for rule in (
        HELD_MEANWHILE,
        ENDED_MEANWHILE,
        CREDIT_MEANWHILE,
        YEAR_CANCELLED_MEANWHILE,
        REFERENCE_ANNULLED_MEANWHILE,
    )
)
"""The codes of findings that only an issue makes."""


@dataclass(frozen=True, slots=True)
class KnownAtIssue:
    """What the drafting transaction knows of the person of a row.

    `held`: titles by certificates of ours that stand, or are on their way, and by published historical records. The others
    tell what was decided after the filing was approved: titles that ended, a credit record, years whose application was
    cancelled, and a proof that the row cites and that was annulled.
    """

    held: tuple[HeldTitle, ...] = ()
    ended: tuple[HeldTitle, ...] = ()
    credit_recorded: bool = False
    cancelled_years: frozenset[int] = frozenset()
    reference_annulled: bool = False


ExamineAtIssue = Callable[[Award, KnownAtIssue], tuple[Finding, ...]]


def examine_at_issue(award: Award, known: KnownAtIssue) -> tuple[Finding, ...]:
    """Why an approved row waits after all; nothing: its certificate may be drafted."""
    return tuple(_findings(award, known))


def _findings(award: Award, known: KnownAtIssue) -> Iterator[Finding]:
    if any(_is_same(award, title) for title in known.held):
        yield HELD_MEANWHILE.finding(row=award.row, column="职称名称")
    if known.ended:
        yield ENDED_MEANWHILE.finding(row=award.row, column="现职称")
    if known.credit_recorded:
        yield CREDIT_MEANWHILE.finding(row=award.row, column="证件号码")
    for year in sorted(known.cancelled_years & {award.review_year or award.acquired_on.year}):
        yield YEAR_CANCELLED_MEANWHILE.finding(row=award.row, column="证件号码", year=year)
    if known.reference_annulled:
        yield REFERENCE_ANNULLED_MEANWHILE.finding(row=award.row, column="依据文号")


def _is_same(award: Award, held: HeldTitle) -> bool:
    """As in the gate (title-already-held): a regular title after the dual-directed one of the same name is another one."""
    same = (held.series, held.level, held.title) == (award.series, award.level, award.title)
    return same and (award.way == int(Way.DUAL_DIRECTED) or not held.dual_directed)
