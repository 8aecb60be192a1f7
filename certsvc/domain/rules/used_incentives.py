"""Incentives that were used up otherwise: by an application a year early, or by an appointment during the mission.

Neither leaves a certificate here: the unit says so in 依据文号, 岗位说明 or 备注.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import EPIDEMIC, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.ways import Way

APPLIED_EARLY = declare(
    code="epidemic-applied-early",
    severity=Severity.ERROR,
    clause=f"{EPIDEMIC} 一",
    summary="已享受接触确诊人员提前一年申报评审政策的，不得申报抗疫激励",
    message="本行注明已提前一年申报评审，两项政策只能享受一项。请核对“{place}”，确已享受的从本批次撤出。",
    good="未享受提前一年申报政策",
    bad="备注 已享受2022年提前一年申报评审政策",
    since="2026-11-21.2",
)
APPOINTMENT_COUNTS = declare(
    code="aid-appointment-counts",
    severity=Severity.HOLD,
    clause=f"{REFORM} 二（二）",
    summary="援外期间由派出单位聘任专业技术职务的，视同已落实激励政策",
    message="“{place}”注明援外期间已聘任职务，视同激励政策落实，本行暂缓。请核实；确已聘任的从本批次撤出。",
    good="援外期间未聘任新的职务",
    bad="备注 援疆期间已聘任副主任医师",
    since="2026-11-21.2",
)

_EARLY: Final = re.compile(r"提前(?:一|1)年")
_APPOINTED: Final = re.compile(r"(?:援\S{1,6}|支教)期间\S{0,8}聘(?:任|用)|视同\S{0,6}激励")
_DENIED: Final = re.compile(r"[未没无]")


def check_used_incentives(candidate: Candidate, _docket: Docket) -> Iterator[Finding]:
    """Both exclusions for one row."""
    match candidate.way:
        case Way.ANTI_EPIDEMIC:
            rule, words = APPLIED_EARLY, _EARLY
        case Way.AID_MISSION:
            rule, words = APPOINTMENT_COUNTS, _APPOINTED
        case _:
            return
    row = candidate.row
    for column, text in (("依据文号", row.basis_ref), ("岗位说明", row.post), ("备注", row.remark)):
        if text is not None and words.search(text) and not _DENIED.search(text):
            yield rule.finding(row=row.number, column=column, place=column)
            return
