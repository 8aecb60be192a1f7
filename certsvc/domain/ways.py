"""Ways of acquiring a title 取得方式, with frozen codes, and the channels 申报类别 they arrive by.

The items are those of 吉人社函〔2022〕181号 一.5 and 吉人社函〔2022〕38号; the codes are ours and never reused.
"""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType
from typing import Final


class Way(IntEnum):
    """How a title was acquired; the number is the code used in records."""

    REGULAR = 1
    APPOINTMENT_LINKED = 2
    SELF_REVIEW = 3
    DUAL_DIRECTED = 4
    FROM_GOVERNMENT = 5
    FROM_ARMY = 6
    AID_MISSION = 7
    PRIVATE_EXECUTIVE = 8
    TALENT_INCENTIVE = 9
    GRASSROOTS_3010 = 10
    SKILLED_WORKER = 11
    SCHOOL_UP_TO_DEPUTY_SENIOR = 12
    SCHOOL_SENIOR = 13
    GRASSROOTS_DEGREE = 14
    RURAL_TALENT = 15
    ENTRY_RECOGNITION = 16
    ANTI_EPIDEMIC = 17
    CONVERSION = 18
    THIRTY_YEARS_TEACHING = 19
    ENTRUSTED = 20
    OTHER_PROVINCE = 21
    HISTORICAL = 90

    @property
    def label(self) -> str:
        """The Chinese word, as in workbooks and on certificates."""
        return _LABELS[self]


_LABELS: Final = {
    Way.REGULAR: "常规评审",
    Way.APPOINTMENT_LINKED: "评聘结合评审",
    Way.SELF_REVIEW: "自主评审",
    Way.DUAL_DIRECTED: "双定向",
    Way.FROM_GOVERNMENT: "机关分流",
    Way.FROM_ARMY: "部队转业",
    Way.AID_MISSION: "援疆援藏援外支教激励",
    Way.PRIVATE_EXECUTIVE: "民营高级经营管理人才",
    Way.TALENT_INCENTIVE: "人才激励待遇兑现",
    Way.GRASSROOTS_3010: "基层“3010”",
    Way.SKILLED_WORKER: "高技能人才贯通",
    Way.SCHOOL_UP_TO_DEPUTY_SENIOR: "中小学副高及以下",
    Way.SCHOOL_SENIOR: "中小学正高级",
    Way.GRASSROOTS_DEGREE: "基层硕博认定",
    Way.RURAL_TALENT: "乡村振兴人才",
    Way.ENTRY_RECOGNITION: "初级认定",
    Way.ANTI_EPIDEMIC: "抗疫激励",
    Way.CONVERSION: "同级改职",
    Way.THIRTY_YEARS_TEACHING: "30年教龄认定",
    Way.ENTRUSTED: "委托评审",
    Way.OTHER_PROVINCE: "外省职称确认",
    Way.HISTORICAL: "历史数据",
}
_SYNONYMS: Final = {
    "常规": Way.REGULAR,
    "评聘结合": Way.APPOINTMENT_LINKED,
    "“双定向”": Way.DUAL_DIRECTED,
    "职称“双定向”": Way.DUAL_DIRECTED,
    "双定向评审": Way.DUAL_DIRECTED,
    "机关调转": Way.FROM_GOVERNMENT,
    "援疆援藏": Way.AID_MISSION,
    "援外激励": Way.AID_MISSION,
    "人才激励": Way.TALENT_INCENTIVE,
    "基层3010": Way.GRASSROOTS_3010,
    "中小学正高级教师": Way.SCHOOL_SENIOR,
    "中小学副高及以下职称": Way.SCHOOL_UP_TO_DEPUTY_SENIOR,
    "基层硕博": Way.GRASSROOTS_DEGREE,
    "基层硕博人才": Way.GRASSROOTS_DEGREE,
    "初级职称认定": Way.ENTRY_RECOGNITION,
    "转系列": Way.CONVERSION,
    "30年教龄破格": Way.THIRTY_YEARS_TEACHING,
}
_BY_WORD: Final = (
    {label: way for way, label in _LABELS.items()}
    | _SYNONYMS
    | {str(int(way)): way for way in Way}
    | {f"{int(way):02}": way for way in Way}
)

WAYS: Final = MappingProxyType({int(way): label for way, label in _LABELS.items()})
"""Code -> word."""


def way_named(word: str) -> Way | None:
    """The way of a Chinese word, a common synonym of it or its code as text; None for anything else."""
    return _BY_WORD.get(word)
