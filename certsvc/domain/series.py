"""The 27 series 系列 of professional titles, with our own frozen codes.

A code means one series for ever: names may be corrected, codes are never reused or moved.
Source of the names: table “职称系列（专业）各层级名称” of the ministry, docs/formats/trust-list.md for the codes' use.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_NAMES: Final = (
    "高等学校教师",
    "哲学社会科学研究人员",
    "自然科学研究人员",
    "卫生技术人员",
    "工程技术人员",
    "农业技术人员",
    "新闻专业人员",
    "出版专业人员",
    "图书资料专业人员",
    "文物博物专业人员",
    "档案专业人员",
    "工艺美术专业人员",
    "技工院校教师",
    "体育专业人员",
    "翻译专业人员",
    "播音主持专业人员",
    "会计人员",
    "统计专业人员",
    "经济专业人员",
    "实验技术人才",
    "中等职业学校教师",
    "中小学教师",
    "艺术专业人员",
    "公共法律服务专业人员",
    "船舶专业技术人员",
    "民用航空飞行技术人员",
    "审计专业人员",
)

SERIES: Final = MappingProxyType(dict(enumerate(_NAMES, start=1)))
"""Code 1..27 -> name."""

_BY_WORD: Final = (
    {name: code for code, name in SERIES.items()}
    | {str(code): code for code in SERIES}
    | {f"{code:02}": code for code in SERIES}
)


def series_named(word: str) -> int | None:
    """The code of a series by its name, or by its code as text; None for anything else."""
    return _BY_WORD.get(word)
