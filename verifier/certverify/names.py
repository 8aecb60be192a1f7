"""Masked names: enough to recognise a person one already knows, no more."""

from __future__ import annotations

_COMPOUND_SURNAMES = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙"
    "钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里"
    "呼延东郭南门羊舌微生梁丘左丘东门西门叶赫完颜纳兰富察淳于单于第五榖梁耶律贺兰"
)
_PAIRS = frozenset(_COMPOUND_SURNAMES[at : at + 2] for at in range(0, len(_COMPOUND_SURNAMES), 2))
_DOTS = "·•‧・．･."
_BETWEEN_LATIN_WORDS = " -\u3000"
SEPARATORS = _DOTS + _BETWEEN_LATIN_WORDS
"""What stands between the parts of a name, in any writing."""
_LAST_LATIN = "\u024f"


def mask_name(name: str) -> str:
    """`name` with all but the surname starred: 林**, 欧阳**; of a name in parts the first character of each: 阿***·买**.

    A single character becomes one star. Vectors: tests/vectors/masked-names.json.
    """
    separators = SEPARATORS if any(char.isalpha() and char <= _LAST_LATIN for char in name) else _DOTS
    whole = not any(char in separators for char in name)
    masked, word = [], ""
    for char in name:
        if char in separators:
            masked += [_mask_word(word, whole), char]
            word = ""
        else:
            word += char
    return "".join([*masked, _mask_word(word, whole)])


def _mask_word(word: str, whole: bool) -> str:
    """Only a whole name has a compound surname: 司马义·艾买提 is no 司马."""
    if len(word) < 2:
        return "*" * len(word)
    shown = 2 if whole and len(word) > 2 and word[:2] in _PAIRS else 1
    return word[:shown] + "*" * (len(word) - shown)
