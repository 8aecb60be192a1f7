"""Counters of plans: they report and never block (“左右”, “每年评审2000名”, “原则上”).

The plans are those of the policies in force: rural talents (吉人社函〔2022〕38号 一（一）3, 二（四）), the anti-epidemic
incentive (吉人社函〔2023〕9号 三), dual-directed posts (吉人社函〔2023〕211号 三); a new document changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from certsvc.domain.policy.document import PolicyDocument, PolicyEntry
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import WHOLE, DualDirectedPosts, Persons, Theme, WayPolicy
from certsvc.domain.registry import CountyProfile
from certsvc.domain.statistics import percent
from certsvc.domain.ways import Way, way_named

CATTLE: Final = "肉牛"
"""The industry that the rural plan leans to: a specialty that has the word in it counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Titles of a way: all that were issued, those in force, those of the cattle industry."""

    issued: int = 0
    in_force: int = 0
    cattle: int = 0


@dataclass(frozen=True, slots=True)
class WayCounts:
    """By the code of the way: titles of the reviews of one year, and of all years."""

    of_year: Mapping[int, Counted]
    ever: Mapping[int, Counted]


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One counter: what is counted, how many, the plan it is held against (None: none is set), a sentence, the clause."""

    name: str
    counted: int
    plan: int | None
    remark: str
    clause: str

    @property
    def used(self) -> str:
        """Percent of the plan, empty without one."""
        return "" if self.plan is None else percent(self.counted, self.plan)


@dataclass(frozen=True, slots=True)
class DualDirected:
    """Holders of one county: valid titles of all years, and titles of the year that is reported."""

    holders: int = 0
    this_year: int = 0


def quota_lines(
    year: int,
    today: date,
    policies: PolicySet,
    ways: WayCounts,
    dual: Mapping[str, DualDirected],
    profiles: Iterable[CountyProfile],
    names: Mapping[str, str],
) -> Iterator[QuotaLine]:
    """The counters of a review year by the plans on its last day (today in a year that has not ended).

    Plans that are no yearly ones are held against the titles of all years. `names`: county code -> name.
    """
    on = min(date(year, 12, 31), today)
    for entry_day, yearly in ((on, True), (today, False)):
        for key, standing in policies.standing(Theme.WAY, entry_day).items():
            way, value = way_named(key), standing[1].value
            if way is None or not isinstance(value, WayPolicy) or value.target is None:
                continue
            if value.target.yearly is yearly:
                counted = (ways.of_year if yearly else ways.ever).get(int(way), Counted())
                yield from _way(way, year if yearly else None, value.target.persons, counted, standing)
    for profile in profiles:
        counts = dual.get(profile.region, DualDirected())
        yield from _county(year, on, names.get(profile.region, profile.region), counts, profile, policies)


def _way(
    way: Way, year: int | None, plan: int, counted: Counted, standing: tuple[PolicyDocument, PolicyEntry]
) -> Iterator[QuotaLine]:
    name = f"{way.label}（历年合计）" if year is None else f"{year}年{way.label}"
    clause = f"{standing[0].document} {standing[1].clause}"
    remark = f"现有效{counted.in_force}人；计划数只用于报告，不限制办理"
    yield QuotaLine(name, counted.issued, plan, remark, clause)
    if way is Way.RURAL_TALENT:
        share = percent(counted.cattle, counted.issued)
        remark = f"占乡村振兴人才的{share}%" if share else "尚无乡村振兴人才"
        yield QuotaLine(f"{name}：肉牛产业", counted.cattle, None, remark, clause)


def _county(
    year: int, on: date, name: str, counted: DualDirected, profile: CountyProfile, policies: PolicySet
) -> Iterator[QuotaLine]:
    found = policies.standing(Theme.DUAL_DIRECTED_POSTS, on).get(WHOLE)
    if found is None or not isinstance(found[1].value, DualDirectedPosts):
        return
    clause, most = f"{found[0].document} {found[1].clause}", found[1].value.percent
    regular = profile.regular_deputy_senior_posts
    remark = f"常规副高级岗位{regular}个的{most}%，岗位数额{profile.quota}个"
    if counted.holders * 100 > regular * most:
        remark += "；已超过（原则上不超过）"
    yield QuotaLine(f"{name}双定向：累计有效", counted.holders, regular * most // 100, remark, clause)
    usable = profile.usable.get(year)
    by_policy = policies.value(Theme.DUAL_DIRECTED_USABLE, on, Persons, profile.region)
    if by_policy is not None:
        usable = by_policy.persons
    remark = "未登记年度可用数" if usable is None else f"岗位数额{profile.quota}个中的年度可用数"
    if usable is not None and counted.this_year > usable:
        remark += "；已超过"
    yield QuotaLine(f"{name}双定向：{year}年度", counted.this_year, usable, remark, clause)
