"""Actors: the registered persons who file, approve, issue, decide, watch or administer (谁受理、谁负责、谁签字)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_NAME: Final = 64
"""Characters of an account's name, and of the name under which a delegate acts."""


class Role(StrEnum):
    """What an actor is there for."""

    MAKER = "maker"
    CHECKER = "checker"
    SUPERVISOR = "supervisor"
    COMMITTEE = "committee"
    UNIT = "unit"
    SECURITY = "security"
    SYSTEM = "system"
    AUDIT = "audit"

    @property
    def zh(self) -> str:
        """The role as people read it."""
        return _ZH[self]

    @property
    def en(self) -> str:
        """The role in English."""
        return _EN[self]


_ZH: Final = {
    Role.MAKER: "经办",
    Role.CHECKER: "复核",
    Role.SUPERVISOR: "监督",
    Role.COMMITTEE: "评委会办事机构",
    Role.UNIT: "单位",
    Role.SECURITY: "安全管理员",
    Role.SYSTEM: "系统管理员",
    Role.AUDIT: "审计管理员",
}
_EN: Final = {
    Role.MAKER: "maker",
    Role.CHECKER: "checker",
    Role.SUPERVISOR: "supervisor",
    Role.COMMITTEE: "committee office",
    Role.UNIT: "unit",
    Role.SECURITY: "security administrator",
    Role.SYSTEM: "system administrator",
    Role.AUDIT: "audit administrator",
}
WRITERS: Final = frozenset({Role.MAKER, Role.CHECKER})
"""The two roles of an authority that decide."""
ADMINISTRATORS: Final = frozenset({Role.SECURITY, Role.SYSTEM, Role.AUDIT})
"""Three roles of three persons 三员分立: nobody ever holds two of them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One registered account: its name, role, and the region (six digits) whose authority the person serves.

    `committees`: the codes of the review committees that a committee office works for; `unit`: the unified social
    credit code of a unit; both empty for every other role. `person` is the staff number of who stands behind the
    account (None: the account's name is all that is known); of an account under which a delegate acts, those of both.
    """

    name: str
    role: Role
    region: str
    committees: frozenset[str] = frozenset()
    unit: str | None = None
    person: str | None = None

    @property
    def may_decide(self) -> bool:
        """True for the two roles that write; everybody else reads, files or administers."""
        return self.role in WRITERS
