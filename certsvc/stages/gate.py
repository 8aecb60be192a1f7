"""The gate 关口: each person of a filing is admitted, held or refused, with all findings at once (一次性告知)."""

from __future__ import annotations

from collections.abc import Iterable

from certsvc.domain.admission import Admission, Examination, Hold, Outcome, Refusal
from certsvc.domain.certificate import Award
from certsvc.domain.facts import GateFacts
from certsvc.domain.findings import Finding, holds, stops
from certsvc.domain.rules.docket import FAILED, Candidate, Docket, open_docket
from certsvc.domain.rules.gate import HEADER_RULES, ROW_RULES
from certsvc.domain.rules.registry import RULE_SET_VERSION, findings_under
from certsvc.domain.rules.results import BATCH_HELD, NOT_PASSED, ROW_INCOMPLETE
from certsvc.domain.submission import Submission


def examine(
    submission: Submission,
    intake_findings: tuple[Finding, ...],
    facts: GateFacts,
    rule_set: str = RULE_SET_VERSION,
) -> Examination:
    """What becomes of the filing: findings on the header, and one outcome per row in the order received.

    `intake_findings` are what reading the file found; they count like the gate's own. The outcome depends on the
    arguments alone. A row the intake complained of but could not deliver is refused too. A hold on the header
    holds everybody who would have been admitted. Rules that came after `rule_set` say nothing.
    """
    docket = open_docket(submission, facts)
    told = _by_row(findings_under(intake_findings, rule_set))
    of_header = (f for rule in HEADER_RULES for f in rule(docket))
    header = [*told.pop(None, ()), *findings_under(of_header, rule_set)]
    refused = stops(header)
    outcomes = [
        _outcome(one, docket, told.get(one.row.number, ()), rule_set, with_batch=refused)
        for one in docket.candidates
    ]
    if holds(header):
        outcomes = [_held_with_batch(outcome) for outcome in outcomes]
    delivered = {one.row.number for one in docket.candidates}
    outcomes += [
        Refusal(row, tuple(findings))
        for row, findings in told.items()
        if row is not None and row not in delivered
    ]
    return Examination(tuple(header), tuple(outcomes), rule_set)


def _by_row(findings: Iterable[Finding]) -> dict[int | None, list[Finding]]:
    told: dict[int | None, list[Finding]] = {}
    for finding in findings:
        told.setdefault(finding.row, []).append(finding)
    return told


def _outcome(
    candidate: Candidate, docket: Docket, told: Iterable[Finding], rule_set: str, *, with_batch: bool
) -> Outcome:
    """What becomes of one row; `with_batch`: the header is refused, and what it lacks was told there, once."""
    row = candidate.row
    if row.result == FAILED:
        return Refusal(row.number, (NOT_PASSED.finding(row=row.number, column="评审结果"),))
    findings = list(told)
    for rule in ROW_RULES:
        findings.extend(rule(candidate, docket))
    findings = list(findings_under(findings, rule_set))
    if stops(findings):
        return Refusal(row.number, tuple(findings))
    award = _award(candidate, docket)
    if award is None:
        if not with_batch:
            findings.append(_incomplete(candidate, docket))
        return Refusal(row.number, tuple(findings))
    if holds(findings):
        return Hold(row.number, tuple(findings))
    return Admission(row.number, award, tuple(findings))


def _held_with_batch(outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Admission):
        return outcome
    return Hold(outcome.row, (*outcome.findings, BATCH_HELD.finding(row=outcome.row, column="批次信息")))


def _award(candidate: Candidate, docket: Docket) -> Award | None:
    """The award of a row; None when the row or the header lacks something a certificate must have."""
    row, header, committee = candidate.row, docket.header, docket.committee
    if row.result is None or row.objection is None:
        return None
    if row.name is None or row.document is None or row.sex is None or row.born_on is None:
        return None
    if candidate.series is None or row.specialty is None or row.level is None or candidate.title is None:
        return None
    if candidate.way is None or row.reviewed_on is None or committee is None:
        return None
    if header.announcing_body is None or header.announcement_ref is None or header.announcement_on is None:
        return None
    return Award(
        row=row.number,
        name=row.name,
        document=row.document,
        sex=row.sex,
        born_on=row.born_on,
        series=candidate.series,
        specialty=row.specialty,
        title=candidate.title,
        level=row.level,
        way=int(candidate.way),
        validity_area=row.validity_area,
        acquired_on=row.reviewed_on,
        committee_code=committee.code,
        committee_name=committee.name,
        announcing_body=header.announcing_body,
        announcement_ref=header.announcement_ref,
        announcement_on=header.announcement_on,
        unit_name=row.unit_name,
        unit_region=row.unit_region,
        unit_code=row.unit_code,
        unit_kind=row.unit_kind,
        review_year=header.review_year,
    )


def _incomplete(candidate: Candidate, docket: Docket) -> Finding:
    row, header = candidate.row, docket.header
    needed = {
        "姓名": row.name,
        "证件号码": row.document,
        "性别": row.sex,
        "出生日期": row.born_on,
        "申报系列": candidate.series,
        "申报专业": row.specialty,
        "申报级别": row.level,
        "职称名称": candidate.title,
        "取得方式": candidate.way,
        "评审日期": row.reviewed_on,
        "评审结果": row.result,
        "公示结果": row.objection,
        "评委会代码": docket.committee,
        "公布文件发文单位": header.announcing_body,
        "公布文号": header.announcement_ref,
        "公布日期": header.announcement_on,
    }
    missing = [column for column, value in needed.items() if value is None]
    return ROW_INCOMPLETE.finding(row=row.number, column=missing[0], columns="、".join(missing))
