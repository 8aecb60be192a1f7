"""Authority: the committee may review what it reviewed, here, for these persons, at this meeting."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.regions import lies_within, region_at
from certsvc.domain.registry import Authorization, Committee, CommitteeKind
from certsvc.domain.rules.clauses import DUAL, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.policies import channel_takes
from certsvc.domain.rules.registry import declare
from certsvc.domain.series import series_named
from certsvc.domain.submission import SubmittedRow
from certsvc.domain.ways import Way, way_named

_SCOPE = f"{REFORM} 四（一）"

COMMITTEE_UNKNOWN = declare(
    code="committee-unknown",
    severity=Severity.ERROR,
    case=47,
    clause=_SCOPE,
    summary="评委会须经授权登记",
    message="评委会代码未登记。请核对代码；新组建的评委会请先办理核准备案。",
    good="评委会代码 JL-GC-GL（已登记）",
    bad="评委会代码 JL-XX-00（未登记）",
)
NOT_AUTHORIZED_THEN = declare(
    code="not-authorized-then",
    severity=Severity.ERROR,
    case=45,
    clause=_SCOPE,
    summary="评审会议须在授权有效期内召开",
    message="评审会议日期不在该评委会{series}的授权有效期内。请核对会议日期，或提供会议时有效的授权。",
    good="授权2022-03-01至2025-02-28，会议2023-09-18",
    bad="授权2025-02-28到期，会议2025-03-10",
)
SERIES_NOT_AUTHORIZED = declare(
    code="series-not-authorized",
    severity=Severity.ERROR,
    case=44,
    clause=_SCOPE,
    summary="不得评审授权以外的系列",
    message="申报系列不在该评委会授权范围内。请改报有权评审该系列的评委会。",
    good="公路工程评委会报工程技术人员",
    bad="公路工程评委会报农业技术人员",
)
SPECIALTY_NOT_AUTHORIZED = declare(
    code="specialty-not-authorized",
    severity=Severity.ERROR,
    case=43,
    clause=_SCOPE,
    summary="不得评审授权以外的专业",
    message="申报专业不在该评委会授权范围内。请核对专业名称，或改报有权评审该专业的评委会。",
    good="公路工程评委会报隧道工程",
    bad="公路工程评委会报机械制造",
)
LEVEL_NOT_AUTHORIZED = declare(
    code="level-not-authorized",
    severity=Severity.ERROR,
    case=42,
    clause=_SCOPE,
    summary="不得评审授权以外的级别",
    message="该评委会在此系列（专业）未获{level}评审授权。请改报有相应权限的评委会。",
    good="授权正高级、副高级，申报副高级",
    bad="授权正高级、副高级，申报中级",
)
PERSON_OUT_OF_SCOPE = declare(
    code="person-out-of-scope",
    severity=Severity.ERROR,
    case=46,
    clause=f"{REFORM} 一（七）4",
    summary="限定人员范围的评委会不得评审范围以外的人员",
    message="人员类别“{kind}”不在该评委会获授权的人员范围内。请改报相应评委会。",
    good="编外人员评委会报编外人员",
    bad="编外人员评委会报编内人员",
)
REGION_OUT_OF_SCOPE = declare(
    code="region-out-of-scope",
    severity=Severity.ERROR,
    clause=_SCOPE,
    summary="单位须在评委会授权的地区范围内",
    message="单位所属行政区划不在该评委会授权的地区范围内。请核对区划代码，或改报相应评委会。",
    good="长春市评委会报南关区单位",
    bad="长春市评委会报延吉市单位",
)
DUAL_DIRECTED_MIXED = declare(
    code="dual-directed-mixed",
    severity=Severity.ERROR,
    case=49,
    clause=f"{DUAL} 二（一）",
    summary="双定向职称只由县（市、区）双定向评委会评审，该评委会也只评审双定向职称",
    message="{what}。双定向与其他方式须分别由相应评委会评审并分批报送。",
    good="双定向评委会报取得方式 双定向",
    bad="常规评委会报取得方式 双定向",
)
WAY_OF_OTHER_COMMITTEE = declare(
    code="way-of-other-committee",
    severity=Severity.ERROR,
    clause=_SCOPE,
    summary="评聘结合评审、自主评审只由相应单位的评委会报送",
    message="取得方式“{way}”须由{kind}评委会报送，与本评委会类型不符。请核对取得方式。",
    good="评聘结合评委会报评聘结合评审",
    bad="社会化评委会报评聘结合评审",
)
CHANNEL_NOT_AUTHORIZED = declare(
    code="channel-not-authorized",
    severity=Severity.ERROR,
    clause=_SCOPE,
    summary="限定申报类别的评委会不得受理其他类别",
    message="该评委会只受理{channels}，不受理本批次的申报类别。请核对申报类别或评委会代码。",
    good="乡村振兴人才评委会报乡村振兴人才",
    bad="乡村振兴人才评委会报常规",
)
WAY_OF_OTHER_CHANNEL = declare(
    code="way-of-other-channel",
    severity=Severity.HOLD,
    clause="吉人社函〔2022〕181号 一.5",
    summary="取得方式应与批次的申报类别一致",
    message="取得方式“{way}”与批次申报类别不一致。请核对；不同类别请分批报送。",
    good="申报类别 常规，取得方式 常规评审",
    bad="申报类别 常规，取得方式 乡村振兴人才",
)
ENTRUSTMENT_MISSING = declare(
    code="entrustment-missing",
    severity=Severity.ERROR,
    case=50,
    clause=f"{REFORM} 一（二）3",
    summary="委托评审须有委托依据文号",
    message="该人员不属于评委会所在单位或按委托方式评审，但未填依据文号。请补充单位委托评审申请的文号。",
    good="取得方式 委托评审，依据文号 ××人函〔2023〕5号",
    bad="取得方式 委托评审，依据文号为空",
)


def check_committee(docket: Docket) -> Iterator[Finding]:
    """Cases 45, 47 and 49 for the batch."""
    header, committee = docket.header, docket.committee
    if committee is None:
        if header.committee_code is not None:
            yield COMMITTEE_UNKNOWN.finding(column="评委会代码")
        return
    if docket.meeting_on is not None and not docket.authorizations:
        yield NOT_AUTHORIZED_THEN.finding(column="评审开始日期", series="")
    if header.channel is None:
        return
    if (way_named(header.channel) is Way.DUAL_DIRECTED) != docket.dual_directed:
        what = f"申报类别“{header.channel}”与评委会类型“{committee.kind.value}”不符"
        yield DUAL_DIRECTED_MIXED.finding(column="申报类别", what=what)
    elif committee.channels and header.channel not in committee.channels:
        channels = "、".join(sorted(committee.channels))
        yield CHANNEL_NOT_AUTHORIZED.finding(column="申报类别", channels=channels)


def check_authority(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 42-46, 49 and 50 for one row."""
    committee = docket.committee
    if committee is None:
        return
    yield from _ways(candidate, committee, docket)
    yield from _entrustment(candidate, committee)
    row = candidate.row
    if not docket.authorizations or row.series is None:
        return
    asked = (row.series, row.specialty, row.level, row.person_kind, row.unit_region, row.unit_code)
    if asked in docket.found_authorized:
        return
    told = list(_authorized(candidate, docket))
    if not told:
        docket.found_authorized.add(asked)
    yield from told


def _ways(candidate: Candidate, committee: Committee, docket: Docket) -> Iterator[Finding]:
    way, row = candidate.way, candidate.row
    if way is None:
        return
    if candidate.dual_directed != docket.dual_directed:
        what = f"{committee.kind.value}评委会不得报送取得方式“{way.label}”"
        yield DUAL_DIRECTED_MIXED.finding(row=row.number, column="取得方式", what=what)
        return
    kind = _OWN_KIND.get(way)
    if kind is not None and kind is not committee.kind:
        finding = WAY_OF_OTHER_COMMITTEE.finding(
            row=row.number, column="取得方式", way=way.label, kind=kind.value
        )
        yield finding
    elif not channel_takes(docket, way):
        yield WAY_OF_OTHER_CHANNEL.finding(row=row.number, column="取得方式", way=way.label)


_OWN_KIND = {
    Way.APPOINTMENT_LINKED: CommitteeKind.APPOINTMENT_LINKED,
    Way.SELF_REVIEW: CommitteeKind.SELF_REVIEWING,
}


def _entrustment(candidate: Candidate, committee: Committee) -> Iterator[Finding]:
    row = candidate.row
    foreign = committee.unit_uscc is not None and row.unit_code not in (None, committee.unit_uscc)
    if (foreign or candidate.way is Way.ENTRUSTED) and candidate.left_empty("依据文号", row.basis_ref):
        yield ENTRUSTMENT_MISSING.finding(row=row.number, column="依据文号")


def covering(candidate: Candidate, docket: Docket) -> list[Authorization]:
    """The authorizations in force that hold for the row's series, specialty and level."""
    row = candidate.row
    return [
        granted
        for granted in docket.authorizations
        if _covers_series(granted, candidate)
        and (row.specialty is None or row.specialty in granted.specialties)
        and (row.level is None or row.level in granted.levels)
    ]


def _authorized(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    granted = [a for a in docket.authorizations if _covers_series(a, candidate)]
    if not granted:
        if any(series_named(known) == candidate.series for known in docket.known_series if candidate.series):
            yield NOT_AUTHORIZED_THEN.finding(row=row.number, column="申报系列", series=row.series)
        else:
            yield SERIES_NOT_AUTHORIZED.finding(row=row.number, column="申报系列")
        return
    narrowed = [a for a in granted if row.specialty is None or row.specialty in a.specialties]
    if not narrowed:
        yield SPECIALTY_NOT_AUTHORIZED.finding(row=row.number, column="申报专业")
        narrowed = granted
    leveled = [a for a in narrowed if row.level is None or row.level in a.levels]
    if not leveled and row.level is not None:
        yield LEVEL_NOT_AUTHORIZED.finding(row=row.number, column="申报级别", level=row.level.label)
    yield from _reach(candidate, leveled or narrowed, docket)


def _covers_series(granted: Authorization, candidate: Candidate) -> bool:
    return granted.series == candidate.row.series or (
        candidate.series is not None and series_named(granted.series) == candidate.series
    )


def _reach(candidate: Candidate, granted: list[Authorization], docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    kind, region = row.person_kind, row.unit_region
    if kind is not None and not any(a.persons is None or kind in a.persons for a in granted):
        yield PERSON_OUT_OF_SCOPE.finding(row=row.number, column="人员类别", kind=kind)
    if region is None or docket.dual_directed or docket.meeting_on is None or _own_staff(row, docket):
        return
    known = region_at(region, docket.meeting_on) is not None
    if known and not any(lies_within(region, a.region) for a in granted):
        yield REGION_OUT_OF_SCOPE.finding(row=row.number, column="单位所属行政区划")


def _own_staff(row: SubmittedRow, docket: Docket) -> bool:
    """A unit's own committee reviews its staff, wherever the unit is registered."""
    committee = docket.committee
    return committee is not None and committee.unit_uscc is not None and row.unit_code == committee.unit_uscc
