"""What a corrected announcement 公布文件更正 changes, and what has to follow from each change.

A change of words that a correction 更正 may touch is corrected; another one needs the certificate voided 无效 and a new
filing row; who is withdrawn loses the certificate; who is added comes with a supplementary filing. Nothing of it happens
by itself: every decision has its own two persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.announced_list import Listed
from certsvc.domain.announced_matching import differences, looking_alike, pair

CORRECTED_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {"name": "name", "specialty": "specialty", "unit": "unit_name"}
)
"""Fields of a list that a correction of the certificate may change -> the certificate's own field."""


class ChangeKind(StrEnum):
    """What the corrected document does to a row."""

    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    ADDED = "added"

    @property
    def label(self) -> str:
        """The Chinese word."""
        return {"changed": "变更", "withdrawn": "撤出", "added": "增加"}[self.value]


class ChangeState(StrEnum):
    """How far a change has come."""

    OPEN = "open"
    PROPOSED = "proposed"
    DONE = "done"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        """The Chinese words."""
        return {"open": "待办", "proposed": "已提出决定", "done": "已办结", "not_needed": "无需办理"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `before` and `after` as the two lists name the person, `fields` that differ (of FIELD_WORDS)."""

    kind: ChangeKind
    before: Listed | None
    after: Listed | None
    fields: tuple[str, ...] = ()

    @property
    def correctable(self) -> bool:
        """True when a correction of the certificate covers all of it."""
        return self.kind is ChangeKind.CHANGED and all(
            field in CORRECTED_FIELDS and getattr(self.after, field) is not None for field in self.fields
        )

    def corrections(self) -> dict[str, str]:
        """The certificate's fields and their new text, of a correctable change."""
        return {CORRECTED_FIELDS[field]: str(getattr(self.after, field)) for field in self.fields}


@dataclass(frozen=True, slots=True)
class ListComparison:
    """A corrected list against the one it replaces.

    `unclear`: 序号 of the new list whose counterpart cannot be told: they need 原序号. `mistaken`: those whose 原序号 names
    nobody, or somebody whom another row names too.
    """

    changes: tuple[Change, ...]
    unclear: tuple[int, ...] = ()
    mistaken: tuple[int, ...] = ()


def compare_lists(old: Iterable[Listed], new: Iterable[Listed]) -> ListComparison:
    """Every change from the old list to the new one: changed rows, then withdrawn, then added ones."""
    before, after = {one.number: one for one in old}, {one.number: one for one in new}
    links, mistaken = _declared(before, after)
    fresh = {one.number for one in after.values() if one.formerly == 0}
    free_old = [one for one in before.values() if one.number not in links]
    linked = set(links.values())
    free_new = [one for one in after.values() if one.number not in linked | fresh | set(mistaken)]
    found = pair(free_old, free_new)
    links = {**links, **found.pairs}
    gone = [before[number] for number in found.only_left]
    come = [after[number] for number in found.only_right]
    alike = looking_alike(gone, come)
    changed = (
        Change(ChangeKind.CHANGED, before[was], after[now], fields)
        for was, now in sorted(links.items())
        if (fields := differences(before[was], after[now]))
    )
    added = sorted([*(one.number for one in come), *fresh])
    return ListComparison(
        (
            *changed,
            *(Change(ChangeKind.WITHDRAWN, one, None) for one in gone),
            *(Change(ChangeKind.ADDED, None, after[number]) for number in added),
        ),
        tuple(sorted(found.ambiguous_right | alike)),
        tuple(sorted(mistaken)),
    )


def _declared(before: Mapping[int, Listed], after: Mapping[int, Listed]) -> tuple[dict[int, int], list[int]]:
    """The pairs that 原序号 declares, and the rows of the new list whose 原序号 cannot be."""
    links: dict[int, int] = {}
    mistaken = []
    for one in after.values():
        if not one.formerly:
            continue
        if one.formerly not in before or one.formerly in links:
            mistaken.append(one.number)
        else:
            links[one.formerly] = one.number
    return links, mistaken
