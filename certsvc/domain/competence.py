"""Judging the table of permissions: why a caller may not do something, as a sentence for the person."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from certsvc.domain.caller import Caller, CallerRole
from certsvc.domain.delegation import FirstPerson, persons_behind, share_a_person
from certsvc.domain.permission import PERMISSIONS, Action, Permission, RegionRule
from certsvc.domain.regions import PROVINCE, lies_within


def refusal(
    action: Action,
    caller: Caller,
    *,
    place: str | None = None,
    committee: str | None = None,
    unit: str | None = None,
    first_person: FirstPerson | None = None,
) -> str | None:
    """Why the caller may not do this, as a sentence for the person; None when they may.

    `place` is the six-digit code that the line's region rule compares with, `committee` and `unit` the codes of whose
    matter it is (None: unknown); `first_person` is who did the step before, as registered then.
    """
    line, why = PERMISSIONS[action], role_refusal(action, caller)
    if why is not None or caller.role not in line.roles:
        return why
    if line.other_than is not None and first_person is not None and _is_same(first_person, caller):
        return _same_person(first_person.name, caller.name)
    match caller.role:
        case CallerRole.COMMITTEE if line.region is not RegionRule.SAME:
            return (
                None if committee in caller.committees else "只能办理本评委会办事机构所服务的评委会的备案。"
            )
        case CallerRole.UNIT if line.region is not RegionRule.SAME:
            return None if unit is not None and unit == caller.unit else "只能查看本单位人员的办理情况。"
        case _:
            return None if _is_competent(line.region, caller.region, place) else _elsewhere(line)


def role_refusal(action: Action, caller: Caller) -> str | None:
    """Why the caller's role (for a program: its purposes) may never do this; None when it may somewhere."""
    line = PERMISSIONS[action]
    match caller.role:
        case CallerRole.OPERATOR:
            return None if line.operator else "这一步须由登记的人员以本人账号办理。"
        case CallerRole.HOLDER:
            return None if line.holder else "这一事项不由持证人本人在此办理。"
        case CallerRole.SERVICE:
            registered = line.purpose is not None and line.purpose in caller.purposes
            return None if registered else "该系统没有登记办理这一事项的用途。"
        case CallerRole.NOBODY:
            return "请先登录，或由登记的人员办理。"
        case _:
            return None if caller.role in line.roles else _beyond_role(line, caller.role)


def _beyond_role(line: Permission, role: CallerRole) -> str:
    if not line.roles:
        return "这一事项由系统维护人员在服务器上办理。"
    match role:
        case CallerRole.SUPERVISOR:
            return "监督人员可以查看全部过程，但不能作出决定。"
        case CallerRole.SECURITY | CallerRole.SYSTEM | CallerRole.AUDIT:
            return "管理员不办理业务，也不行使其他管理员的职责（系统、安全、审计分设）。"
        case CallerRole.COMMITTEE:
            return "评委会办事机构只报送和查看本评委会的备案。"
        case CallerRole.UNIT:
            return "单位只查看本单位人员的办理情况。"
        case _:
            return "这一事项由专门的管理员办理。"


def _is_same(first_person: FirstPerson, caller: Caller) -> bool:
    return share_a_person(first_person.persons, persons_behind(caller.name, caller.person))


def _same_person(first_person: str, name: str) -> str:
    if first_person == name:
        return "两步手续不能由同一人办理（经办、复核分离）。请由另一位人员办理。"
    return f"上一步由 {first_person} 办理，与您属于同一人或同一委托（经办、复核分离）。请由另一位人员办理。"


def _is_competent(rule: RegionRule, region: str, place: str | None) -> bool:
    match rule:
        case RegionRule.PROVINCE:
            return region == PROVINCE
        case RegionRule.OWN:
            return region == PROVINCE or (place is not None and lies_within(place, region))
        case RegionRule.CITY:
            return region == PROVINCE or (place is not None and region == place)
        case RegionRule.SAME:
            return region == place


def _elsewhere(line: Permission) -> str:
    match line.region:
        case RegionRule.PROVINCE:
            return "这一事项由省级人力资源和社会保障部门的人员办理。"
        case RegionRule.OWN:
            what = _CONCERNS.get(line.action, "这一备案")
            return f"{what}属于其他地区，请由所属地区或省级部门的人员办理。"
        case RegionRule.CITY:
            what = _CONCERNS.get(line.action, "这一证书")
            return f"{what}属于其他地区，请由所属市（州）或省级部门的人员办理。"
        case RegionRule.SAME:
            return "这一事项须由同一部门的人员办理。"


_CONCERNS: Final = MappingProxyType(
    {
        Action.CERTIFICATE_READ: "这一证书",
        Action.YEAR_CANCEL_PROPOSE: "这一人员",
        Action.YEAR_CANCEL_READ: "这一人员",
        Action.ANNOUNCED_LIST_LOAD: "这一公布名单",
        Action.HISTORY_IMPORT: "这一批历史数据",
        Action.BATCH_VOIDING_PROPOSE: "这一备案",
        Action.REPORT_READ: "所查的数据",
        Action.REPORT_EXPORT: "所查的数据",
        Action.SAMPLE_DRAW: "抽查的范围",
        **dict.fromkeys(
            (Action.SUSPICION_READ, Action.SUSPICION_RECORD, Action.SUSPICION_ASSIGN, Action.SUSPICION_CLOSE),
            "这件举报",
        ),
    }
)
"""What the object of an action is called, where it is neither a filing nor a certificate."""
