"""Reviews that the province alone organises: the epidemic incentive and that of aid missions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from certsvc.domain.findings import Finding, Severity
from certsvc.domain.policy.values import ApplicationWindow, Theme
from certsvc.domain.regions import PROVINCE
from certsvc.domain.registry import CommitteeKind, FilingLevel
from certsvc.domain.rules.clauses import EPIDEMIC, REFORM
from certsvc.domain.rules.docket import Candidate, Docket
from certsvc.domain.rules.registry import Rule, declare
from certsvc.domain.ways import Way, way_named

EPIDEMIC_COMMITTEE = declare(
    code="epidemic-committee",
    severity=Severity.ERROR,
    clause=f"{EPIDEMIC} 五（三）；{REFORM} 二（三）",
    summary="抗疫激励由省人社厅组建的评委会单独评审",
    message="抗疫激励评审由省人力资源和社会保障厅单独组织、组建评委会，本评委会不是省级评委会。请核对评委会代码或取得方式。",
    good="省人社厅组建的评委会报抗疫激励",
    bad="市评委会或评聘结合单位评委会报抗疫激励",
    since="2026-11-21.3",
)
AID_COMMITTEE = declare(
    code="mission-committee",
    severity=Severity.ERROR,
    clause=f"{REFORM} 二（二）",
    summary="援外人员激励由省人社厅单独组织评审",
    message="援外人员激励政策职称评审由省人力资源和社会保障厅单独组织，本评委会不是省级评委会。请核对评委会代码或取得方式。",
    good="省人社厅组建的评委会报援外激励",
    bad="市评委会或评聘结合单位评委会报援外激励",
    since="2026-11-21.3",
)
EPIDEMIC_YEAR = declare(
    code="epidemic-year",
    severity=Severity.ERROR,
    clause=f"{EPIDEMIC} 一；{REFORM} 二（三）",
    summary="抗疫激励评审只就2021年上报批次和2022年度组织",
    message="没有政策组织{year}年度抗疫激励评审：通知给予的是2022年（及2021年上报批次）一线人员一次参评机会。"
    "请核对评审年度或取得方式；有新政策的，请先由系统维护人员载入其申报时间。",
    good="2022年度抗疫激励",
    bad="2023年度以抗疫激励方式评审",
    since="2026-11-21.3",
)
NOT_BY_PROVINCE = declare(
    code="publicity-not-by-province",
    severity=Severity.WARNING,
    clause=f"{EPIDEMIC} 五（四）",
    summary="抗疫激励评审结果由省人社厅公示",
    message="公示平台未注明省人力资源和社会保障厅。抗疫激励评审结果由省厅进行社会公示，请确认。",
    good="公示1平台 吉林省人力资源和社会保障厅网站",
    bad="公示1平台 某医院网站",
    since="2026-11-21.3",
)

_RULES: Final[dict[Way, Rule]] = {Way.ANTI_EPIDEMIC: EPIDEMIC_COMMITTEE, Way.AID_MISSION: AID_COMMITTEE}
_EPIDEMIC_YEARS: Final = (2021, 2022)
_SHORT_NAMES: Final = ("省人社厅", "省人力资源和社会保障厅")


def check_province_batch(docket: Docket) -> Iterator[Finding]:
    """The committee and the publicity of a batch whose channel is such a review."""
    way = _channel(docket)
    if way in _RULES and _of_another(docket):
        yield _RULES[way].finding(column="评委会代码")
    if way is Way.ANTI_EPIDEMIC:
        yield from _year(docket, None)
        yield from _publicity(docket)


def check_province_committee(candidate: Candidate, docket: Docket) -> Iterator[Finding]:
    """The same for one row of a batch in another channel."""
    way = candidate.way
    if way in _RULES and way is not _channel(docket) and _of_another(docket):
        yield _RULES[way].finding(row=candidate.row.number, column="取得方式")
    if way is Way.ANTI_EPIDEMIC and way is not _channel(docket):
        yield from _year(docket, candidate.row.number)


def _year(docket: Docket, row: int | None) -> Iterator[Finding]:
    """The years of the notices, and those for which a policy of the day of the review opened a window."""
    year, day = docket.header.review_year, docket.meeting_on
    if year is None or year in _EPIDEMIC_YEARS:
        return
    policies = docket.facts.policies
    windows = () if day is None else policies.values(Theme.APPLICATION_WINDOW, day, ApplicationWindow)
    category = Way.ANTI_EPIDEMIC.label
    if not any((window.category, window.review_year) == (category, year) for _key, window in windows):
        yield EPIDEMIC_YEAR.finding(row=row, column="评审年度" if row is None else "取得方式", year=year)


def _channel(docket: Docket) -> Way | None:
    return None if docket.header.channel is None else way_named(docket.header.channel)


def _of_another(docket: Docket) -> bool:
    """True for a committee that is surely not the province's: a unit's, a county's, or one that files through a city."""
    committee = docket.committee
    if committee is None:
        return False
    of_province = (
        committee.kind is CommitteeKind.SOCIAL
        and committee.unit_uscc is None
        and committee.filing_path == (FilingLevel.PROVINCE,)
        and all(granted.region == PROVINCE for granted in docket.authorizations)
    )
    return not of_province


def _publicity(docket: Docket) -> Iterator[Finding]:
    places = [claim.place for claim in docket.header.publicity if claim.place is not None]
    office = docket.facts.registry.department_of(PROVINCE)
    names = _SHORT_NAMES if office is None else (*_SHORT_NAMES, office.name)
    if places and not any(name in place for place in places for name in names):
        yield NOT_BY_PROVINCE.finding(column="公示1平台")
