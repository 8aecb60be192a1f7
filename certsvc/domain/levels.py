"""Levels 级别 of professional titles."""

from __future__ import annotations

from enum import IntEnum


class Level(IntEnum):
    """The five levels; the number is the stable code used in records. 高级 = {1, 2}, 初级 = {4, 5}."""

    SENIOR = 1
    DEPUTY_SENIOR = 2
    INTERMEDIATE = 3
    ASSISTANT = 4
    ENTRY = 5

    @property
    def label(self) -> str:
        """The Chinese word, as in workbooks and on certificates."""
        return _LABELS[self]


_LABELS = {
    Level.SENIOR: "正高级",
    Level.DEPUTY_SENIOR: "副高级",
    Level.INTERMEDIATE: "中级",
    Level.ASSISTANT: "助理级",
    Level.ENTRY: "员级",
}
_BY_WORD = {label: level for level, label in _LABELS.items()} | {str(int(lv)): lv for lv in Level}


def level_named(word: str) -> Level | None:
    """The level of a Chinese word or of its code as text; None for anything else."""
    return _BY_WORD.get(word)
