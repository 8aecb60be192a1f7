"""Validity area 有效范围 of dual-directed titles: the counties that 吉人社函〔2023〕211号 一（一） names, by day."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final

from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.values import Theme

DUAL_DIRECTED_CITIES: Final = MappingProxyType(
    {
        "220582": "220500",  # 集安市
        "220602": "220600",  # 白山市浑江区
        "220681": "220600",  # 临江市
        "220621": "220600",  # 抚松县
        "220623": "220600",  # 长白朝鲜族自治县
        "222402": "222400",  # 图们市
        "222405": "222400",  # 龙井市
        "222404": "222400",  # 珲春市
        "222406": "222400",  # 和龙市
        "222426": "222400",  # 安图县
    }
)
"""County -> city of the notice's own list: for reading words. Who may evaluate on a day is for the policies to say."""


def may_evaluate(county: str, day: date | None, policies: PolicySet) -> bool:
    """True for a county that may hold dual-directed reviews on that day.

    Without a day, or before the first list, the list that comes first counts: whether the meeting was too early is
    another question.
    """
    theme = Theme.DUAL_DIRECTED_COUNTY
    if day is None or not policies.knows(theme, day):
        return policies.first_day(theme, county) is not None
    return county in policies.on(theme, day)
