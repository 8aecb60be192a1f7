"""What a way of acquiring allows on the day of an application, out of the same policies that the gate refuses by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.levels import Level
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import ApplicationWindow, ChannelPolicy, Examination, Theme, WayPolicy
from certsvc.domain.rules.dual_directed import LOWER_LEVEL, SENIOR_LEVEL
from certsvc.domain.rules.incentives import (
    GRASSROOTS_3010,
    GRASSROOTS_DEGREE,
    SKILLED_WORKER_FIELD,
    TALENT_LEVEL,
)
from certsvc.domain.rules.registry import Rule
from certsvc.domain.rules.titles import (
    EXAMINATION_LIKELY,
    EXAMINATION_ONLY,
    WAY_LEVEL,
    WAY_NOT_BY_FILING,
    WAY_NOT_IN_FORCE,
    WAY_SERIES,
)
from certsvc.domain.series import SERIES
from certsvc.domain.ways import Way

Limit = tuple[Rule, str]
"""The gate's rule, and the sentence for an applicant."""
_LEVEL_RULES: Final = {
    Way.GRASSROOTS_3010: GRASSROOTS_3010,
    Way.GRASSROOTS_DEGREE: GRASSROOTS_DEGREE,
    Way.TALENT_INCENTIVE: TALENT_LEVEL,
}
_BEGUN_BY_NOTICE: Final = frozenset({Way.DUAL_DIRECTED, Way.RURAL_TALENT})


def limits(way: Way, series: int, level: Level, on: date, policies: PolicySet) -> Iterator[Limit]:
    """What the gate would always refuse. A way of which no policy of the day says anything is left to the gate's hold."""
    policy = policies.value(Theme.WAY, on, WayPolicy, way.label)
    examination = policies.value(Theme.EXAMINATION, on, Examination, SERIES[series])
    if policy is None:
        yield from _without_policy(way, on, policies)
    elif not policy.by_filing:
        yield (
            WAY_NOT_BY_FILING,
            f"“{way.label}”不经评审委员会评审，不能申报评审。请走相应的确认或历史数据程序。",
        )
    else:
        yield from _of_way(way, series, level, policy)
        if not policy.examined and examination is not None and examination.certain:
            yield (
                _LEVEL_RULES.get(way, WAY_SERIES),
                f"“{way.label}”不含考试系列（{SERIES[series]}）。请更正申报系列或取得方式。",
            )
    if examination is not None and examination.certain and level in examination.only:
        message = f"{SERIES[series]}{level.label}实行以考代评，不由评委会评审。请参加全国统一考试取得。"
        yield EXAMINATION_ONLY, message


def likely_examined(series: int, level: Level, on: date, policies: PolicySet) -> Limit | None:
    """What the gate holds: a level that is usually reached by the national examination."""
    examination = policies.value(Theme.EXAMINATION, on, Examination, SERIES[series])
    if examination is None or examination.certain or level not in examination.only:
        return None
    return EXAMINATION_LIKELY, f"{SERIES[series]}{level.label}一般通过全国统一考试取得。请核实评审依据。"


def review_year(way: Way, on: date, policies: PolicySet) -> int:
    """The review year 评审年度 that an application belongs to: that of the window 申报时间 it falls into.

    Without a window it is the year of the application; for the epidemic incentive the year before, whose applications
    are taken in the February after it (吉人社函〔2023〕9号 六（三）).
    """
    channel = policies.value(Theme.CHANNEL, on, ChannelPolicy, way.label)
    for _key, window in policies.values(Theme.APPLICATION_WINDOW, on, ApplicationWindow):
        of_way = channel is not None and window.category == channel.category
        if of_way and window.opens_on <= on <= window.closes_on:
            return window.review_year
    return on.year - 1 if way is Way.ANTI_EPIDEMIC else on.year


def _without_policy(way: Way, on: date, policies: PolicySet) -> Iterator[Limit]:
    first = policies.first_day(Theme.WAY, way.label)
    if first is not None and on >= first:
        yield WAY_NOT_IN_FORCE, f"申报之日“{way.label}”的政策已经停止施行。请更正取得方式。"
    elif first is not None and way in _BEGUN_BY_NOTICE:
        message = f"“{way.label}”自{first.isoformat()}起开展，申报之日尚未施行。请更正申报日期或取得方式。"
        yield WAY_NOT_IN_FORCE, message


def _of_way(way: Way, series: int, level: Level, policy: WayPolicy) -> Iterator[Limit]:
    if level not in policy.levels:
        if way is Way.DUAL_DIRECTED:
            rule = SENIOR_LEVEL if level is Level.SENIOR else LOWER_LEVEL
            yield rule, f"双定向只评审副高级，不能申报{level.label}。请更正申报级别或取得方式。"
        else:
            levels = "、".join(one.label for one in sorted(policy.levels))
            message = f"“{way.label}”限于{levels}，不能申报{level.label}。请更正申报级别或取得方式。"
            yield _LEVEL_RULES.get(way, WAY_LEVEL), message
    if policy.series is not None and series not in policy.series:
        names = "、".join(SERIES[code] for code in sorted(policy.series))
        rule = SKILLED_WORKER_FIELD if way is Way.SKILLED_WORKER else WAY_SERIES
        yield rule, f"“{way.label}”限于{names}。请更正申报系列或取得方式。"
