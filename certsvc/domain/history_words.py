"""The words of the format of historical data (docs/formats/history.md): columns, keys, and old names of series."""

from __future__ import annotations

from typing import Final

from certsvc.domain.history import Quality
from certsvc.domain.levels import Level, level_named
from certsvc.domain.series import series_named
from certsvc.domain.titles import historical_title_of, is_only_historical, title_of

COLUMNS: Final = (
    "序号",
    "姓名",
    "证件类型",
    "证件号码",
    "性别",
    "出生日期",
    "原职称名称",
    "原职称系列",
    "原职称级别",
    "原证书编号",
    "取得时间",
    "原评审委员会",
    "原发证单位",
    "公布文号",
    "档案编号",
    "材料质量",
    "工作单位",
    "单位所属行政区划",
    "备注",
)
OPTIONAL_COLUMNS: Final = frozenset(
    {
        "证件类型",
        "原职称系列",
        "原职称级别",
        "原证书编号",
        "原评审委员会",
        "公布文号",
        "档案编号",
        "工作单位",
        "单位所属行政区划",
        "备注",
    }
)
CORRECTABLE: Final = frozenset(COLUMNS) - {"序号"}
SOURCE_KEY: Final = "资料来源"
COUNT_KEY: Final = "行数"
KEYS: Final = (SOURCE_KEY, COUNT_KEY)
QUALITIES: Final = {quality.value: quality for quality in Quality} | {q.label: q for q in Quality}

_OLD_SERIES: Final = {
    "高校教师": 1,
    "高等学校教师": 1,
    "社会科学研究": 2,
    "哲学社会科学": 2,
    "自然科学研究": 3,
    "科学研究": 3,
    "卫生": 4,
    "卫生技术": 4,
    "工程": 5,
    "工程技术": 5,
    "农业": 6,
    "农业技术": 6,
    "新闻": 7,
    "出版": 8,
    "图书资料": 9,
    "文博": 10,
    "文物博物": 10,
    "档案": 11,
    "工艺美术": 12,
    "技工学校教师": 13,
    "技校教师": 13,
    "体育教练": 14,
    "体育": 14,
    "翻译": 15,
    "播音": 16,
    "播音主持": 16,
    "会计": 17,
    "统计": 18,
    "经济": 19,
    "实验技术": 20,
    "实验": 20,
    "中等专业学校教师": 21,
    "中专教师": 21,
    "中学教师": 22,
    "小学教师": 22,
    "中小学教师": 22,
    "中小学": 22,
    "艺术": 23,
    "公证": 24,
    "律师": 24,
    "船舶技术": 25,
    "船舶": 25,
    "飞行技术": 26,
    "审计": 27,
}
_HIGH: Final = (Level.SENIOR, Level.DEPUTY_SENIOR)
_LEVELS: Final = {
    "正高": (Level.SENIOR,),
    "副高": (Level.DEPUTY_SENIOR,),
    "高级": _HIGH,
    "高": _HIGH,
    "中": (Level.INTERMEDIATE,),
    "初级": (Level.ASSISTANT, Level.ENTRY),
    "助理": (Level.ASSISTANT,),
    "助级": (Level.ASSISTANT,),
    "员": (Level.ENTRY,),
}


def series_as_recorded(word: str | None) -> int | None:
    """The code of a series by a name of today or of older systems; None for words that have none."""
    if word is None:
        return None
    plain = word.removesuffix("系列").removesuffix("专业")
    return series_named(word) or series_named(plain) or _OLD_SERIES.get(plain.removesuffix("人员"))


def levels_as_recorded(word: str | None) -> tuple[Level, ...]:
    """The levels that an old word may mean: 高级 means two; every level where there is no word or an unknown one."""
    if word is None:
        return tuple(Level)
    known = level_named(word)
    return (known,) if known is not None else _LEVELS.get(word, tuple(Level))


def is_level_word(word: str) -> bool:
    """Whether a word says a level, exactly or not."""
    return level_named(word) is not None or word in _LEVELS


def coded(series: int | None, levels: tuple[Level, ...], name: str) -> tuple[Level | None, int | None]:
    """Level and code of a title name; each None where the old words leave it open.

    A name of an older system is looked for first: 讲师 stands in several tables, 中学高级教师 in one.
    """
    sure = levels[0] if len(levels) == 1 else None
    if series is None:
        return sure, None
    find = historical_title_of if is_only_historical(name) else title_of
    found = [(level, code) for level in levels if (code := find(series, level, name)) is not None]
    return found[0] if len(found) == 1 else (sure, None)
