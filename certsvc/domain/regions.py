"""Administrative divisions 行政区划 of Jilin Province, GB/T 2260, with the dates of what changed.

Six-digit codes of *units* and *validity areas* are judged here. The first six digits of an identity number never
are: people keep the number of a division that has long gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class RegionKind(StrEnum):
    """What a code stands for. A zone is a statistical development zone, no division of GB/T 2260."""

    PROVINCE = "省"
    CITY = "市州"
    COUNTY = "县区"
    ZONE = "统计功能区"


@dataclass(frozen=True, slots=True)
class Region:
    """One division under one code. `since`/`until`: first and last day of the code, None where open.

    `full_name` puts the city before the name of an urban district, as the notices do: 白山市浑江区.
    """

    code: str
    name: str
    kind: RegionKind
    city: str | None
    full_name: str
    since: date | None = None
    until: date | None = None

    def in_force(self, on: date) -> bool:
        """True when the code was in use on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


PROVINCE: Final = "220000"

_COUNTIES: Final = """
220100 长春市: 220102 南关区 220103 宽城区 220104 朝阳区 220105 二道区 220106 绿园区 220112 双阳区 220113 九台区
 220122 农安县 220182 榆树市 220183 德惠市 220184 公主岭市
220200 吉林市: 220202 昌邑区 220203 龙潭区 220204 船营区 220211 丰满区 220221 永吉县 220281 蛟河市 220282 桦甸市
 220283 舒兰市 220284 磐石市
220300 四平市: 220302 铁西区 220303 铁东区 220322 梨树县 220323 伊通满族自治县 220382 双辽市
220400 辽源市: 220402 龙山区 220403 西安区 220421 东丰县 220422 东辽县
220500 通化市: 220502 东昌区 220503 二道江区 220521 通化县 220523 辉南县 220524 柳河县 220581 梅河口市 220582 集安市
220600 白山市: 220602 浑江区 220605 江源区 220621 抚松县 220622 靖宇县 220623 长白朝鲜族自治县 220681 临江市
220700 松原市: 220702 宁江区 220721 前郭尔罗斯蒙古族自治县 220722 长岭县 220723 乾安县 220781 扶余市
220800 白城市: 220802 洮北区 220821 镇赉县 220822 通榆县 220881 洮南市 220882 大安市
222400 延边朝鲜族自治州: 222401 延吉市 222402 图们市 222403 敦化市 222404 珲春市 222405 龙井市 222406 和龙市
 222424 汪清县 222426 安图县
"""
_ZONES: Final = {
    "220171": "长春经济技术开发区",
    "220172": "长春净月高新技术产业开发区",
    "220173": "长春高新技术产业开发区",
    "220174": "长春汽车经济技术开发区",
    "220271": "吉林经济开发区",
    "220272": "吉林高新技术产业开发区",
    "220273": "吉林中国新加坡食品区",
    "220771": "吉林松原经济开发区",
    "220871": "吉林白城经济开发区",
}
# A change known to the year only counts from that year's first day for the new code, to its last for the old.
_SINCE: Final = {"220184": date(2020, 1, 1), "220113": date(2014, 1, 1), "220781": date(2013, 1, 1)}
_GONE: Final = {
    "220381": ("公主岭市", "220300", date(2020, 12, 31)),
    "220181": ("九台市", "220100", date(2014, 12, 31)),
    "220724": ("扶余县", "220700", date(2013, 12, 31)),
    "220625": ("江源县", "220600", date(2006, 12, 31)),
}


def _county(code: str, name: str, city: str, city_name: str) -> Region:
    full_name = city_name + name if name.endswith("区") else name
    return Region(code, name, RegionKind.COUNTY, city, full_name, _SINCE.get(code))


def _divisions() -> dict[str, Region]:
    found = {PROVINCE: Region(PROVINCE, "吉林省", RegionKind.PROVINCE, None, "吉林省")}
    city = city_name = ""
    words = iter(_COUNTIES.split())
    for code, name in zip(words, words, strict=True):
        if name.endswith(":"):
            city, city_name = code, name[:-1]
            found[code] = Region(code, city_name, RegionKind.CITY, code, city_name)
        else:
            found[code] = _county(code, name, city, city_name)
    for code, name in _ZONES.items():
        found[code] = Region(code, name, RegionKind.ZONE, code[:4] + "00", name)
    for code, (name, city, until) in _GONE.items():
        found[code] = Region(code, name, RegionKind.COUNTY, city, name, None, until)
    return found


REGIONS: Final = MappingProxyType(_divisions())
"""Every code ever in use since 2000 that the service knows, by code."""


def region_at(code: str, on: date) -> Region | None:
    """The division under this code on that day; None when the code was not in use."""
    region = REGIONS.get(code)
    return region if region is not None and region.in_force(on) else None


def is_county(code: str) -> bool:
    """True for a county-level division in use today, false for a province, city, zone or former division."""
    region = REGIONS.get(code)
    return region is not None and region.kind is RegionKind.COUNTY and region.until is None


def city_of(code: str) -> str | None:
    """The code of the city or prefecture a division belongs to; None for the province and for unknown codes."""
    region = REGIONS.get(code)
    return None if region is None else region.city


def lies_within(code: str, area: str) -> bool:
    """True when the division `code` is `area` or part of it."""
    return area == PROVINCE or code == area or (area.endswith("00") and city_of(code) == area)


_COUNTY_NAMES: Final = MappingProxyType(
    {
        city: tuple(r.name for r in REGIONS.values() if r.city == city and is_county(r.code))
        for city in {r.city for r in REGIONS.values() if r.city}
    }
)


def county_names_of(city: str) -> tuple[str, ...]:
    """The names of a city's counties and districts today; empty for a code that is no city."""
    return _COUNTY_NAMES.get(city, ())
