"""What an entry sets, as one Chinese phrase for a table."""

from __future__ import annotations

from certsvc.domain.levels import Level
from certsvc.domain.policy import values as v
from certsvc.domain.policy.document import PolicyEntry
from certsvc.domain.series import SERIES
from certsvc.domain.ways import WAYS


def told_value(entry: PolicyEntry) -> str:
    """The value of an entry in words."""
    match entry.value:
        case None:
            return "废止"
        case v.WayPolicy() as way:
            return "；".join(_way(way))
        case v.DualDirectedCounty(name, city):
            return f"{name}，所属市（州）{city}"
        case v.DualDirectedPosts(percent, post):
            return f"不超过常规副高级岗位的{percent}%，{post}"
        case v.Persons(persons):
            return f"{persons}个"
        case v.ChannelPolicy(ways, category):
            beside = "、".join(WAYS[way] for way in sorted(ways))
            return f"本类别{'和' + beside if beside else ''}" + (f"；{category}" if category else "")
        case value:
            return _dates(value)


def _dates(value: v.Value) -> str:
    match value:
        case v.ApplicationWindow(_year, category, opens_on, closes_on):
            return f"{category}，{opens_on.isoformat()}至{closes_on.isoformat()}"
        case v.Deadline(year, on, way):
            return f"{year}年度{'' if way is None else WAYS[way]}，{on.isoformat()}前"
        case v.CutOff(years, month, day):
            return f"评审年度前{years}年的{month}月{day}日"
        case v.RatioCap(percents):
            return "、".join(f"{level.label}{percent}%" for level, percent in percents.items())
        case v.RatioBonus(levels, least, most):
            return f"{_levels(levels)}可增加{least}至{most}个百分点"
        case _:
            return _term(value)


def _term(value: v.Value) -> str:
    match value:
        case v.Years(years):
            return f"满{years}年"
        case v.TenureRelief(years, before):
            return f"距退休不满{before}年的减少{years}年"
        case v.PublicityTerm(workdays, first):
            return f"{workdays}个工作日，开始当日{'计入' if first else '不计入'}"
        case v.Term(days, rolled):
            return f"{days}日内" + ("，遇休息日顺延" if rolled else "")
        case v.Required(required):
            return "必备条件" if required else "不作要求"
        case v.Examination(with_review, only, certain):
            parts = [f"考评结合：{_levels(with_review)}"] if with_review else []
            parts += [f"以考代评：{_levels(only)}"] if only else []
            return "；".join(parts) + ("" if certain else "（须核实）")
        case v.LevelCode(code):
            return f"代码{code}"
        case v.TitleNames(names):
            return "；".join(f"{level.label}：{'、'.join(words)}" for level, words in names.items())
    return ""


def _levels(levels: frozenset[Level]) -> str:
    return "、".join(level.label for level in sorted(levels))


def _way(way: v.WayPolicy) -> list[str]:
    parts = [_levels(way.levels)]
    if way.series is not None:
        parts.append("限" + "、".join(SERIES[code] for code in sorted(way.series)))
    if not way.examined:
        parts.append("考试系列除外")
    if way.level_skip:
        parts.append("凭依据文号可越级")
    if way.base_years is not None:
        parts.append(f"满{way.base_years}年")
    if way.basis:
        parts.append("须有依据文号")
    if not way.by_filing:
        parts.append("不随评审结果报送")
    if way.target is not None:
        parts.append(f"{'每年' if way.target.yearly else '共'}{way.target.persons}名左右")
    return parts
