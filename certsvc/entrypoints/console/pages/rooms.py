"""The console's sections, in the order in which they are offered; each is shown to whoever may enter it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certsvc.domain.caller import Caller
from certsvc.domain.permission import PERMISSIONS, Action, RegionRule
from certsvc.domain.regions import PROVINCE
from certsvc.entrypoints.html.rendering import Group, Link
from certsvc.stages.reports import reads_supervision


@dataclass(frozen=True, slots=True)
class Room:
    """A section: where it is, its words, and what one must be able to do to be shown it.

    `only`: whom of those the use case lets in; None: all of them.
    """

    address: str
    zh: str
    en: str
    needs: Action | None = None
    only: Callable[[Caller], bool] | None = None


@dataclass(frozen=True, slots=True)
class Wing:
    """Sections under one heading."""

    zh: str
    en: str
    rooms: tuple[Room, ...]


WINGS: Final = (
    Wing(
        "办理",
        "Work",
        (
            Room("/console", "工作台", "Dashboard"),
            Room("/console/filings", "备案", "Filings", Action.FILING_READ),
            Room("/console/deadlines", "办理期限", "Deadlines", Action.FILING_READ),
            Room("/console/holds", "异议与暂缓", "Objections and holds", Action.FILING_READ),
            Room("/console/unit-people", "本单位人员", "People of the unit", Action.UNIT_PEOPLE_READ),
            Room("/console/requests", "持证人申请", "Requests of holders", Action.REQUEST_READ),
        ),
    ),
    Wing(
        "查询",
        "Search",
        (
            Room("/console/search", "查询证书", "Search certificates", Action.CERTIFICATE_READ),
            Room("/console/decisions", "决定", "Decisions", Action.DECISION_READ),
            Room("/console/batches", "整批决定", "Whole batches", Action.BATCH_VOIDING_READ),
            Room("/console/dependent-titles", "后续职称", "Dependent titles", Action.CREDIT_READ),
            Room("/console/credit", "诚信档案", "Credit archive", Action.CREDIT_READ),
            Room("/console/cancelled-years", "取消当年申报资格", "Cancelled years", Action.YEAR_CANCEL_READ),
            Room("/console/unit-notices", "单位公开通报", "Unit notices", Action.CREDIT_READ),
            Room("/console/annulments", "成绩、资格被取消", "Annulled proofs", Action.CREDIT_READ),
        ),
    ),
    Wing(
        "监督",
        "Supervision",
        (
            Room("/console/cases", "举报和投诉", "Reports and complaints", Action.SUSPICION_READ),
            Room("/console/statistics", "统计", "Statistics", Action.REPORT_READ),
            Room("/console/coverage", "制证核对", "Coverage", Action.REPORT_READ),
            Room("/console/samples", "抽查和监督登记", "Samples", Action.REPORT_READ),
            Room(
                "/console/supervision",
                "监督事项",
                "Supervision lists",
                Action.REPORT_READ,
                reads_supervision,
            ),
            Room("/console/history", "历史数据", "Historical data", Action.DECISION_READ),
        ),
    ),
    Wing(
        "依据",
        "Foundations",
        (
            Room("/console/registry", "评委会和授权", "Committees"),
            Room("/console/calendars", "节假日安排", "Calendars"),
            Room("/console/policies", "政策文件", "Policies"),
        ),
    ),
    Wing(
        "系统",
        "System",
        (
            Room("/console/ledger", "公开账本", "Ledger", Action.SYSTEM_READ),
            Room("/console/jobs", "后台任务", "Background work", Action.SYSTEM_READ),
            Room("/console/keys", "密钥", "Keys", Action.SYSTEM_READ),
            Room("/console/suspicious", "异常情况", "Alarms", Action.ALARM_READ),
            Room("/console/people", "人员账号", "Accounts", Action.ACTOR_READ),
            Room("/console/delegations", "委托代办", "Delegations", Action.DELEGATION_READ),
            Room("/console/audit-trail", "办理留痕", "Audit trail", Action.AUDIT_READ),
        ),
    ),
)


def groups_for(caller: Caller) -> tuple[Group, ...]:
    """The navigation of a caller; headings without a section are left out."""
    groups = (
        Group(
            wing.zh,
            wing.en,
            tuple(Link(room.address, room.zh, room.en) for room in wing.rooms if is_offered(room, caller)),
        )
        for wing in WINGS
    )
    return tuple(group for group in groups if group.links)


def is_offered(room: Room, caller: Caller) -> bool:
    """Whether a section is shown to a caller: exactly to whoever may enter it."""
    if room.needs is not None and not may_enter(room.needs, caller):
        return False
    return room.only is None or room.only(caller)


def may_enter(needed: Action, caller: Caller) -> bool:
    """Whether a section that needs this is anything for the caller: by role, and by region where the province alone may."""
    line = PERMISSIONS[needed]
    elsewhere = line.region is RegionRule.PROVINCE and caller.region != PROVINCE
    return caller.role in line.roles and not elsewhere
