"""The provincial application system 全省职称申报系统: appointment-linked units were to come to it within two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.registry import CommitteeKind
from certsvc.domain.rules.clauses import REFORM
from certsvc.domain.rules.docket import Docket
from certsvc.domain.rules.registry import declare

NOT_ONLINE = declare(
    code="application-not-online",
    severity=Severity.WARNING,
    clause=f"{REFORM} 五（五）",
    summary="评聘结合单位两年过渡期后，参评人员全部使用全省职称申报系统申报",
    message="本批次评审在两年过渡期之后，未填申报系统受理号。请补充受理号，或确认参评人员均已在线申报。",
    good="2024年10月评审，申报系统受理号 DRC-2024-000123",
    bad="2024年10月评审，申报系统受理号为空",
    since="2026-11-21.3",
)

TRANSITION_ENDS_ON: Final = date(2024, 4, 20)
"""“从今年开始…两年内”, counted from the day of the notice, 2022-04-20: the later of the two readings."""


def check_online(docket: Docket) -> Iterator[Finding]:
    """A batch of an appointment-linked unit, reviewed after the transition, names its number in the system."""
    committee, met = docket.committee, docket.meeting_on
    if committee is None or committee.kind is not CommitteeKind.APPOINTMENT_LINKED:
        return
    if met is None or met <= TRANSITION_ENDS_ON:
        return
    if docket.header_left_empty("申报系统受理号", docket.header.application_ref):
        yield NOT_ONLINE.finding(column="申报系统受理号")
