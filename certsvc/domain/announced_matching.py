"""Who on one list is who on another: by document number, else by name with number's end, or with unit and title.

Nobody is guessed: whoever has two possible counterparts is named as ambiguous.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from certsvc.domain.announced_list import Listed

_BLANKS: Final = re.compile(r"\s+")

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "姓名",
        "id_number": "证件号码",
        "unit": "单位",
        "series": "系列",
        "specialty": "专业",
        "level": "级别",
        "title": "职称名称",
        "validity_area": "有效区域",
    }
)
"""The fields in which two lists may differ over a person, with the word of the column."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Who belongs to whom, by `number`: `pairs` left -> right; the others of either side; those who cannot be told apart."""

    pairs: Mapping[int, int]
    only_left: tuple[int, ...]
    only_right: tuple[int, ...]
    ambiguous_left: frozenset[int]
    ambiguous_right: frozenset[int]


def pair(left: Iterable[Listed], right: Iterable[Listed]) -> Pairing:
    """Pair the persons of two lists. Total; every number of either side stands in exactly one part of the answer."""
    here, there = {one.number: one for one in left}, {one.number: one for one in right}
    finder = _Finder(there.values())
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    wants: dict[int, list[int]] = {}
    for alike in (_same_in_all, _same_office, _anyhow):
        wants = {
            number: [
                other.number
                for other in finder.same_person(one)
                if other.number not in taken and alike(one, other)
            ]
            for number, one in here.items()
            if number not in pairs
        }
        wanted = Counter(other for others in wants.values() for other in others)
        for number, others in wants.items():
            if len(others) == 1 and wanted[others[0]] == 1:
                pairs[number] = others[0]
                taken.add(others[0])
    unclear = {number: others for number, others in wants.items() if number not in pairs and others}
    doubtful = frozenset(other for others in unclear.values() for other in others) - taken
    return Pairing(
        pairs,
        tuple(number for number in here if number not in pairs and number not in unclear),
        tuple(number for number in there if number not in taken and number not in doubtful),
        frozenset(unclear),
        doubtful,
    )


def differences(announced: Listed, other: Listed) -> tuple[str, ...]:
    """Names of the fields (of FIELD_WORDS, in its order) in which the two say different things of one person."""
    found = []
    for field in FIELD_WORDS:
        if field == "id_number":
            differs = not _numbers_agree(announced, other)
        else:
            differs = plain(getattr(announced, field)) != plain(getattr(other, field))
        if differs:
            found.append(field)
    return tuple(found)


def looking_alike(gone: Iterable[Listed], come: Iterable[Listed]) -> frozenset[int]:
    """Those who came (by `number`) of whom one who is gone may be the same person though nothing proves it.

    They have the same name, or the same unit and title, and numbers that do not speak against it.
    """
    whole, bare = _ByLooks(), _ByLooks()
    for one in gone:
        (bare if one.id_number is None else whole).add(one)
    return frozenset(
        one.number
        for one in come
        if bare.holds_like(one) or (one.id_number is None and whole.holds_like(one))
    )


def plain(value: object) -> object:
    """A value for comparison: texts without blanks."""
    return _BLANKS.sub("", value) if isinstance(value, str) else value


class _Finder:
    """Finds those of one side who are the same person as somebody of the other."""

    def __init__(self, side: Iterable[Listed]) -> None:
        self._by_number: dict[str, list[Listed]] = defaultdict(list)
        self._by_name: dict[object, list[Listed]] = defaultdict(list)
        self._without_number: dict[object, list[Listed]] = defaultdict(list)
        for one in side:
            self._by_name[plain(one.name)].append(one)
            if one.id_number is None:
                self._without_number[plain(one.name)].append(one)
            else:
                self._by_number[one.id_number].append(one)

    def same_person(self, one: Listed) -> list[Listed]:
        """Every row of the side that names this person."""
        found = list(self._by_number.get(one.id_number, ())) if one.id_number else []
        if one.name is not None:
            namesakes = self._by_name if one.id_number is None else self._without_number
            found += [other for other in namesakes.get(plain(one.name), ()) if _same_by_name(one, other)]
        return found


class _ByLooks:
    """Persons by name, and by unit and title."""

    def __init__(self) -> None:
        self._looks: dict[object, list[Listed]] = defaultdict(list)

    def add(self, one: Listed) -> None:
        """Note a person."""
        for look in _looks_of(one):
            self._looks[look].append(one)

    def holds_like(self, one: Listed) -> bool:
        """True when somebody noted looks like the person, by whatever their numbers show."""
        return any(
            _numbers_agree(one, other) for look in _looks_of(one) for other in self._looks.get(look, ())
        )


def _looks_of(one: Listed) -> tuple[object, object]:
    return plain(one.name), (plain(one.unit), one.office)


def _same_by_name(one: Listed, other: Listed) -> bool:
    if not _numbers_agree(one, other):
        return False
    if _shown(one) is not None and _shown(other) is not None:
        return True
    return plain(one.unit) == plain(other.unit) and one.office == other.office


def _numbers_agree(one: Listed, other: Listed) -> bool:
    """False only where the two show numbers of which one does not end like the other."""
    ours, theirs = _shown(one), _shown(other)
    if ours is None or theirs is None:
        return True
    if one.id_number is not None and other.id_number is not None:
        return ours == theirs
    return ours.endswith(theirs) or theirs.endswith(ours)


def _shown(one: Listed) -> str | None:
    return one.id_number or one.id_tail


def _same_in_all(one: Listed, other: Listed) -> bool:
    return (one.office, plain(one.specialty), plain(one.unit), one.validity_area) == (
        other.office,
        plain(other.specialty),
        plain(other.unit),
        other.validity_area,
    )


def _same_office(one: Listed, other: Listed) -> bool:
    return one.office == other.office


def _anyhow(_one: Listed, _other: Listed) -> bool:
    return True
