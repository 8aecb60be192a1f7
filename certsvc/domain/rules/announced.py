"""A filing against the announced list of its document (case 69), and what may be wrong with a list itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from certsvc.domain.announced_list import Listed
from certsvc.domain.announced_matching import FIELD_WORDS, differences
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.rules.clauses import DUAL, EPIDEMIC, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare

_CLAUSE: Final = f"{REFORM} 五（一）；{DUAL} 四（四）；{EPIDEMIC} 五（四）"

DOCUMENT_DIFFERS = declare(
    code="announced-document-differs",
    severity=Severity.ERROR,
    case=69,
    clause=_CLAUSE,
    summary="批次信息中的公布文件须与载入的公布名单一致",
    message="{field}与载入的公布名单不一致。请按公布文件核对发文单位和公布日期。",
    good="发文单位、公布日期与公布名单相同",
    bad="公布名单为2023-10-20，批次信息为2023-10-21",
)
ROWS_MISSING = declare(
    code="announced-rows-missing",
    severity=Severity.ERROR,
    case=69,
    clause=_CLAUSE,
    summary="公布名单上的人员须全部在汇总表中",
    message="公布名单有{count}人不在汇总表中（名单序号 {numbers}）。请补齐汇总表；名单有误的，先办理公布文件更正。",
    good="公布60人，汇总表60人",
    bad="公布60人，汇总表59人",
)
ROW_EXTRA = declare(
    code="announced-row-extra",
    severity=Severity.ERROR,
    case=69,
    clause=_CLAUSE,
    summary="汇总表中的通过人员须在公布名单上",
    message="该人员不在公布名单上，不能签发证书。请核对汇总表；确已通过的，先办理公布文件更正。",
    good="汇总表与公布名单人员相同",
    bad="汇总表比公布名单多一人",
)
ROW_UNCLEAR = declare(
    code="announced-row-unclear",
    severity=Severity.HOLD,
    case=69,
    clause=_CLAUSE,
    summary="汇总表与公布名单须能逐人对应",
    message="公布名单上有不止一人可能是该人员（姓名、单位、职称相同），无法对应。请在公布名单中补充证件号码后重新载入。",
    good="名单列明证件号码末四位",
    bad="同单位同名同职称两人，名单未列证件号码",
)
ROW_DIFFERS = declare(
    code="announced-row-differs",
    severity=Severity.ERROR,
    case=69,
    clause=_CLAUSE,
    summary="汇总表的内容须与公布名单一致",
    message="与公布名单不一致：{fields}。请按公布文件核对；公布文件有误的，先办理公布文件更正。",
    good="职称名称与公布名单相同",
    bad="公布名单为高级工程师，汇总表为正高级工程师",
)
UNIT_DIFFERS = declare(
    code="announced-unit-differs",
    severity=Severity.WARNING,
    case=69,
    clause=_CLAUSE,
    summary="工作单位名称宜与公布名单一致",
    message="工作单位与公布名单写法不同。请确认是同一单位。",
    good="工作单位与公布名单相同",
    bad="汇总表为单位全称，公布名单为简称",
)
LIST_NUMBER = declare(
    code="announced-number-unreadable",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="公布名单的证件号码为全号，或只列末尾四位以上",
    message="证件号码无法读取。请填写完整号码，或公布文件所列的末尾部分（至少四位，其余用*），没有的留空。",
    good="22**************1022",
    bad="22",
)
LIST_TITLE = declare(
    code="announced-title-unknown",
    severity=Severity.ERROR,
    case=71,
    clause=_CLAUSE,
    summary="公布名单的系列、级别、职称名称须相符",
    message="该系列和级别没有这一职称名称。请按公布文件核对系列、级别和职称名称。",
    good="工程技术人员 副高级 高级工程师",
    bad="工程技术人员 副高级 工程师",
)
LIST_TWICE = declare(
    code="announced-row-twice",
    severity=Severity.ERROR,
    case=19,
    clause=_CLAUSE,
    summary="同一人员的同一职称在公布名单上只列一次",
    message="与序号{other}为同一人员的同一职称。请删除重复的一行。",
    good="每人一行",
    bad="同一证件号码、同一职称两行",
)
LIST_UNCLEAR = declare(
    code="correction-row-unclear",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="更正后的名单须能与原名单逐人对应",
    message="无法判断该行是原名单上的哪一人。请在“原序号”列写明原名单的序号；确为新增人员的写“新增”。",
    good="原序号 17",
    bad="两份名单都没有证件号码，姓名又有改动，未写原序号",
)
LIST_LINK = declare(
    code="correction-row-mistaken",
    severity=Severity.ERROR,
    clause=_CLAUSE,
    summary="原序号须是原名单上的序号，且只能用一次",
    message="原序号有误：原名单没有这一序号，或另一行已使用。请核对后重新载入。",
    good="原序号 17",
    bad="原名单共60人，原序号 61",
)

_GRAVE: Final = tuple(field for field in FIELD_WORDS if field != "unit")
_SHOWN: Final = 10


def check_announced_list(docket: Docket) -> Iterator[Finding]:
    """Case 69 for the batch: the document's own data, and who was announced and is not in the table."""
    known, header = docket.facts.announced, docket.header
    if known is None or docket.announced is None:
        return
    for field, said, announced in (
        ("公布文件发文单位", header.announcing_body, known.head.announcing_body),
        ("公布日期", header.announcement_on, known.head.announced_on),
    ):
        if said is not None and said != announced:
            yield DOCUMENT_DIFFERS.finding(column=field, field=field)
    missing = sorted(set(docket.announced.only_left) - known.brought)
    if missing and docket.candidates:
        numbers = "、".join(str(number) for number in islice(missing, _SHOWN))
        more = "等" if len(missing) > _SHOWN else ""
        yield ROWS_MISSING.finding(column="汇总表", count=len(missing), numbers=numbers + more)


def check_announced_row(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Case 69 for one row: announced, recognisable, and with the same content."""
    if docket.announced is None:
        return
    number = candidate.row.number
    if number in docket.announced.ambiguous_right:
        yield ROW_UNCLEAR.finding(row=number, column="姓名")
    elif number in docket.announced_as:
        yield from _differing(docket.announced_as[number], candidate)
    elif candidate.row.name is not None:
        yield ROW_EXTRA.finding(row=number, column="姓名")


def _differing(announced: Listed, candidate: Candidate) -> Iterator[Finding]:
    own, unreadable = candidate.listed(), candidate.row.unreadable
    differing = differences(announced, own)
    if "unit" in differing:
        yield UNIT_DIFFERS.finding(row=own.number, column="工作单位")
    grave = [
        field
        for field in differing
        if field in _GRAVE and not (getattr(own, field) is None and unreadable and field != "validity_area")
    ]
    if grave:
        fields = "、".join(FIELD_WORDS[field] for field in grave)
        yield ROW_DIFFERS.finding(row=own.number, column=FIELD_WORDS[grave[0]], fields=fields)
