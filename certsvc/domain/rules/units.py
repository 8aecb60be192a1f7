"""Units: the division of the registering authority."""

from __future__ import annotations

from collections.abc import Iterator

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.regions import RegionKind, county_names_of, region_at
from certsvc.domain.rules.clauses import ONLINE
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare

_CLAUSE = f"{ONLINE} 五.2"

DIVISION_UNKNOWN = declare(
    code="division-unknown",
    severity=Severity.ERROR,
    case=38,
    clause=_CLAUSE,
    summary="单位所属行政区划须为评审时有效的吉林省区划代码",
    message="单位所属行政区划代码在评审时不存在或已停用。请按营业执照登记机关所在地填写现行六位代码。",
    good="220184（公主岭市，2020年起）",
    bad="220381（公主岭市旧代码），评审日期2023年",
)
STATISTICAL_ZONE = declare(
    code="statistical-zone",
    severity=Severity.WARNING,
    case=39,
    clause=_CLAUSE,
    summary="统计用功能区代码不是行政区划",
    message="所填为开发区统计代码，不是行政区划。请确认，建议按登记机关所属行政区划填写。",
    good="220104（朝阳区）",
    bad="220171（长春经济技术开发区）",
)
REGISTERING_AUTHORITY = declare(
    code="registering-authority",
    severity=Severity.WARNING,
    case=40,
    clause=_CLAUSE,
    summary="行政区划按营业执照登记机关确定",
    message="单位名称含区县名称而区划填写到市。请核对登记机关：区县登记的填区县代码，市级登记的填市代码。",
    good="长春市绿园区××公司，220106",
    bad="长春市绿园区××公司，220100",
)


def check_unit(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 38, 39 and 40 for one row."""
    row = candidate.row
    on = row.reviewed_on or docket.meeting_on
    if row.unit_region is None or on is None:
        return
    region = region_at(row.unit_region, on)
    if region is None:
        yield DIVISION_UNKNOWN.finding(row=row.number, column="单位所属行政区划")
    elif region.kind is RegionKind.ZONE:
        yield STATISTICAL_ZONE.finding(row=row.number, column="单位所属行政区划")
    elif region.kind is RegionKind.CITY and row.unit_name is not None:
        name = row.unit_name
        if any(region.name + county in name for county in county_names_of(region.code)):
            yield REGISTERING_AUTHORITY.finding(row=row.number, column="单位所属行政区划")
