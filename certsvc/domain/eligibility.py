"""Whether a person may apply 申报资格, as far as the register knows: bars, order of promotion, tenure, exclusions.

The codes and clauses are those of the gate's rules; the sentences speak of an application, not of a batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from certsvc.domain.cancelled_year import first_day_after
from certsvc.domain.check_reference import ReferenceKind, reference_kind
from certsvc.domain.eligibility_limits import likely_examined, limits, review_year
from certsvc.domain.facts import CreditBlock, HeldTitle
from certsvc.domain.identity import IdDocument
from certsvc.domain.levels import Level
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import Theme, WayPolicy
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.identity import CREDIT_BLOCK, TITLE_ALREADY_HELD, YEAR_CANCELLED
from certsvc.domain.rules.incentives import EPIDEMIC_AND_REGULAR, SECOND_AID_INCENTIVE
from certsvc.domain.rules.promotion import (
    BASE_TITLE_MISSING,
    LEVEL_SKIP,
    NO_STEP_UP,
    SENIOR_AFTER_DUAL_DIRECTED,
)
from certsvc.domain.rules.registry import Rule
from certsvc.domain.ways import Way

NAME_DIFFERS: Final = "name-differs"
NOT_ESTABLISHED: Final = "qualification-not-established"
_MAPPING_CLAUSE: Final = f"{REFORM} 四（六）"
_NAME_CLAUSE: Final = f"{REFORM} 四（四）"
_HIGH: Final = frozenset({Level.SENIOR, Level.DEPUTY_SENIOR})
_ORDINARY: Final = frozenset(
    {Way.REGULAR, Way.APPOINTMENT_LINKED, Way.SELF_REVIEW, Way.SCHOOL_UP_TO_DEPUTY_SENIOR, Way.SCHOOL_SENIOR}
)


class Effect(StrEnum):
    """What a reason does: it bars the application, or a person has to look (原则上)."""

    BLOCKS = "blocks"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against the application. `free_on`: the first day on which it no longer does, if ever."""

    code: str
    effect: Effect
    clause: str
    message: str
    free_on: date | None = None


@dataclass(frozen=True, slots=True)
class EligibilityQuestion:
    """Who wants to apply for what, and on which day."""

    name: str
    document: IdDocument
    series: int
    level: Level
    way: Way
    applied_on: date


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the register knows of the person. `name_agrees`: with the name on the titles; None without titles."""

    titles: tuple[HeldTitle, ...] = ()
    credit_blocks: tuple[CreditBlock, ...] = ()
    cancelled_years: frozenset[int] = frozenset()
    aided_before: bool = False
    name_agrees: bool | None = None


class TenureSource(StrEnum):
    """Which title the tenure may count from."""

    BASE_TITLE = "base_title"
    DUAL_DIRECTED = "dual_directed"


@dataclass(frozen=True, slots=True)
class TenureStart:
    """From when tenure may count, by the dates of titles; appointments 聘任 are the application system's to know.

    `optional`: the notice says 可 (211号 一（三）); whoever does not use it counts from `otherwise_on`.
    """

    on: date
    source: TenureSource
    number: str
    optional: bool = False
    otherwise_on: date | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer. `free_on`: the first day without a bar of time; None when there is none, or when no day will do."""

    eligible: bool
    reasons: tuple[Reason, ...]
    free_on: date | None
    titles: tuple[HeldTitle, ...]
    base: HeldTitle | None
    tenure_start: TenureStart | None
    aid_incentive_used: bool


def judge_eligibility(question: EligibilityQuestion, facts: PersonFacts, policies: PolicySet) -> Eligibility:
    """The whole answer. Bars go by the document whatever name is given; titles are told to who knows the name.

    Which ways may skip a level is what the policies say on the day of the application.
    """
    known = facts.name_agrees is not False
    titles = tuple(sorted(facts.titles, key=lambda t: (t.acquired_on, t.number))) if known else ()
    base = _base(question, titles)
    reasons = [*_barred(question, facts), *_unfit(question, policies)]
    steps = known and not _may_skip(question, policies)
    reasons += _order(question, titles, base, steps=steps)
    reasons += _exclusions(question, facts, titles, policies)
    if base is not None and reference_kind(base.number) is ReferenceKind.MAPPING:
        reasons.append(_mapped_base())
    if not known:
        reasons.append(_name_differs(barred=_only_dual_directed(question, facts.titles)))
    blocking = [one for one in reasons if one.effect is Effect.BLOCKS]
    return Eligibility(
        eligible=not blocking,
        reasons=tuple(reasons),
        free_on=first_free_day_of(question.applied_on, facts)
        if all(one.free_on for one in blocking)
        else None,
        titles=titles,
        base=base,
        tenure_start=None if base is None else _tenure(base, titles),
        aid_incentive_used=known and facts.aided_before,
    )


def first_free_day_of(applied_on: date, facts: PersonFacts) -> date | None:
    """The first day from `applied_on` on that no credit record and no cancelled year bars; None when it is that day."""
    day = applied_on
    while True:
        later = [block.until_on for block in facts.credit_blocks if block.bars(day)]
        later += [first_day_after(day.year)] if day.year in facts.cancelled_years else []
        if not later:
            return None if day == applied_on else day
        day = max(later)


def _barred(question: EligibilityQuestion, facts: PersonFacts) -> Iterator[Reason]:
    until = [block.until_on for block in facts.credit_blocks if block.bars(question.applied_on)]
    if until:
        message = f"处于职称评审诚信档案记录期内，{max(until).isoformat()}前不得申报。请在记录期满后申报。"
        yield _reason(CREDIT_BLOCK, Effect.BLOCKS, message, max(until))
    year = question.applied_on.year
    if year in facts.cancelled_years:
        message = f"已被取消{year}年度申报资格，本年度不得申报。请在下一年度申报。"
        yield _reason(YEAR_CANCELLED, Effect.BLOCKS, message, first_day_after(year))


def _unfit(question: EligibilityQuestion, policies: PolicySet) -> Iterator[Reason]:
    asked = question.series, question.level, question.applied_on
    for rule, message in limits(question.way, *asked, policies):
        yield _reason(rule, Effect.BLOCKS, message)
    likely = likely_examined(*asked, policies)
    if likely is not None:
        yield _reason(likely[0], Effect.CHECK, likely[1])


def _only_dual_directed(question: EligibilityQuestion, titles: Iterable[HeldTitle]) -> bool:
    """True when the senior title is asked for and every deputy senior one of the series is dual-directed."""
    deputies = [t for t in titles if (t.series, t.level) == (question.series, Level.DEPUTY_SENIOR)]
    return question.level is Level.SENIOR and bool(deputies) and all(one.dual_directed for one in deputies)


def _order(
    question: EligibilityQuestion, titles: tuple[HeldTitle, ...], base: HeldTitle | None, *, steps: bool
) -> Iterator[Reason]:
    """`steps`: the titles are known, and the way leads step by step."""
    level = question.level
    of_series = [title for title in titles if title.series == question.series]
    held = [title for title in of_series if title.level <= level and not title.dual_directed]
    again = question.way is Way.DUAL_DIRECTED and level is Level.DEPUTY_SENIOR
    same = [title for title in of_series if title.level is level and title.dual_directed]
    if again and same:
        message = "已持有本系列双定向副高级职称，不能再次申报双定向。请更正取得方式。"
        yield _reason(TITLE_ALREADY_HELD, Effect.BLOCKS, message)
    elif _only_dual_directed(question, titles):
        message = (
            "现有副高级职称为双定向取得，不能直接晋升正高级。请先申报并取得常规副高级职称，再申报正高级；"
            "任职年限可连续计算，业绩成果可累计计算。"
        )
        yield _reason(SENIOR_AFTER_DUAL_DIRECTED, Effect.BLOCKS, message)
    elif base is None and not held and level in _HIGH and steps:
        message = "本系统没有该系列现职称的记录。请按本人提交的证书核对现职称、级别和取得时间。"
        yield _reason(BASE_TITLE_MISSING, Effect.CHECK, message)
    elif base is not None and base.level > level + 1:
        message = f"由{base.level.label}直接申报{level.label}属于越级。请核对例外依据；无依据的请改报。"
        yield _reason(LEVEL_SKIP, Effect.CHECK, message)
    if held and question.way is not Way.CONVERSION:
        message = f"已持有本系列{held[-1].level.label}职称。属同级改职的请更正取得方式，否则请核对。"
        yield _reason(NO_STEP_UP, Effect.CHECK, message)


def _may_skip(question: EligibilityQuestion, policies: PolicySet) -> bool:
    policy = policies.value(Theme.WAY, question.applied_on, WayPolicy, question.way.label)
    return policy is not None and policy.level_skip


def _exclusions(
    question: EligibilityQuestion, facts: PersonFacts, titles: tuple[HeldTitle, ...], policies: PolicySet
) -> Iterator[Reason]:
    if question.way is Way.AID_MISSION and facts.aided_before:
        message = "此前已享受过援疆援藏援外支教职称激励政策，该政策每人只享受一次。请核实。"
        yield _reason(SECOND_AID_INCENTIVE, Effect.CHECK, message)
    if question.way not in _ORDINARY | {Way.ANTI_EPIDEMIC}:
        return
    excluded = _ORDINARY if question.way is Way.ANTI_EPIDEMIC else frozenset({Way.ANTI_EPIDEMIC})
    year = review_year(question.way, question.applied_on, policies)
    passed = [title for title in titles if title.way in excluded]
    if any((title.review_year or title.acquired_on.year) == year for title in passed):
        message = (
            f"{year}年度已通过正常评审或抗疫激励评审取得职称，两者只能取其一，本次不得申报。请核对评审年度。"
        )
        certain = any(title.review_year == year for title in passed)
        yield _reason(EPIDEMIC_AND_REGULAR, Effect.BLOCKS if certain else Effect.CHECK, message)


def _base(question: EligibilityQuestion, titles: tuple[HeldTitle, ...]) -> HeldTitle | None:
    """The title to be promoted from: the highest below; a dual-directed deputy senior one leads to the regular one only."""

    def leads(title: HeldTitle) -> bool:
        if title.series != question.series:
            return False
        if not title.dual_directed:
            return title.level > question.level
        return question.level is Level.DEPUTY_SENIOR and question.way is not Way.DUAL_DIRECTED

    found = [title for title in titles if leads(title)]
    return min(found, key=lambda title: (title.level, title.acquired_on, title.number), default=None)


def _tenure(base: HeldTitle, titles: tuple[HeldTitle, ...]) -> TenureStart:
    if base.dual_directed:
        return TenureStart(base.acquired_on, TenureSource.DUAL_DIRECTED, base.number, optional=True)
    before = [
        title
        for title in titles
        if title.dual_directed
        and (title.series, title.level) == (base.series, base.level)
        and title.acquired_on < base.acquired_on
    ]
    if not before:
        return TenureStart(base.acquired_on, TenureSource.BASE_TITLE, base.number)
    first = before[0]
    return TenureStart(first.acquired_on, TenureSource.DUAL_DIRECTED, first.number, True, base.acquired_on)


def _name_differs(*, barred: bool) -> Reason:
    """`barred`: the titles bar the application (吉人社函〔2023〕211号 一（三）): no wrong name lifts that, no answer tells it."""
    message = "所填姓名与本系统中该证件号码的姓名不一致，职称信息不予提供。请按证件原件核对姓名和号码。"
    if not barred:
        return Reason(NAME_DIFFERS, Effect.CHECK, _NAME_CLAUSE, message)
    message += "姓名核对一致以前，不能判定可以申报。"
    return Reason(NAME_DIFFERS, Effect.BLOCKS, _NAME_CLAUSE, message)


def _mapped_base() -> Reason:
    message = "现职称依据职业资格与职称对应关系，本系统没有核验该职业资格。请核对职业资格证书原件和对应目录。"
    return Reason(NOT_ESTABLISHED, Effect.CHECK, _MAPPING_CLAUSE, message)


def _reason(rule: Rule, effect: Effect, message: str, free_on: date | None = None) -> Reason:
    return Reason(rule.code, effect, rule.clause, message, free_on)
