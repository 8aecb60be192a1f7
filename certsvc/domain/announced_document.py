"""Announced results for everybody 结果公开: which documents announced how many results, and how many have certificates.

Source: 吉人社函〔2022〕38号 六（三） (结果公开), 五（一）. Documents and counts alone: the names stand in the documents
themselves, which are published by those who announce, and are never told here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

DOCUMENT_CLAUSE: Final = "吉人社函〔2022〕38号 六（三）"
SMALLEST_COUNTED: Final = 5
"""A document that announces fewer persons tells how many are certified only when all are: the rest could be named."""
_NAMES_SOMEBODY: Final = re.compile(
    r"同志|先生|女士|等\s*[0-9〇零一二两三四五六七八九十百千万]*\s*[名人位]|\d{8}"
)


@dataclass(frozen=True, slots=True)
class AnnouncedDocument:
    """A document whose list is in force. `corrects`: the documents that it takes the place of, oldest first.

    `title`: None where there is none, or where it may name a person. `announced`: persons on the list; `certified`: those
    of them who were given a certificate, whatever became of it since; None where the document is too small to tell.
    """

    document_ref: str
    announcing_body: str
    announced_on: date
    title: str | None
    corrects: tuple[str, ...]
    announced: int
    certified: int | None

    @property
    def coverage(self) -> str | None:
        """Per cent certified with one decimal, rounded down: 100.0 only when nobody is missing."""
        if self.certified is None:
            return None
        thousandths = self.certified * 1000 // self.announced
        return f"{thousandths // 10}.{thousandths % 10}"


@dataclass(frozen=True, slots=True)
class AnnouncedScope:
    """What is covered 收录范围: how many documents, of which years, in which series certificates were given (codes).

    Days and years are None while there is no document.
    """

    documents: int
    first_on: date | None
    last_on: date | None
    series: tuple[int, ...]


def public_title(title: str | None) -> str | None:
    """The title of a document unless it may name a person ("…同志", "…等12人")."""
    return None if title is None or _NAMES_SOMEBODY.search(title) else title


def public_count(announced: int, certified: int) -> int | None:
    """How many are certified, as far as it may be told of a document of that size."""
    known = min(certified, announced)
    return known if announced >= SMALLEST_COUNTED or known == announced else None
