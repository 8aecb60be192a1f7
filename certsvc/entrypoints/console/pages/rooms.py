"""The console's sections, in the order in which they are offered; each is shown to whoever may enter it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.permission import PERMISSIONS, Action
from certsvc.entrypoints.html.rendering import Group, Link


@dataclass(frozen=True, slots=True)
class Room:
    """A section: where it is, its words, and what one must be able to do to be shown it."""

    address: str
    zh: str
    en: str
    needs: Action | None = None


@dataclass(frozen=True, slots=True)
class Wing:
    """Sections under one heading."""

    zh: str
    en: str
    rooms: tuple[Room, ...]


WINGS: Final = (
    Wing("办理", "Work", (Room("/console", "工作台", "Dashboard"),)),
    Wing("查询", "Search", ()),
    Wing("监督", "Supervision", ()),
    Wing("依据", "Foundations", ()),
    Wing("系统", "System", ()),
)


def groups_for(caller: Caller) -> tuple[Group, ...]:
    """The navigation of a caller; headings without a section are left out."""
    groups = (
        Group(
            wing.zh,
            wing.en,
            tuple(Link(room.address, room.zh, room.en) for room in wing.rooms if _may_enter(room, caller)),
        )
        for wing in WINGS
    )
    return tuple(group for group in groups if group.links)


def _may_enter(room: Room, caller: Caller) -> bool:
    return room.needs is None or caller.role in PERMISSIONS[room.needs].roles
