"""Who may do what, as one table: roles, region rule, four eyes. `docs/permissions.md` is written from it.

Roles and regions come from the register of actors alone, never from what a caller brings along.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certsvc.domain.caller import CallerRole, Purpose


class Action(StrEnum):
    """Everything that is asked for in somebody's name, `face:object:verb`; the words of the audit trail.

    The face says who asks: `console` officials and programs that file, `portal` holders, `api` programs alone,
    `machine` whoever runs the command line where the keys are.
    """

    FILING_SUBMIT = "console:filing:submit"
    FILING_READ = "console:filing:read"
    FILING_APPROVE = "console:filing:approve"
    FILING_ISSUE = "console:filing:issue"
    REVOCATION_PROPOSE = "console:revoke:propose"
    REVOCATION_CONFIRM = "console:revoke:confirm"
    WRITE_OFF_PROPOSE = "console:write_off:propose"
    WRITE_OFF_CONFIRM = "console:write_off:confirm"
    VOIDING_PROPOSE = "console:void:propose"
    VOIDING_CONFIRM = "console:void:confirm"
    VOIDING_TURN_DOWN = "console:void:turn_down"
    CORRECTION_PROPOSE = "console:correct:propose"
    CORRECTION_CONFIRM = "console:correct:confirm"
    SUSPENSION_PROPOSE = "console:suspend:propose"
    SUSPENSION_CONFIRM = "console:suspend:confirm"
    REINSTATEMENT_PROPOSE = "console:reinstate:propose"
    REINSTATEMENT_CONFIRM = "console:reinstate:confirm"
    CERTIFICATE_READ = "console:certificate:read"
    DECISION_READ = "console:decision:read"
    DECISION_WITHDRAW = "console:decision:withdraw"
    DECISION_DOCUMENT = "console:decision:document"
    DECISION_SERVICE = "console:decision:service"
    BATCH_VOIDING_PROPOSE = "console:batch_void:propose"
    BATCH_VOIDING_CONFIRM = "console:batch_void:confirm"
    BATCH_VOIDING_TURN_DOWN = "console:batch_void:turn_down"
    BATCH_VOIDING_READ = "console:batch_void:read"
    BATCH_RESTORATION_PROPOSE = "console:batch_restore:propose"
    BATCH_RESTORATION_CONFIRM = "console:batch_restore:confirm"
    DEPENDENT_SETTLE = "console:dependent:settle"
    ANNULMENT_RECORD = "console:annulment:record"
    ANNULMENT_CONFIRM = "console:annulment:confirm"
    YEAR_CANCEL_PROPOSE = "console:cancel_year:propose"
    YEAR_CANCEL_CONFIRM = "console:cancel_year:confirm"
    YEAR_CANCEL_READ = "console:cancel_year:read"
    CREDIT_READ = "console:credit:read"
    UNIT_NOTICE_PROPOSE = "console:unit_notice:propose"
    UNIT_NOTICE_CONFIRM = "console:unit_notice:confirm"
    ELIGIBILITY_ASK = "api:eligibility:ask"
    PLATFORM_DELIVER = "machine:platform:deliver"
    PLATFORM_QUEUE = "machine:platform:queue"
    PLATFORM_REVIVE = "console:platform:revive"
    SYSTEM_READ = "console:system:read"
    ALARM_READ = "console:alarm:read"
    KEY_ANNOUNCE = "machine:key:announce"
    KEY_ABANDON = "machine:key:abandon"
    KEY_SWITCH = "machine:key:switch"
    KEY_RETIRE = "machine:key:retire"
    TRUST_ACCEPT = "machine:trust:accept"
    HISTORY_IMPORT = "console:history:import"
    HISTORY_CONFIRM = "console:history:confirm"
    MAPPING_MAKE = "console:mapping:make"
    ANNOUNCED_LIST_LOAD = "console:announced_list:load"
    ANNOUNCED_LIST_CONFIRM = "console:announced_list:confirm"
    REPORT_READ = "console:report:read"
    REPORT_EXPORT = "console:report:export"
    SAMPLE_DRAW = "console:sample:draw"
    ATTESTATION_RECORD = "console:attestation:record"
    POLICY_LOAD = "machine:policy:load"
    CALENDAR_LOAD = "machine:calendar:load"
    RECEIPT_RECORD = "console:receipt:record"
    OWN_CERTIFICATES_READ = "portal:own_certificates:read"
    OWN_DOCUMENT_READ = "portal:own_document:read"
    SHARE_MAKE = "portal:share:make"
    SHARE_READ = "portal:share:read"
    SHARE_CANCEL = "portal:share:cancel"
    COPY_MAKE = "portal:copy:make"
    COPY_READ = "portal:copy:read"
    COPY_WITHDRAW = "portal:copy:withdraw"
    STATEMENT_READ = "portal:statement:read"
    LOOK_UP_READ = "portal:look_up:read"
    NOTICE_READ = "portal:notice:read"
    NOTICE_SET = "portal:notice:set"
    REQUEST_MAKE = "portal:request:make"
    OWN_REQUEST_READ = "portal:request:read"
    OWN_DATA_EXPORT = "portal:data:export"
    LOOK_UP_ALERTS = "console:look_up:alerts"
    SUSPICION_READ = "console:suspicion:read"
    SUSPICION_RECORD = "console:suspicion:record"
    SUSPICION_ASSIGN = "console:suspicion:assign"
    SUSPICION_CLOSE = "console:suspicion:close"
    REQUEST_READ = "console:request:read"
    REQUEST_ASSIGN = "console:request:assign"
    REQUEST_ASK = "console:request:ask"
    REQUEST_ACCEPT = "console:request:accept"
    REQUEST_DECLINE = "console:request:decline"
    REQUEST_CONCLUDE = "console:request:conclude"
    REQUEST_UNLINK = "console:request:unlink"
    REQUEST_UNLINK_CONFIRM = "console:request:unlink_confirm"
    E_LICENCE_READ = "api:e_licence:read"
    ACTOR_READ = "console:actor:read"
    ACTOR_ADD = "console:actor:add"
    ACTOR_CHANGE = "console:actor:change"
    ACTOR_END = "console:actor:end"
    DELEGATION_PROPOSE = "console:delegation:propose"
    DELEGATION_ACCEPT = "console:delegation:accept"
    DELEGATION_END = "console:delegation:end"
    DELEGATION_READ = "console:delegation:read"
    AUDIT_READ = "console:audit:read"
    AUDIT_EXPORT = "console:audit:export"
    LOOK_READ = "console:look:read"
    UNIT_PEOPLE_READ = "console:unit_people:read"
    CLIENT_ADD = "machine:client:add"
    CLIENT_REMOVE = "machine:client:remove"
    API_KEY_ADD = "machine:api_key:add"
    API_KEY_END = "machine:api_key:end"
    REGISTRY_LOAD = "machine:registry:load"


def proposing(kind: str) -> Action:
    """The first step of a decision of this kind (`DecisionKind`, or `batch_` and a `BatchKind`)."""
    return Action(f"console:{kind}:propose")


def confirming(kind: str) -> Action:
    """The second step of such a decision, by another person."""
    return Action(f"console:{kind}:confirm")


class RegionRule(StrEnum):
    """Which authority may act, by the place that the object belongs to.

    `province`: the provincial department alone. `own`: the province, and the authorities whose territory the filing's
    committee works in. `city`: the province, and the city or prefecture responsible for the certificate.
    `same`: exactly the authority that the place names (who receives at this level, who proposed the decision).
    A committee office and a unit have a reach of their own instead: their committees, their unit.
    """

    PROVINCE = "province"
    OWN = "own"
    CITY = "city"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the table.

    `other_than`: the action whose person may not do this one too (four eyes). `purpose`: service clients registered
    for it may do it as well. `holder`: a holder who is signed in may, of what is their own. `operator`: whoever runs
    the command line may, without a person being named.
    """

    action: Action
    roles: frozenset[CallerRole]
    region: RegionRule
    basis: str
    other_than: Action | None = None
    purpose: Purpose | None = None
    holder: bool = False
    operator: bool = False


_WRITERS: Final = frozenset({CallerRole.MAKER, CallerRole.CHECKER})
_READERS: Final = _WRITERS | {CallerRole.SUPERVISOR}
_FILERS: Final = _WRITERS | {CallerRole.COMMITTEE}
_SECURITY: Final = frozenset({CallerRole.SECURITY})
_AUDIT: Final = frozenset({CallerRole.AUDIT})
_UNIT: Final = frozenset({CallerRole.UNIT})
_DELEGATORS: Final = _READERS | {CallerRole.COMMITTEE, CallerRole.UNIT}
_NO_ONE: Final[frozenset[CallerRole]] = frozenset()
_FILED = "吉人社函〔2022〕181号 三.6"
_RECEIVED = "吉人社函〔2022〕38号 一(六)1；吉人社函〔2023〕211号 四(四)"
_REVOKED = "吉人社函〔2022〕38号 四（二）"
_WRITTEN_OFF = "吉人社函〔2022〕38号 二（二）"
_VOIDED = "吉人社函〔2022〕38号 六（二）；无效由省级确认"
_CREDIT = "吉人社函〔2022〕38号 四（二）、四（四）"
_HISTORY = "吉人社函〔2022〕38号 五（三）"
_SHARED = "吉人社函〔2022〕38号 五（一）；由持证人本人授权"
_OWN = "吉人社函〔2022〕38号 五（一）、五（二）；个人信息保护法第四十五条"
_REPORTED = "吉人社函〔2022〕38号 四（五）"
_OWN_REQUESTS = "个人信息保护法第四十六条、第五十条；内部规则：经办、复核分离"
_FOUND = "吉人社函〔2022〕38号 五（一）、六（三）"
_SUPERVISED = "吉人社函〔2022〕38号 四（一）、六（三）"
_REINSTATED = "内部规则：经办、复核分离；已撤销的证书只由省级恢复"
_HOUSE = "内部规则：经办、复核分离"
_SYSTEM = "内部规则：系统维护"
_SEPARATED = "GB/T 22239-2019（等保三级）：系统、安全、审计管理员分设"


def _pair(propose: Action, confirm: Action, region: RegionRule, basis: str) -> tuple[Permission, Permission]:
    return (
        Permission(propose, _WRITERS, region, basis),
        Permission(confirm, _WRITERS, RegionRule.SAME, basis, other_than=propose),
    )


_TABLE: Final = (
    Permission(Action.FILING_SUBMIT, _FILERS, RegionRule.OWN, _FILED, purpose=Purpose.FILING, operator=True),
    Permission(
        Action.FILING_READ, _READERS | _FILERS, RegionRule.OWN, _FILED, purpose=Purpose.FILING, operator=True
    ),
    Permission(Action.FILING_APPROVE, _WRITERS, RegionRule.PROVINCE, _FILED),
    Permission(Action.FILING_ISSUE, _WRITERS, RegionRule.PROVINCE, _FILED, other_than=Action.FILING_APPROVE),
    Permission(Action.RECEIPT_RECORD, _WRITERS, RegionRule.SAME, _RECEIVED),
    *_pair(Action.REVOCATION_PROPOSE, Action.REVOCATION_CONFIRM, RegionRule.PROVINCE, _REVOKED),
    *_pair(Action.WRITE_OFF_PROPOSE, Action.WRITE_OFF_CONFIRM, RegionRule.PROVINCE, _WRITTEN_OFF),
    Permission(Action.VOIDING_PROPOSE, _WRITERS, RegionRule.CITY, _VOIDED),
    Permission(
        Action.VOIDING_CONFIRM, _WRITERS, RegionRule.PROVINCE, _VOIDED, other_than=Action.VOIDING_PROPOSE
    ),
    Permission(Action.VOIDING_TURN_DOWN, _WRITERS, RegionRule.PROVINCE, _VOIDED),
    *_pair(Action.CORRECTION_PROPOSE, Action.CORRECTION_CONFIRM, RegionRule.CITY, _HOUSE),
    *_pair(Action.SUSPENSION_PROPOSE, Action.SUSPENSION_CONFIRM, RegionRule.CITY, _HOUSE),
    *_pair(Action.REINSTATEMENT_PROPOSE, Action.REINSTATEMENT_CONFIRM, RegionRule.CITY, _REINSTATED),
    Permission(Action.CERTIFICATE_READ, _READERS, RegionRule.OWN, _FOUND),
    Permission(Action.DECISION_READ, _READERS, RegionRule.CITY, _HOUSE, operator=True),
    Permission(Action.DECISION_WITHDRAW, _WRITERS, RegionRule.SAME, _HOUSE),
    Permission(Action.DECISION_DOCUMENT, _WRITERS, RegionRule.CITY, _HOUSE),
    Permission(Action.DECISION_SERVICE, _WRITERS, RegionRule.CITY, _HOUSE),
    Permission(Action.BATCH_VOIDING_PROPOSE, _WRITERS, RegionRule.CITY, _VOIDED),
    Permission(
        Action.BATCH_VOIDING_CONFIRM,
        _WRITERS,
        RegionRule.PROVINCE,
        _VOIDED,
        other_than=Action.BATCH_VOIDING_PROPOSE,
    ),
    Permission(Action.BATCH_VOIDING_TURN_DOWN, _WRITERS, RegionRule.PROVINCE, _VOIDED),
    Permission(Action.BATCH_VOIDING_READ, _READERS, RegionRule.OWN, _VOIDED, operator=True),
    *_pair(
        Action.BATCH_RESTORATION_PROPOSE, Action.BATCH_RESTORATION_CONFIRM, RegionRule.PROVINCE, _REINSTATED
    ),
    Permission(Action.DEPENDENT_SETTLE, _WRITERS, RegionRule.PROVINCE, _VOIDED),
    *_pair(
        Action.ANNULMENT_RECORD,
        Action.ANNULMENT_CONFIRM,
        RegionRule.PROVINCE,
        "吉人社函〔2022〕38号 四（六）",
    ),
    *_pair(Action.YEAR_CANCEL_PROPOSE, Action.YEAR_CANCEL_CONFIRM, RegionRule.CITY, _CREDIT),
    Permission(Action.YEAR_CANCEL_READ, _READERS, RegionRule.CITY, _CREDIT),
    Permission(Action.CREDIT_READ, _READERS, RegionRule.PROVINCE, _CREDIT),
    *_pair(Action.UNIT_NOTICE_PROPOSE, Action.UNIT_NOTICE_CONFIRM, RegionRule.PROVINCE, _CREDIT),
    Permission(Action.ELIGIBILITY_ASK, _NO_ONE, RegionRule.PROVINCE, _CREDIT, purpose=Purpose.ELIGIBILITY),
    Permission(Action.PLATFORM_DELIVER, _NO_ONE, RegionRule.PROVINCE, _CREDIT, operator=True),
    Permission(Action.PLATFORM_QUEUE, _NO_ONE, RegionRule.PROVINCE, _HOUSE, operator=True),
    Permission(Action.PLATFORM_REVIVE, _WRITERS, RegionRule.PROVINCE, _HOUSE),
    Permission(Action.SYSTEM_READ, _READERS | {CallerRole.SYSTEM}, RegionRule.PROVINCE, _SYSTEM),
    Permission(Action.ALARM_READ, _READERS | {CallerRole.SYSTEM}, RegionRule.PROVINCE, _SYSTEM),
    *_pair(Action.HISTORY_IMPORT, Action.HISTORY_CONFIRM, RegionRule.CITY, _HISTORY),
    Permission(Action.MAPPING_MAKE, _WRITERS, RegionRule.PROVINCE, "吉人社函〔2022〕38号 一（一）2"),
    *_pair(Action.ANNOUNCED_LIST_LOAD, Action.ANNOUNCED_LIST_CONFIRM, RegionRule.CITY, _HOUSE),
    Permission(Action.REPORT_READ, _READERS, RegionRule.OWN, _SUPERVISED, operator=True),
    Permission(Action.REPORT_EXPORT, _READERS, RegionRule.OWN, _SUPERVISED, operator=True),
    Permission(Action.SAMPLE_DRAW, _WRITERS, RegionRule.CITY, _SUPERVISED),
    Permission(Action.ATTESTATION_RECORD, _WRITERS, RegionRule.OWN, _SUPERVISED),
    Permission(Action.POLICY_LOAD, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.CALENDAR_LOAD, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    *(
        Permission(action, _NO_ONE, RegionRule.PROVINCE, _OWN, purpose=Purpose.HOLDER_PORTAL, holder=True)
        for action in (Action.OWN_CERTIFICATES_READ, Action.OWN_DOCUMENT_READ)
    ),
    *(
        Permission(action, _NO_ONE, RegionRule.PROVINCE, _SHARED, purpose=Purpose.HOLDER_PORTAL, holder=True)
        for action in (Action.SHARE_MAKE, Action.SHARE_READ, Action.SHARE_CANCEL)
    ),
    Permission(
        Action.LOOK_UP_READ, _NO_ONE, RegionRule.PROVINCE, _SHARED, purpose=Purpose.HOLDER_PORTAL, holder=True
    ),
    Permission(Action.LOOK_UP_ALERTS, _READERS, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.SUSPICION_READ, _READERS, RegionRule.CITY, _REPORTED),
    Permission(Action.SUSPICION_RECORD, _WRITERS, RegionRule.CITY, _REPORTED),
    Permission(Action.SUSPICION_ASSIGN, _WRITERS, RegionRule.CITY, _REPORTED),
    Permission(Action.SUSPICION_CLOSE, _WRITERS, RegionRule.CITY, _REPORTED),
    Permission(Action.REQUEST_READ, _READERS, RegionRule.CITY, _OWN_REQUESTS),
    *(
        Permission(action, _WRITERS, RegionRule.CITY, _OWN_REQUESTS)
        for action in (
            Action.REQUEST_ASSIGN,
            Action.REQUEST_ASK,
            Action.REQUEST_ACCEPT,
            Action.REQUEST_DECLINE,
            Action.REQUEST_UNLINK,
        )
    ),
    Permission(
        Action.REQUEST_CONCLUDE,
        _WRITERS,
        RegionRule.CITY,
        _OWN_REQUESTS,
        other_than=Action.REQUEST_ACCEPT,
    ),
    Permission(
        Action.REQUEST_UNLINK_CONFIRM,
        _WRITERS,
        RegionRule.CITY,
        _OWN_REQUESTS,
        other_than=Action.REQUEST_UNLINK,
    ),
    *(
        Permission(action, _NO_ONE, RegionRule.PROVINCE, _OWN_REQUESTS, holder=True)
        for action in (Action.REQUEST_MAKE, Action.OWN_REQUEST_READ)
    ),
    *(
        Permission(action, _NO_ONE, RegionRule.PROVINCE, _OWN, holder=True)
        for action in (Action.NOTICE_READ, Action.NOTICE_SET, Action.OWN_DATA_EXPORT)
    ),
    *(
        Permission(
            action,
            _NO_ONE,
            RegionRule.PROVINCE,
            _SHARED,
            purpose=Purpose.HOLDER_PORTAL,
            holder=True,
            operator=True,
        )
        for action in (Action.COPY_MAKE, Action.COPY_READ, Action.COPY_WITHDRAW)
    ),
    Permission(
        Action.STATEMENT_READ,
        _NO_ONE,
        RegionRule.PROVINCE,
        _HISTORY,
        purpose=Purpose.HOLDER_PORTAL,
        holder=True,
        operator=True,
    ),
    Permission(
        Action.E_LICENCE_READ,
        _NO_ONE,
        RegionRule.PROVINCE,
        "吉人社函〔2022〕38号 五（一）",
        purpose=Purpose.E_LICENCE,
        operator=True,
    ),
    *(
        Permission(action, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True)
        for action in (
            Action.KEY_ANNOUNCE,
            Action.KEY_ABANDON,
            Action.KEY_SWITCH,
            Action.KEY_RETIRE,
            Action.TRUST_ACCEPT,
        )
    ),
    *(
        Permission(action, _SECURITY, RegionRule.PROVINCE, _SEPARATED, operator=True)
        for action in (Action.ACTOR_READ, Action.ACTOR_ADD, Action.ACTOR_CHANGE, Action.ACTOR_END)
    ),
    *(
        Permission(action, _DELEGATORS | _SECURITY, RegionRule.SAME, _HOUSE)
        for action in (Action.DELEGATION_PROPOSE, Action.DELEGATION_END, Action.DELEGATION_READ)
    ),
    Permission(Action.DELEGATION_ACCEPT, _DELEGATORS, RegionRule.SAME, _HOUSE),
    *(
        Permission(action, _AUDIT, RegionRule.PROVINCE, _SEPARATED, operator=True)
        for action in (Action.AUDIT_READ, Action.AUDIT_EXPORT, Action.LOOK_READ)
    ),
    Permission(Action.UNIT_PEOPLE_READ, _UNIT, RegionRule.OWN, _FOUND),
    Permission(Action.CLIENT_ADD, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.CLIENT_REMOVE, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.API_KEY_ADD, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.API_KEY_END, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
    Permission(Action.REGISTRY_LOAD, _NO_ONE, RegionRule.PROVINCE, _SYSTEM, operator=True),
)
PERMISSIONS: Final = MappingProxyType({line.action: line for line in _TABLE})
"""The whole table, by action."""
