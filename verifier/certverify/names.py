"""Masked names: enough to recognise a person one already knows, no more."""

from __future__ import annotations

_COMPOUND_SURNAMES = frozenset(
    ["欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌", "微生", "梁丘", "左丘", "东门", "西门", "叶赫", "完颜", "纳兰", "富察", "爱新"]
)
_SEPARATORS = "·•. -"


def mask_name(name: str) -> str:
    """`name` with all but the surname starred: 林**, 欧阳**, 阿***·买**; a single character stays alone as one star."""
    masked, word = [], ""
    for char in name:
        if char in _SEPARATORS:
            masked += [_mask_word(word), char]
            word = ""
        else:
            word += char
    return "".join([*masked, _mask_word(word)])


def _mask_word(word: str) -> str:
    if len(word) < 2:
        return "*" * len(word)
    shown = 2 if len(word) > 2 and word[:2] in _COMPOUND_SURNAMES else 1
    return word[:shown] + "*" * (len(word) - shown)
