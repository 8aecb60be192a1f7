"""What the notices leave to some committees alone: delegated authority, reviews of the province, the application system."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certsvc.domain.findings import Finding
from certsvc.domain.levels import Level
from certsvc.domain.registry import Delegated, Registry
from tests.gate import builders as a

HOSPITAL = "PP-220102-01"
ACCOUNTANT: dict[str, Any] = {"series": "工程技术人员", "specialty": "内科学", "title": "高级工程师"}
EQUAL_LEVEL: dict[str, Any] = {"way": "同级改职", "base_level": Level.DEPUTY_SENIOR}
EPIDEMIC: dict[str, Any] = {"way": "抗疫激励", "remark": "一线医务人员"}
AID: dict[str, Any] = {"way": "援外激励", "basis_ref": "吉组派〔2019〕3号", "remark": "期满，考核合格"}


def registry(*delegated: Delegated, named: bool = True, **committee: Any) -> Registry:
    """The example registry whose hospital was given down so much, in medicine and in engineering."""
    known = a.registry()
    hospital = known.committee(HOSPITAL)
    assert hospital is not None
    (medicine,) = (
        replace(
            one, delegated=frozenset(delegated) if named else None, persons=committee.pop("persons", None)
        )
        for one in hospital.authorizations
    )
    series = (medicine, replace(medicine, series="工程技术人员"))
    hospital = replace(hospital, authorizations=series, main_series=frozenset({"卫生技术人员"}), **committee)
    return replace(known, committees=(*(c for c in known.committees if c.code != HOSPITAL), hospital))


def said_of(known: Registry, **row: Any) -> tuple[Finding, ...]:
    (outcome,) = a.gate(a.linked_header(), a.linked_row(**row), known=a.facts(registry=known)).outcomes
    return tuple(f for f in outcome.findings if f.code in ("authority-not-delegated", "level-not-authorized"))


@pytest.mark.parametrize(
    ("row", "needed", "column"),
    [
        ({"person_kind": "人事代理"}, Delegated.AGENCY, "人员类别"),
        ({"person_kind": "自聘"}, Delegated.UNIT_EMPLOYED, "人员类别"),
        (ACCOUNTANT, Delegated.AUXILIARY, "申报系列"),
        (EQUAL_LEVEL, Delegated.CONVERSION, "取得方式"),
    ],
)
def test_what_was_not_given_down_to_a_linked_unit_waits(
    row: dict[str, Any], needed: Delegated, column: str
) -> None:
    """吉人社函〔2022〕38号 一（二）3."""
    others = set(Delegated) - {needed}
    assert said_of(registry(needed), **row) == ()
    assert said_of(registry(named=False), **row) == (), "an authorization that says nothing of it"
    (told,) = said_of(registry(*others), **row)
    assert (told.code, told.severity.value, told.column) == ("authority-not-delegated", "hold", column)
    assert needed.value in told.message


def test_persons_that_an_authorization_names_were_given_to_it() -> None:
    assert said_of(registry(persons=frozenset({"自聘"})), person_kind="自聘") == ()
    assert said_of(registry(), person_kind="编内") == ()


def test_a_senior_title_is_reviewed_where_the_levels_say_so() -> None:
    senior = {"level": Level.SENIOR, "title": "主任医师", "base_level": Level.DEPUTY_SENIOR}
    known = registry()
    hospital = known.committee(HOSPITAL)
    assert hospital is not None
    assert said_of(known, **senior) == ()
    lower = tuple(replace(one, levels=frozenset({Level.DEPUTY_SENIOR})) for one in hospital.authorizations)
    without = replace(known, committees=(replace(hospital, authorizations=lower),))
    assert [f.code for f in said_of(without, **senior)] == ["level-not-authorized"]


@pytest.mark.parametrize(
    ("channel", "way", "code"),
    [("抗疫激励", EPIDEMIC, "epidemic-committee"), ("援外激励", AID, "mission-committee")],
)
def test_a_review_of_the_province_comes_from_a_committee_of_the_province(
    channel: str, way: dict[str, Any], code: str
) -> None:
    """吉人社函〔2023〕9号 五（三）; 38号 二（二）（三）."""
    by_unit = a.gate(a.linked_header(channel=channel), a.linked_row(**way))
    assert code in a.stopping(by_unit.header_findings)
    by_province = a.gate(a.header(channel=channel, review_year=2022), a.row(**way))
    assert code not in a.codes(by_province.header_findings)
    assert a.verdict(by_province.outcomes[0]) == "admitted"
    beside, other = a.gate(
        a.linked_header(), a.linked_row(**way), a.linked_row(2, document=a.citizen("2"))
    ).outcomes
    assert code in a.stopping(beside.findings), "one row of an ordinary batch is refused alone"
    assert code not in a.codes(other.findings)


def test_a_committee_of_a_city_is_none_of_the_province() -> None:
    known = a.registry()
    (road,) = (c for c in known.committees if c.code == "JL-GC-GL")
    of_city = replace(road, authorizations=tuple(replace(g, region="220100") for g in road.authorizations))
    facts = a.facts(registry=replace(known, committees=(of_city,)))
    assert "epidemic-committee" in a.stopping(
        a.gate(a.header(channel="抗疫激励"), a.row(**EPIDEMIC), known=facts).header_findings
    )


@pytest.mark.parametrize(
    ("place", "asked"),
    [
        ("吉林省人力资源和社会保障厅网站", False),
        ("省人社厅官网", False),
        ("评委会办事机构网站", True),
        ("长春市人力资源和社会保障局网站", True),
    ],
)
def test_the_province_publishes_the_epidemic_incentive(place: str, asked: bool) -> None:
    """吉人社函〔2023〕9号 五（四）."""
    shown = a.publicity(date(2023, 9, 22), date(2023, 10, 7), place)
    head = a.header(channel="抗疫激励", review_year=2022, publicity=shown)
    seen = a.gate(head, a.row(**EPIDEMIC)).header_findings
    late = ("review-after-deadline", "info")  # the incentive of 2022 was reviewed in 2023
    assert [(f.code, f.severity.value) for f in seen] == [
        late,
        *([("publicity-not-by-province", "warning")] if asked else []),
    ]


@pytest.mark.parametrize(
    ("met", "ref", "warned"),
    [
        (date(2024, 4, 20), None, False),
        (date(2024, 4, 21), None, True),
        (date(2024, 10, 20), "DRC-2024-000123", False),
    ],
)
def test_linked_units_come_through_the_application_system_after_two_years(
    met: date, ref: str | None, warned: bool
) -> None:
    """吉人社函〔2022〕38号 五（五）."""
    head = a.linked_header(meeting_starts_on=met, application_ref=ref)
    told = [f for f in a.gate(head, a.linked_row()).header_findings if f.code == "application-not-online"]
    assert [f.severity.value for f in told] == (["warning"] if warned else [])
    of_all = a.gate(a.header(meeting_starts_on=met), a.row()).header_findings
    assert "application-not-online" not in a.codes(of_all)


ENGINEER: dict[str, Any] = {"level": Level.INTERMEDIATE, "title": "工程师", "base_level": Level.ASSISTANT}


@pytest.mark.parametrize(
    ("code", "good", "bad"),
    [
        (
            "skill-grade-level",
            {"way": "高技能人才贯通", "base_title": "高级技师"},
            {"way": "高技能人才贯通", "base_title": "技师"},
        ),
        (
            "skill-grade-level",
            {"way": "高技能人才贯通", "remark": "特级技师，原高级工"},
            {"way": "高技能人才贯通", "remark": "高级工"},
        ),
        (
            "skill-grade-level",
            {"way": "高技能人才贯通", "base_title": "高级工程师"},
            ENGINEER | {"way": "高技能人才贯通", "remark": "高级工"},
        ),
        ("grassroots-degree-missing", {"way": "基层硕博", "remark": "博士"}, {"way": "基层硕博"}),
        (
            "talent-doctor-senior",
            {"way": "人才激励", "remark": "博士"},
            {"way": "人才激励", "remark": "博士", "level": Level.SENIOR, "title": "正高级工程师"},
        ),
        (
            "talent-doctor-senior",
            {"way": "人才激励", "remark": "出站博士后", "level": Level.SENIOR, "title": "正高级工程师"},
            {"way": "人才激励", "basis_ref": "博士", "level": Level.SENIOR, "title": "正高级工程师"},
        ),
        ("mission-unfinished", AID, AID | {"remark": "因个人原因提前终止援助"}),
        ("way-base-years", {"way": "基层3010", "appointed_on": date(2013, 9, 19)}, {"way": "基层3010"}),
    ],
)
def test_the_words_of_a_row_agree_with_its_way(code: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    """吉人社函〔2022〕38号 一（一）2, 一（四）1, 二（一）, 二（二）."""
    told = [a.gate(a.header(channel=row["way"]), a.row(**row)).outcomes[0] for row in (good, bad)]
    assert [code in a.stopping(one.findings) for one in told] == [False, True]


def test_a_mission_that_says_nothing_of_its_end_is_asked_about() -> None:
    (silent,) = a.gate(a.header(channel="援外激励"), a.row(**AID | {"remark": None})).outcomes
    assert a.verdict(silent) == "admitted"
    assert a.codes(silent.findings) == {"mission-assessment-missing"}


@pytest.mark.parametrize(("year", "refused"), [(2020, True), (2021, False), (2022, False), (2023, True)])
def test_the_epidemic_incentive_was_one_chance(year: int, refused: bool) -> None:
    """吉人社函〔2023〕9号 一、二; 38号 二（三）."""
    seen = a.gate(a.header(channel="抗疫激励", review_year=year), a.row(**EPIDEMIC)).header_findings
    assert ("epidemic-year" in a.stopping(seen)) is refused
    (beside,) = a.gate(a.header(review_year=year), a.row(**EPIDEMIC)).outcomes
    assert ("epidemic-year" in a.stopping(beside.findings)) is refused
