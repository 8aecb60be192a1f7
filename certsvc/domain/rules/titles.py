"""Titles: series, level and name belong together, and the way may lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.levels import Level
from certsvc.domain.policy.values import Examination, Theme, TitleNames, WayPolicy
from certsvc.domain.rules.clauses import DUAL, ONLINE, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.policies import POLICY_UNKNOWN, review_day, way_policy
from certsvc.domain.rules.registry import declare
from certsvc.domain.series import SERIES
from certsvc.domain.titles import is_only_historical, title_name, titles_at
from certsvc.domain.ways import Way

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

WAY_NOT_IN_FORCE = declare(
    code="way-not-in-force",
    severity=Severity.ERROR,
    clause=f"{DUAL} 末段",
    summary="取得方式须在评审之日仍有政策依据",
    message="评审之日“{way}”的政策已经停止施行。请核对评审日期或取得方式。",
    good="评审之日该政策施行中",
    bad="政策停止施行后仍以该方式评审",
    since="2026-11-21.2",
)
WAY_LEVEL = declare(
    code="way-level",
    severity=Severity.ERROR,
    clause=f"{ONLINE} 一.5；{REFORM} 一（五）2",
    summary="取得方式只能用于政策规定的级别",
    message="“{way}”限于{levels}，不含{level}。请核对申报级别或取得方式。",
    good="初级认定，助理级",
    bad="初级认定，中级",
    since="2026-11-21.2",
)
WAY_SERIES = declare(
    code="way-series",
    severity=Severity.ERROR,
    clause=f"{ONLINE} 一.5；{REFORM} 一（五）2",
    summary="取得方式只能用于政策规定的系列",
    message="“{way}”限于{series}。请核对申报系列或取得方式。",
    good="中小学正高级，中小学教师",
    bad="中小学正高级，工程技术人员",
    since="2026-11-21.2",
)
WAY_BASIS = declare(
    code="way-basis",
    severity=Severity.HOLD,
    clause=f"{ONLINE} 一.5；{REFORM} 二（二）",
    summary="政策规定须有依据文件的取得方式，须填写依据文号",
    message="“{way}”须有依据文件，未填写依据文号。请在“依据文号”补充。",
    good="依据文号齐全",
    bad="政策要求依据文件而依据文号为空",
    since="2026-11-21.2",
)

_OWN_RULES: Final = frozenset(
    {
        Way.DUAL_DIRECTED,
        Way.TALENT_INCENTIVE,
        Way.GRASSROOTS_3010,
        Way.GRASSROOTS_DEGREE,
        Way.SKILLED_WORKER,
        Way.RURAL_TALENT,
    }
)
"""Ways whose limits have rules with words of their own."""
_OWN_BASIS_RULES: Final = frozenset({Way.AID_MISSION, Way.ENTRUSTED})
"""Ways whose basis document has a rule with words of its own."""
_BEGUN_BY_NOTICE: Final = frozenset({Way.DUAL_DIRECTED, Way.RURAL_TALENT})
"""Ways that a notice has begun: that a review was too early is told by a rule of their own."""


def check_title(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """Cases 63, 71, 78, 79 and 82 for one row."""
    row = candidate.row
    if row.series is not None and candidate.series is None:
        yield SERIES_UNKNOWN.finding(row=row.number, column="申报系列")
    if row.title is not None:
        yield from _name(candidate, row.title, docket)
    if row.way is not None:
        yield from _way(candidate, row.way, docket)
    if candidate.series is not None and row.level is not None:
        yield from _examined(candidate, candidate.series, row.level, docket)


def _name(candidate: Candidate, title: str, docket: Docket) -> Iterator[Finding]:
    row = candidate.row
    if candidate.title is None and "岗位" in title:
        yield POST_IS_NO_TITLE.finding(row=row.number, column="职称名称")
        return
    if candidate.series is None or row.level is None:
        return
    current = _names_then(candidate.series, row.level, candidate, docket)
    if candidate.title is not None and title_name(candidate.title) in current:
        return
    outdated = candidate.title is not None or is_only_historical(title)
    rule = OLD_TITLE_NAME if outdated else TITLE_NOT_OF_LEVEL
    names = "、".join(current) or "（未设）"
    yield rule.finding(row=row.number, column="职称名称", level=row.level.label, titles=names)


def _names_then(series: int, level: Level, candidate: Candidate, docket: Docket) -> tuple[str, ...]:
    """The names that could be awarded on the day of the review; today's where no policy says it (the batch waits)."""
    day, policies = review_day(candidate, docket), docket.facts.policies
    if day is None or not policies.knows(Theme.TITLE_NAMES, day):
        return titles_at(series, level)
    known = policies.value(Theme.TITLE_NAMES, day, TitleNames, SERIES[series])
    return () if known is None else known.names.get(level, ())


def _way(candidate: Candidate, word: str, docket: Docket) -> Iterator[Finding]:
    row, way = candidate.row, candidate.way
    if way is None:
        rule = POST_IS_NO_TITLE if "岗位" in word else WAY_UNKNOWN
        yield rule.finding(row=row.number, column="取得方式")
        return
    policy = way_policy(candidate, docket)
    if policy is None:
        yield from _without_policy(candidate, way, docket)
    elif not policy.by_filing:
        yield WAY_NOT_BY_FILING.finding(row=row.number, column="取得方式", way=way.label)
    else:
        yield from _limits(candidate, way, policy)


def _limits(candidate: Candidate, way: Way, policy: WayPolicy) -> Iterator[Finding]:
    row = candidate.row
    if policy.basis and way not in _OWN_BASIS_RULES and candidate.left_empty("依据文号", row.basis_ref):
        yield WAY_BASIS.finding(row=row.number, column="依据文号", way=way.label)
    if way not in _OWN_RULES:
        if row.level is not None and row.level not in policy.levels:
            levels = "、".join(level.label for level in sorted(policy.levels))
            yield WAY_LEVEL.finding(
                row=row.number, column="申报级别", way=way.label, levels=levels, level=row.level.label
            )
        if (
            policy.series is not None
            and candidate.series is not None
            and candidate.series not in policy.series
        ):
            names = "、".join(SERIES[code] for code in sorted(policy.series))
            yield WAY_SERIES.finding(row=row.number, column="申报系列", way=way.label, series=names)


def _without_policy(candidate: Candidate, way: Way, docket: Docket) -> Iterator[Finding]:
    """Before the first policy of a way nothing is known of it; after the last one it is over."""
    day = review_day(candidate, docket)
    first = docket.facts.policies.first_day(Theme.WAY, way.label)
    if day is None or (way in _BEGUN_BY_NOTICE and (first is None or day < first)):
        return
    if first is None or day < first:
        yield POLICY_UNKNOWN.finding(
            row=candidate.row.number, column="取得方式", day=day.isoformat(), theme=f"取得方式 {way.label}"
        )
    else:
        yield WAY_NOT_IN_FORCE.finding(row=candidate.row.number, column="取得方式", way=way.label)


def _examined(candidate: Candidate, series: int, level: Level, docket: Docket) -> Iterator[Finding]:
    row, day = candidate.row, review_day(candidate, docket)
    examination = docket.facts.policies.value(Theme.EXAMINATION, day, Examination, SERIES[series])
    if examination is None:
        return
    if level in examination.only:
        rule = EXAMINATION_ONLY if examination.certain else EXAMINATION_LIKELY
        yield rule.finding(row=row.number, column="申报级别", level=level.label)
    elif level in examination.with_review:
        yield from _exam_proof(candidate)


def _exam_proof(candidate: Candidate) -> Iterator[Finding]:
    row = candidate.row
    if candidate.left_empty("考试合格证明编号", row.exam_ref):
        yield EXAM_PROOF.finding(row=row.number, column="考试合格证明编号")
    applied_on = row.applied_on or row.reviewed_on
    expired = row.exam_valid_to is not None and applied_on is not None and row.exam_valid_to < applied_on
    if expired or candidate.left_empty("考试有效期至", row.exam_valid_to):
        yield EXAM_PROOF.finding(row=row.number, column="考试有效期至")
