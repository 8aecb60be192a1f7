"""Announced lists 公布名单: whom an announcement document names, loaded apart from the filing that rests on it.

Source: 吉人社函〔2022〕38号 五（一）, 吉人社函〔2023〕211号 四（四）, 吉人社函〔2023〕9号 五（四）.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from certsvc.domain.levels import Level
from certsvc.domain.series import series_named
from certsvc.domain.submission import SubmittedRow
from certsvc.domain.titles import title_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a list, a filed table or a certificate names them; `number`: 序号, unique within its list.

    `id_tail`: the last characters of the identity document where the rest is masked; `series`, `title`: frozen codes.
    On an announced list name, series, specialty, level and title are never None. `formerly`: the 序号 in the list that
    this one replaces, 0 for a person who is declared new; None: nothing is said.
    """

    number: int
    name: str | None
    id_number: str | None
    id_tail: str | None
    unit: str | None
    series: int | None
    specialty: str | None
    level: Level | None
    title: int | None
    validity_area: str | None
    formerly: int | None = None

    @property
    def office(self) -> tuple[int | None, Level | None, int | None]:
        """Series, level and title."""
        return self.series, self.level, self.title


@dataclass(frozen=True, slots=True)
class AnnouncedHead:
    """What the list says of its document 公布文件; `document_sha256`: digest (hex) of the document's own file."""

    document_ref: str
    announcing_body: str
    announced_on: date
    title: str | None
    document_sha256: str | None


class ListStatus(StrEnum):
    """Where a list stands: waits for the second person, in force, replaced by a corrected one, or given up unconfirmed."""

    LOADED = "loaded"
    CONFIRMED = "confirmed"
    REPLACED = "replaced"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return _LABELS[self]


_LABELS = {
    ListStatus.LOADED: "待确认",
    ListStatus.CONFIRMED: "已确认",
    ListStatus.REPLACED: "已更正",
    ListStatus.DISCARDED: "已弃用",
}


@dataclass(frozen=True, slots=True)
class AnnouncedList:
    """A list as it is kept, without its rows. `id` is made of the file's digest: the same file is one list.

    `place`: six digits of the city or prefecture that announced, None for the province. `replaces`: id of the list that
    this one corrects.
    """

    id: str
    digest: str
    head: AnnouncedHead
    place: str | None
    row_count: int
    status: ListStatus
    replaces: str | None
    loaded_by: str
    loaded_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnnouncedFacts:
    """What the gate knows of the list in force behind a filing's document.

    `head`: of the document that the filing names; `rows`: of the newest correction of it, `list_id` says which;
    `brought`: 序号 of those whom other approved filings of the document have brought.
    """

    list_id: str
    head: AnnouncedHead
    rows: tuple[Listed, ...]
    brought: frozenset[int] = field(default=frozenset())


def listed_row(row: SubmittedRow) -> Listed:
    """A filed row as an announced list would name the person; what the row does not say, or not readably, is None."""
    series = None if row.series is None else series_named(row.series)
    title = None
    if series is not None and row.level is not None and row.title is not None:
        title = title_of(series, row.level, row.title)
    return Listed(
        number=row.number,
        name=row.name,
        id_number=None if row.document is None else row.document.number,
        id_tail=None,
        unit=row.unit_name,
        series=series,
        specialty=row.specialty,
        level=row.level,
        title=title,
        validity_area=row.validity_area,
    )


def list_id(digest: str) -> str:
    """The identity of a list, from the SHA-256 (hex) of its file."""
    return f"A{digest[:15].upper()}"
