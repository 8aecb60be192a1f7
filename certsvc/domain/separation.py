"""Who may be registered as what: a role's own fields, one account a person, three administrators of three persons.

GB/T 22239-2019 (等保三级) asks for separate system, security and audit administration.
"""

from __future__ import annotations

from collections.abc import Iterable

from certsvc.domain.actor import ADMINISTRATORS, LONGEST_NAME, Actor, Role
from certsvc.domain.delegation import ACTING
from certsvc.domain.regions import PROVINCE, REGIONS
from certsvc.domain.unit_codes import read_unit_code


def actor_fault(new: Actor) -> str | None:
    """Why an account cannot be registered like this, by its own fields alone; None when it can."""
    if not 0 < len(new.name) <= LONGEST_NAME or not new.name.isprintable() or new.name != new.name.strip():
        return f"账号名须为 1 至 {LONGEST_NAME} 个可显示的字符，首尾不留空格。"
    if ACTING in f" {new.name} ":
        return f"账号名中不能含“{ACTING}”：它用于记载委托代办。"
    if new.region not in REGIONS:
        return f"{new.region} 不是吉林省的行政区划代码。"
    if (new.role is Role.COMMITTEE) != bool(new.committees):
        return "评委会办事机构的账号须写明所服务的评委会代码；其他角色不写。"
    if (new.role is Role.UNIT) != (new.unit is not None):
        return "单位账号须写明统一社会信用代码；其他角色不写。"
    if new.unit is not None and read_unit_code(new.unit).code != new.unit:
        return f"{new.unit} 不是有效的统一社会信用代码。"
    if new.role in ADMINISTRATORS and new.region != PROVINCE:
        return "安全、系统、审计管理员由省级登记，地区须为 220000。"
    return None


def separation_fault(new: Actor, in_office: Iterable[Actor], ever: Iterable[Actor]) -> str | None:
    """Why a person may not hold this role; None when they may.

    `in_office`: the other accounts that are in office; `ever`: everything that this account, and every account of
    the same person, was ever registered as. A person has one account at a time, so that four eyes are two persons'.
    Whoever was one of the three administrators never becomes another: they would watch over their own past.
    """
    own = person_of(new)
    twin = next((one for one in in_office if one.name != new.name and person_of(one) == own), None)
    if twin is not None:
        return f"此人已有在用账号 {twin.name}。一人只能有一个在用账号；请先停用，或改用原账号。"
    if new.role in ADMINISTRATORS:
        was = next(
            (one.role for one in ever if one.role in ADMINISTRATORS and one.role is not new.role), None
        )
        if was is not None:
            return f"此人曾任{was.zh}，不能再任{new.role.zh}：安全、系统、审计管理员须由不同的人担任。"
    return None


def person_of(one: Actor) -> str:
    """The person behind an account, as far as known: the staff number, or else the account's name."""
    return one.person or one.name
