"""Titles: series, level and name belong together, and the way may lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certsvc.domain import series as known
from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.rules.clauses import ONLINE, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import declare
from certsvc.domain.titles import is_only_historical, titles_at
from certsvc.domain.ways import NOT_BY_FILING

SERIES_UNKNOWN = declare(
    code="series-unknown",
    severity=Severity.ERROR,
    clause=f"{REFORM} 四（四）",
    summary="申报系列须为27个职称系列之一",
    message="申报系列不在职称系列表中。请按系列全称填写，如“工程技术人员”。",
    good="工程技术人员",
    bad="工程师系列",
)
TITLE_NOT_OF_LEVEL = declare(
    code="title-not-of-level",
    severity=Severity.ERROR,
    case=71,
    clause=f"{REFORM} 四（四）",
    summary="职称名称须与系列、级别一致",
    message="职称名称与申报系列、级别不符。该系列{level}的职称名称为：{titles}。请核对名称或级别。",
    good="工程技术人员 副高级 高级工程师",
    bad="工程技术人员 副高级 工程师",
)
OLD_TITLE_NAME = declare(
    code="old-title-name",
    severity=Severity.ERROR,
    case=82,
    clause=f"{REFORM} 一（一）1",
    summary="旧职称名称不得作为新取得的职称",
    message="该职称名称为改革前旧名称，只用于历史数据。请改用现行名称；该系列{level}现行名称为：{titles}。",
    good="正高级工程师",
    bad="高级工程师（教授级）",
)
WAY_UNKNOWN = declare(
    code="way-unknown",
    severity=Severity.ERROR,
    clause=f"{ONLINE} 一.5",
    summary="取得方式须为规定的申报类别之一",
    message="取得方式不在代码表中。请按规定名称填写，如“常规评审”“双定向”。",
    good="常规评审",
    bad="其他方式",
)
POST_IS_NO_TITLE = declare(
    code="post-is-no-title",
    severity=Severity.ERROR,
    case=79,
    clause=f"{ONLINE} 一.5",
    summary="事业单位专业技术二、三级岗位不是职称，不发职称证书",
    message="所填内容为专业技术岗位等级，不是职称。岗位聘任请走岗位管理程序，本行不予办理。",
    good="职称名称 正高级工程师",
    bad="职称名称 专业技术三级岗位",
)
WAY_NOT_BY_FILING = declare(
    code="way-not-by-filing",
    severity=Severity.ERROR,
    clause=f"{REFORM} 五（一）",
    summary="电子证书只发给通过我省职称评审取得的职称",
    message="“{way}”不属于评委会评审结果，不能随评审结果备案报送。请走相应的确认或历史数据程序。",
    good="取得方式 常规评审",
    bad="取得方式 外省职称确认",
)
EXAMINATION_ONLY = declare(
    code="examination-only",
    severity=Severity.ERROR,
    case=78,
    clause=f"{ONLINE} 一.3",
    summary="以考代评的系列、级别须参加全国统一考试，评委会不得评审",
    message="该系列{level}实行以考代评，不由评委会评审。请撤出本行，由本人参加全国统一考试取得。",
    good="会计人员 副高级（考评结合）",
    bad="会计人员 中级 由评委会评审",
)
EXAMINATION_LIKELY = declare(
    code="examination-likely",
    severity=Severity.HOLD,
    case=78,
    clause=f"{ONLINE} 一.3",
    summary="全国统一考试的系列、级别由评委会报送的，须核实",
    message="该系列{level}一般通过全国统一考试取得。请核实评审依据后由受理部门确认。",
    good="卫生技术人员 副高级",
    bad="卫生技术人员 中级 由评委会评审",
)
EXAM_PROOF = declare(
    code="exam-proof",
    severity=Severity.ERROR,
    case=63,
    clause=f"{REFORM} 一（七）2",
    summary="考评结合的副高级职称须有有效期内的考试合格证明",
    message="考评结合系列申报副高级须有全国统一考试合格证明，且申报时在有效期内。请补充证明编号和有效期。",
    good="考试有效期至2024-12-31，申报日期2023-02-10",
    bad="考试有效期至2022-12-31，申报日期2023-02-10",
)

_BELOW_DEPUTY: Final = frozenset({Level.INTERMEDIATE, Level.ASSISTANT, Level.ENTRY})
_NATIONALLY_EXAMINED: Final = frozenset({known.HEALTH, known.PUBLISHING, known.TRANSLATION})


def check_title(candidate: Candidate, _docket: Docket) -> Iterator[Finding]:
    """Cases 63, 71, 78, 79 and 82 for one row."""
    row = candidate.row
    if row.series is not None and candidate.series is None:
        yield SERIES_UNKNOWN.finding(row=row.number, column="申报系列")
    if row.title is not None and candidate.title is None:
        yield from _name(candidate, row.title)
    if row.way is not None:
        yield from _way(candidate, row.way)
    if candidate.series is not None and row.level is not None:
        yield from _examined(candidate, candidate.series, row.level)


def _name(candidate: Candidate, title: str) -> Iterator[Finding]:
    row = candidate.row
    if "岗位" in title:
        yield POST_IS_NO_TITLE.finding(row=row.number, column="职称名称")
        return
    if candidate.series is None or row.level is None:
        return
    rule = OLD_TITLE_NAME if is_only_historical(title) else TITLE_NOT_OF_LEVEL
    names = "、".join(titles_at(candidate.series, row.level)) or "（未设）"
    yield rule.finding(row=row.number, column="职称名称", level=row.level.label, titles=names)


def _way(candidate: Candidate, word: str) -> Iterator[Finding]:
    if candidate.way is None:
        rule = POST_IS_NO_TITLE if "岗位" in word else WAY_UNKNOWN
        yield rule.finding(row=candidate.row.number, column="取得方式")
    elif candidate.way in NOT_BY_FILING:
        yield WAY_NOT_BY_FILING.finding(row=candidate.row.number, column="取得方式", way=candidate.way.label)


def _examined(candidate: Candidate, series: int, level: Level) -> Iterator[Finding]:
    row = candidate.row
    if level in _BELOW_DEPUTY:
        if series in known.EXAMINED_AND_REVIEWED:
            yield EXAMINATION_ONLY.finding(row=row.number, column="申报级别", level=level.label)
        elif series in _NATIONALLY_EXAMINED:
            yield EXAMINATION_LIKELY.finding(row=row.number, column="申报级别", level=level.label)
    elif level is Level.DEPUTY_SENIOR and series in known.EXAMINED_AND_REVIEWED:
        yield from _exam_proof(candidate)


def _exam_proof(candidate: Candidate) -> Iterator[Finding]:
    row = candidate.row
    if candidate.left_empty("考试合格证明编号", row.exam_ref):
        yield EXAM_PROOF.finding(row=row.number, column="考试合格证明编号")
    applied_on = row.applied_on or row.reviewed_on
    expired = row.exam_valid_to is not None and applied_on is not None and row.exam_valid_to < applied_on
    if expired or candidate.left_empty("考试有效期至", row.exam_valid_to):
        yield EXAM_PROOF.finding(row=row.number, column="考试有效期至")
