"""Masked names: enough to recognise a person one already knows, no more."""

from __future__ import annotations

_COMPOUND_SURNAMES = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙"
    "钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生梁丘左丘东门西门叶赫完颜纳兰富察"
)
_PAIRS = frozenset(_COMPOUND_SURNAMES[at : at + 2] for at in range(0, len(_COMPOUND_SURNAMES), 2))
SEPARATORS = "·•. -"


def mask_name(name: str) -> str:
    """`name` with all but the surname starred: 林**, 欧阳**, 阿***·买**; a single character becomes one star."""
    masked, word = [], ""
    for char in name:
        if char in SEPARATORS:
            masked += [_mask_word(word), char]
            word = ""
        else:
            word += char
    return "".join([*masked, _mask_word(word)])


def _mask_word(word: str) -> str:
    if len(word) < 2:
        return "*" * len(word)
    shown = 2 if len(word) > 2 and word[:2] in _PAIRS else 1
    return word[:shown] + "*" * (len(word) - shown)
