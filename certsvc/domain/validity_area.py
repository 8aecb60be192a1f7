"""Validity area 有效范围 of dual-directed titles: the ten counties of 吉人社函〔2023〕211号 一（一）."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final

DUAL_DIRECTED_SINCE: Final = date(2023, 11, 13)
"""The day of the notice: no dual-directed meeting can have been held before."""

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
"""County -> the city or prefecture whose department approves, receives and files on."""


def may_evaluate(county: str) -> bool:
    """True for one of the ten counties."""
    return county in DUAL_DIRECTED_CITIES
