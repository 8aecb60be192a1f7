"""What is in force on a day, out of every document: the newest period that holds the day wins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from certsvc.domain.policy.document import PolicyDocument, PolicyEntry
from certsvc.domain.policy.values import WHOLE, Theme, Value

V = TypeVar("V", bound=Value)

_ONE_DAY = timedelta(days=1)
_MOST_REMEMBERED = 4096
Standing = tuple[PolicyDocument, PolicyEntry]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The documents that a decision rests on, shipped ones first, then as loaded.

    Of several entries for the same key whose periods hold the day the one that begins last counts; of those the one
    whose document was issued last, then the one that was loaded last (“如遇相关政策调整，按照新政策执行”,
    吉人社函〔2023〕211号). Answers are remembered by period: a docket asks for few of them and many rows.
    """

    documents: tuple[PolicyDocument, ...] = ()
    _ranked: Mapping[Theme, tuple[Standing, ...]] = field(init=False, repr=False, compare=False)
    _changes: Mapping[Theme, tuple[date, ...]] = field(init=False, repr=False, compare=False)
    _answers: dict[tuple[Theme, int], Mapping[str, Standing]] = field(init=False, repr=False, compare=False)

    _values: dict[tuple[Theme, str, date], Value | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranked: dict[Theme, list[tuple[tuple[date, date, int], Standing]]] = {}
        for position, document in enumerate(self.documents):
            for entry in document.entries:
                rank = (entry.from_on, document.issued_on, position)
                ranked.setdefault(entry.theme, []).append((rank, (document, entry)))
        ordered = {
            theme: tuple(standing for _rank, standing in sorted(found, key=lambda pair: pair[0]))
            for theme, found in ranked.items()
        }
        object.__setattr__(self, "_ranked", ordered)
        object.__setattr__(self, "_changes", {theme: _changes(found) for theme, found in ordered.items()})
        object.__setattr__(self, "_answers", {})
        object.__setattr__(self, "_values", {})

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the documents, in order."""
        return tuple(document.digest for document in self.documents)

    def standing(self, theme: Theme, day: date) -> Mapping[str, Standing]:
        """Document and entry in force on that day, by key; entries that only end an older one are left out."""
        period = bisect_right(self._changes.get(theme, ()), day)
        known = self._answers.get((theme, period))
        if known is None:
            found = {
                entry.key: (document, entry)
                for document, entry in self._ranked.get(theme, ())
                if entry.in_force(day)
            }
            known = {key: pair for key, pair in found.items() if pair[1].value is not None}
            self._answers[theme, period] = known
        return known

    def on(self, theme: Theme, day: date) -> Mapping[str, PolicyEntry]:
        """The entries in force on that day, by key."""
        return {key: entry for key, (_document, entry) in self.standing(theme, day).items()}

    def knows(self, theme: Theme, day: date) -> bool:
        """False before the first period of a theme: what held then is unknown, not absent."""
        ranked = self._ranked.get(theme, ())
        return bool(ranked) and ranked[0][1].from_on <= day

    def first_day(self, theme: Theme, key: str) -> date | None:
        """The first day on which anything was set for a key; None when nothing ever was."""
        return next(
            (entry.from_on for _document, entry in self._ranked.get(theme, ()) if entry.key == key), None
        )

    def value(self, theme: Theme, day: date | None, kind: type[V], key: str = WHOLE) -> V | None:
        """What is set for a key on that day; None where nothing is, or no day is given."""
        if day is None:
            return None
        asked = (theme, key, day)
        try:
            value = self._values[asked]
        except KeyError:
            found = self.standing(theme, day).get(key)
            value = None if found is None else found[1].value
            if len(self._values) >= _MOST_REMEMBERED:
                self._values.clear()  # a filing may name any number of days
            self._values[asked] = value
        return value if isinstance(value, kind) else None

    def values(self, theme: Theme, day: date, kind: type[V]) -> Iterator[tuple[str, V]]:
        """Every key with what is set for it on that day."""
        for key, (_document, entry) in self.standing(theme, day).items():
            if isinstance(entry.value, kind):
                yield key, entry.value


def _changes(found: tuple[Standing, ...]) -> tuple[date, ...]:
    """The days on which what stands may change, in order."""
    days = {entry.from_on for _document, entry in found}
    last = (entry.to_on for _document, entry in found if entry.to_on is not None)
    days.update(day + _ONE_DAY for day in last if day < date.max)
    return tuple(sorted(days))
