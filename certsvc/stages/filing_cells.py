"""Reading single cells into values: every fault becomes a finding, every good value is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from certsvc.domain.findings import Finding
from certsvc.domain.intake_words import garbled
from certsvc.domain.levels import Level, level_named
from certsvc.domain.names import private_use_in
from certsvc.domain.rules import intake as rules
from certsvc.domain.rules.registry import Rule
from certsvc.domain.submission import Cell
from certsvc.domain.written_values import (
    UnreadableCellError,
    forbidden_in,
    read_date,
    read_percent,
    read_text,
    read_whole,
)
from certsvc.formats.spreadsheet_text import begins_formula

T = TypeVar("T")

LONGEST_TEXT = 200  # code points
_AREA = re.compile(r"[0-9]{6}", re.ASCII)
_DASHES = "-－—"  # a dash alone says that there is nothing
_POST_GRADE = re.compile(r"岗|[一二三四五六七]级$")


class CellReader:
    """Reads the cells of one place after another (the header, then row by row) and collects what is wrong.

    `start(row)` opens a place; `unreadable` then names the columns of that place whose value could not be read.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.unreadable: set[str] = set()
        self._row: int | None = None
        self._clean_texts: dict[Cell, str | None] = {None: None}
        self._clean_days: dict[str, date] = {}

    def start(self, row: int | None) -> None:
        """Open the next place: a row by its number, None for the header."""
        self._row = row
        self.unreadable = set()

    def report(self, rule: Rule, column: str, **values: object) -> None:
        """Add a finding at a column of the present place."""
        self.findings.append(rule.finding(row=self._row, column=column, **values))

    def reject(self, rule: Rule, column: str, **values: object) -> None:
        """Add a finding and note the column as unreadable."""
        self.report(rule, column, **values)
        self.unreadable.add(column)

    def text(self, cell: Cell, column: str) -> str | None:
        """Plain text without control characters, markup, private-use characters or lost characters."""
        try:
            return self._clean_texts[cell]  # nearly always: the values of a table repeat
        except KeyError:
            return self._new_text(cell, column)

    def _new_text(self, cell: Cell, column: str) -> str | None:
        text = read_text(cell)
        if text is None or self.refused_characters(text, column):
            return None
        if len(text) > LONGEST_TEXT:
            self.reject(rules.TEXT_LONG, column, name=column, most=LONGEST_TEXT)
            return None
        if isinstance(cell, str):  # numbers are not kept: 1, 1.0 and True are one key and three texts
            self._clean_texts[cell] = text
        return text

    def refused_characters(self, text: str, column: str) -> bool:
        """True, with a finding, when the text holds characters that no field may hold."""
        if text.isascii() and text.isalnum():
            return False
        if forbidden_in(text):
            self.reject(rules.FORBIDDEN_CHARACTER, column, name=column)
        elif begins_formula(text) and text.strip(_DASHES):
            self.reject(rules.FORMULA_TEXT, column, name=column)
        elif private_use_in(text):
            self.reject(rules.PRIVATE_USE_TEXT, column, name=column)
        elif garbled(text):
            self.reject(rules.MOJIBAKE, column, place=column)
        else:
            return False
        return True

    def day(self, cell: Cell, column: str) -> date | None:
        """A date, see `read_date`."""
        if type(cell) is date and 1900 <= cell.year < 2200:
            return cell
        if isinstance(cell, str):
            known = self._clean_days.get(cell)
            if known is not None:
                return known
            cell = cell.strip() or None
        value = self._read(read_date, cell, column, rules.BAD_DATE)
        if value is not None and isinstance(cell, str):
            self._clean_days[cell] = value
        return value

    def whole(self, cell: Cell, column: str) -> int | None:
        """A whole number, see `read_whole`."""
        return self._read(read_whole, _filled(cell), column, rules.BAD_NUMBER)

    def percent(self, cell: Cell, column: str) -> int | None:
        """Whole percent points, see `read_percent`."""
        return self._read(read_percent, _filled(cell), column, rules.BAD_NUMBER)

    def _read(self, read: Callable[[Cell], T | None], cell: Cell, column: str, rule: Rule) -> T | None:
        try:
            return read(cell)
        except UnreadableCellError:
            if not (isinstance(cell, str) and self.refused_characters(cell, column)):
                self.reject(rule, column, name=column)
            return None

    def level(self, cell: Cell, column: str) -> Level | None:
        """One of the five levels, by its word or its code; a mark 双定向 beside it is left out."""
        text = self.text(cell, column)
        if text is None:
            return None
        level = level_named(text)
        if level is None:
            rule = rules.POST_GRADE_AS_LEVEL if _POST_GRADE.search(text) else rules.LEVEL_UNKNOWN
            self.reject(rule, column, name=column)
        return level

    def word(self, cell: Cell, column: str, words: frozenset[str]) -> str | None:
        """One of a closed set of words."""
        text = self.text(cell, column)
        if text is None or text in words:
            return text
        self.reject(rules.UNKNOWN_WORD, column, name=column, words="、".join(sorted(words)))
        return None

    def worded(self, cell: Cell, column: str, known: Callable[[str], bool], words: str) -> str | None:
        """A text that is `known`; `words` name to the clerk what may stand there."""
        text = self.text(cell, column)
        if text is None or known(text):
            return text
        self.reject(rules.UNKNOWN_WORD, column, name=column, words=words)
        return None

    def area(self, cell: Cell, column: str) -> str | None:
        """The six digits of a division; whether it exists is not asked here."""
        text = self.text(cell, column)
        if text is None or _AREA.fullmatch(text):
            return text
        self.reject(rules.AREA_SHAPE, column, name=column)
        return None


def _filled(cell: Cell) -> Cell:
    return None if isinstance(cell, str) and not cell.strip() else cell
