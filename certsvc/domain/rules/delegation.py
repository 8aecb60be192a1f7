"""Delegated authority 下放: what an appointment-linked or self-reviewing committee reviews only where it was told so.

Senior titles 正高级 are among the `levels` of an authorization. Persons of an agency or employed by the unit itself, auxiliary
series and conversions at equal level are named in `delegated`; an authorization without it says nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import Authorization, Committee, CommitteeKind, Delegated
from certsvc.domain.rules.authority import covering
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.series import series_named
from certsvc.domain.ways import Way

NOT_DELEGATED = declare(
    code="authority-not-delegated",
    severity=Severity.HOLD,
    clause=f"{REFORM} 一（二）3",
    summary="评聘结合、自主评审单位评审人事代理、自聘人员，辅系列和同级改职，须经下放权限",
    message="登记的授权写明了下放的权限，其中没有“{missing}”。请核对；确未下放的，由单位提出委托评审申请。",
    good="授权下放 人事代理，人员类别 人事代理",
    bad="授权只下放 同级改职，人员类别 人事代理",
    since="2026-11-21.3",
)

_KINDS: Final = frozenset({CommitteeKind.APPOINTMENT_LINKED, CommitteeKind.SELF_REVIEWING})
_PERSONS: Final = {"人事代理": Delegated.AGENCY, "自聘": Delegated.UNIT_EMPLOYED}
_COLUMNS: Final = {
    Delegated.AGENCY: "人员类别",
    Delegated.UNIT_EMPLOYED: "人员类别",
    Delegated.AUXILIARY: "申报系列",
    Delegated.CONVERSION: "取得方式",
}


def check_delegation(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """One finding for each authority that no authorization covering the row delegates."""
    committee = docket.committee
    if committee is None or committee.kind not in _KINDS or candidate.way is Way.ENTRUSTED:
        return
    lacking = [_lacking(granted, candidate, committee) for granted in covering(candidate, docket)]
    fewest: frozenset[Delegated] = min(lacking, key=lambda found: len(found), default=frozenset())
    for one in sorted(fewest):
        yield NOT_DELEGATED.finding(row=candidate.row.number, column=_COLUMNS[one], missing=one.value)


def _lacking(granted: Authorization, candidate: Candidate, committee: Committee) -> frozenset[Delegated]:
    """What the row needs and the authorization does not give; nothing where it says nothing of delegation."""
    if granted.delegated is None:
        return frozenset()
    needed: set[Delegated] = set()
    person = candidate.row.person_kind
    if person in _PERSONS and person not in (granted.persons or ()):
        needed.add(_PERSONS[person])
    if candidate.way is Way.CONVERSION:
        needed.add(Delegated.CONVERSION)
    main = {series_named(name) for name in committee.main_series}
    if main and candidate.series is not None and candidate.series not in main:
        needed.add(Delegated.AUXILIARY)
    return frozenset(needed - granted.delegated)
