"""Counters of yearly plans: they report and never block (“左右”, “每年评审2000名”, “原则上”).

Rural talents: 吉人社函〔2022〕38号 一（一）3 and 二（四）; anti-epidemic incentive of 2022: 吉人社函〔2023〕9号 三;
dual-directed posts: 吉人社函〔2023〕211号 三.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from certsvc.domain.registry import CountyProfile
from certsvc.domain.statistics import percent
from certsvc.domain.ways import Way

RURAL_CLAUSE: Final = "吉人社函〔2022〕38号 一（一）3、二（四）"
ANTI_EPIDEMIC_CLAUSE: Final = "吉人社函〔2023〕9号 三"
DUAL_CLAUSE: Final = "吉人社函〔2023〕211号 三"
RURAL_A_YEAR: Final = 2000
RURAL_SINCE: Final = 2021
ANTI_EPIDEMIC_ABOUT: Final = 1600
ANTI_EPIDEMIC_YEAR: Final = 2022
CATTLE: Final = "肉牛"
"""The industry that the rural plan leans to: a specialty that has the word in it counts."""
_MOST_PERCENT: Final = 10


@dataclass(frozen=True, slots=True)
class Counted:
    """Titles of a way acquired by review of a year: all that were issued, those in force, those of the cattle industry."""

    issued: int = 0
    in_force: int = 0
    cattle: int = 0


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
    by_way: Mapping[int, Counted],
    dual: Mapping[str, DualDirected],
    profiles: Iterable[CountyProfile],
    names: Mapping[str, str],
) -> Iterator[QuotaLine]:
    """The counters of a review year. `names`: county code -> name."""
    if year >= RURAL_SINCE:
        yield from _rural(year, by_way.get(int(Way.RURAL_TALENT), Counted()))
    if year == ANTI_EPIDEMIC_YEAR:
        yield _anti_epidemic(by_way.get(int(Way.ANTI_EPIDEMIC), Counted()))
    for profile in profiles:
        counted = dual.get(profile.region, DualDirected())
        yield from _county(year, names.get(profile.region, profile.region), counted, profile)


def _rural(year: int, counted: Counted) -> Iterator[QuotaLine]:
    remark = f"现有效{counted.in_force}人；年度任务，不作限制"
    yield QuotaLine(f"{year}年乡村振兴人才", counted.issued, RURAL_A_YEAR, remark, RURAL_CLAUSE)
    share = percent(counted.cattle, counted.issued)
    remark = f"占乡村振兴人才的{share}%" if share else "尚无乡村振兴人才"
    yield QuotaLine(f"{year}年乡村振兴人才：肉牛产业", counted.cattle, None, remark, RURAL_CLAUSE)


def _anti_epidemic(counted: Counted) -> QuotaLine:
    remark = f"现有效{counted.in_force}人；“左右”，只报告，不作限制"
    return QuotaLine(
        "2022年疫情防控一线激励", counted.issued, ANTI_EPIDEMIC_ABOUT, remark, ANTI_EPIDEMIC_CLAUSE
    )


def _county(year: int, name: str, counted: DualDirected, profile: CountyProfile) -> Iterator[QuotaLine]:
    most = profile.regular_deputy_senior_posts * _MOST_PERCENT // 100
    over = counted.holders * 100 > profile.regular_deputy_senior_posts * _MOST_PERCENT
    posts = (
        f"常规副高级岗位{profile.regular_deputy_senior_posts}个的{_MOST_PERCENT}%，岗位数额{profile.quota}个"
    )
    remark = f"{posts}；已超过（原则上不超过）" if over else posts
    yield QuotaLine(f"{name}双定向：累计有效", counted.holders, most, remark, DUAL_CLAUSE)
    usable = profile.usable.get(year)
    remark = "未登记年度可用数" if usable is None else f"岗位数额{profile.quota}个中的年度可用数"
    if usable is not None and counted.this_year > usable:
        remark += "；已超过"
    yield QuotaLine(f"{name}双定向：{year}年度", counted.this_year, usable, remark, DUAL_CLAUSE)
