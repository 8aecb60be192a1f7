"""The announcement document 公布文件: its own number, its right moment, its right author."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.regions import PROVINCE
from certsvc.domain.registry import FilingLevel
from certsvc.domain.rules.clauses import DUAL, EPIDEMIC, ONLINE
from certsvc.domain.rules.docket import Docket
from certsvc.domain.rules.filing_chain import IN_FUTURE
from certsvc.domain.rules.registry import declare

BEFORE_PUBLICITY_END = declare(
    code="announcement-before-publicity-end",
    severity=Severity.ERROR,
    case=69,
    clause=f"{EPIDEMIC} 五（四）；{DUAL} 四（四）",
    summary="公示期满无异议后才能印发公布文件",
    message="公布日期不晚于公示结束日期。请核对日期；公示期满前印发的公布文件不能作为制证依据。",
    good="公示至2023-10-07，公布2023-10-20",
    bad="公示至2023-10-07，公布2023-10-05",
)
DOCUMENT_MISSING = declare(
    code="announcement-missing",
    severity=Severity.ERROR,
    case=69,
    clause=f"{EPIDEMIC} 五（四）；{DUAL} 四（四）",
    summary="制证须有公布文件：发文单位、文号、日期",
    message="未填写{field}。请在印发公布文件后补齐发文单位、公布文号和公布日期。",
    good="公布文号 吉人社职字〔2023〕101号，公布日期2023-10-20",
    bad="公布文号为空",
)
DOCUMENT_USED = declare(
    code="announcement-used",
    severity=Severity.ERROR,
    case=69,
    clause=f"{DUAL} 四（四）；{ONLINE} 三.6",
    summary="一份公布文件只对应一个批次",
    message="该公布文号已用于其他批次，或同一批次的前次备案尚未签发完毕。请核对文号；补报须填同一批次编号，并在前次签发后报送。",
    good="每批次各有公布文号；补报填同一批次编号",
    bad="两个批次填写同一公布文号",
)
BEFORE_FILING = declare(
    code="announcement-before-filing",
    severity=Severity.WARNING,
    clause=f"{ONLINE} 三.6",
    summary="评审结果备案后再印发公布文件",
    message="公布日期早于备案日期。请确认公布文件是在评审结果备案后印发的。",
    good="备案2023-10-08，公布2023-10-20",
    bad="备案2023-10-20，公布2023-10-18",
)
BODY_UNUSUAL = declare(
    code="announcement-body-unusual",
    severity=Severity.WARNING,
    case=69,
    clause=f"{EPIDEMIC} 五（四）；{ONLINE} 三.6",
    summary="直接报省备案的批次，公布文件一般由省厅、评委会或其所属地区人社部门印发",
    message="公布文件发文单位不是省厅、本评委会或登记的有关人社部门。请核对发文单位全称，并确认其有权印发公布文件。",
    good="吉林省人力资源和社会保障厅",
    bad="某某协会",
)
DUAL_OUT_OF_ORDER = declare(
    code="dual-directed-out-of-order",
    severity=Severity.ERROR,
    case=69,
    clause=f"{DUAL} 四（四）",
    summary="双定向：公示 → 市（州）备案 → 公布文件 → 市（州）将文件报省备案 → 证书",
    message="{what}。双定向须依次办理：县（市、区）公示、市（州）备案、印发公布文件、市（州）报省备案。",
    good="市州备案11-28，公布12-04，省备案12-06",
    bad="公布12-08，省备案12-06",
)
DUAL_WRONG_BODY = declare(
    code="dual-directed-wrong-body",
    severity=Severity.ERROR,
    case=69,
    clause=f"{DUAL} 四（四）",
    summary="双定向公布文件由该县（市、区）或所属市（州）人社局印发",
    message="公布文件发文单位应为{expected}。请核对发文单位全称。",
    good="延边朝鲜族自治州人力资源和社会保障局",
    bad="某用人单位",
)

_CITY: Final = "市州"
_PROVINCE: Final = "省"


def check_announcement(docket: Docket) -> Iterator[Finding]:
    """Case 69 for the batch, and the order of a dual-directed one."""
    header, facts = docket.header, docket.facts
    for key, value in (
        ("公布文件发文单位", header.announcing_body),
        ("公布文号", header.announcement_ref),
        ("公布日期", header.announcement_on),
    ):
        if docket.header_left_empty(key, value):
            yield DOCUMENT_MISSING.finding(column=key, field=key)
    if header.announcement_ref is not None and header.announcement_ref in facts.used_documents:
        yield DOCUMENT_USED.finding(column="公布文号")
    yield from (_dual_directed_body(docket) if docket.dual_directed else _body(docket))
    announced = header.announcement_on
    if announced is None:
        return
    if announced <= max(docket.publicity_ends(), default=announced.min):
        yield BEFORE_PUBLICITY_END.finding(column="公布日期")
    if announced > facts.today:
        yield IN_FUTURE.finding(column="公布日期", field="公布日期")
    yield from (_dual_directed_order(docket) if docket.dual_directed else _usual_order(docket))


def _usual_order(docket: Docket) -> Iterator[Finding]:
    announced = docket.header.announcement_on
    filed = [s.filed_on for s in docket.header.filing_steps if s.filed_on is not None]
    if announced is not None and filed and announced < min(filed):
        yield BEFORE_FILING.finding(column="公布日期")


def _dual_directed_order(docket: Docket) -> Iterator[Finding]:
    announced = docket.header.announcement_on
    for number, step in enumerate(docket.header.filing_steps, start=1):
        if announced is None or step.filed_on is None:
            continue
        if step.level == _CITY and announced < step.filed_on:
            yield DUAL_OUT_OF_ORDER.finding(column="公布日期", what="公布文件早于市（州）备案")
        if step.level == _PROVINCE and step.filed_on < announced:
            yield DUAL_OUT_OF_ORDER.finding(column=f"备案{number}日期", what="省级备案早于公布文件印发")


def _dual_directed_body(docket: Docket) -> Iterator[Finding]:
    if docket.header.announcing_body is None or docket.committee is None:
        return
    registry = docket.facts.registry
    county, city = docket.committee.county or "", docket.filing_city or ""
    offices = (registry.department_of(county), registry.department(city))
    names = [office.name for office in offices if office is not None]
    if names and docket.header.announcing_body not in names:
        yield DUAL_WRONG_BODY.finding(column="公布文件发文单位", expected="或".join(names))


def _body(docket: Docket) -> Iterator[Finding]:
    """The notices do not say who issues the document of a batch that the province alone receives: only asked about."""
    committee, body = docket.committee, docket.header.announcing_body
    if body is None or committee is None or committee.filing_path != (FilingLevel.PROVINCE,):
        return
    registry = docket.facts.registry
    regions = {PROVINCE} | {granted.region for granted in committee.authorizations}
    offices = [registry.department_of(region) for region in sorted(regions)]
    offices.append(registry.department(committee.local_hrss or ""))
    if body not in {committee.name, *(office.name for office in offices if office is not None)}:
        yield BODY_UNUSUAL.finding(column="公布文件发文单位")
