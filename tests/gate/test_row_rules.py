"""Each rule on rows, told as in the regulation: the good row with one value spoiled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certsvc.domain.facts import CreditBlock, HeldTitle
from certsvc.domain.findings import Severity
from certsvc.domain.levels import Level
from certsvc.domain.ways import Way
from tests.gate import builders as a

PERSON = "229901198503171022"
DUAL_PERSON = "229902197909040112"
ENGINEER = HeldTitle(5, Level.DEPUTY_SENIOR, 50201, False, date(2022, 9, 1), "P5", Way.REGULAR)
AGRONOMIST = HeldTitle(6, Level.DEPUTY_SENIOR, 60201, True, date(2023, 11, 19), "P6", Way.DUAL_DIRECTED)
SENIOR: dict[str, Any] = {
    "level": Level.SENIOR,
    "title": "正高级工程师",
    "base_level": Level.DEPUTY_SENIOR,
    "base_title": "高级工程师",
}


def economist(**more: Any) -> dict[str, Any]:
    return {"series": "经济专业人员", "title": "高级经济师", "specialty": "工商管理"} | more


def test_a_good_regular_row_is_admitted_without_a_word() -> None:
    seen = a.gate(a.header(), a.row())
    assert seen.header_findings == ()
    (outcome,) = seen.outcomes
    assert a.verdict(outcome) == "admitted"
    assert outcome.findings == ()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("person-not-eligible", {"person_kind": "参照公务员管理人员"}),
        ("person-not-eligible", {"person_kind": "事业单位管理岗人员"}),
        ("person-not-eligible", {"person_kind": "离退休人员"}),
        ("division-unknown", {"unit_region": "220381"}),
        ("division-unknown", {"unit_region": "110105"}),
        (
            "level-not-authorized",
            {"level": Level.INTERMEDIATE, "title": "工程师", "base_level": Level.ASSISTANT},
        ),
        ("specialty-not-authorized", {"specialty": "机械制造"}),
        ("series-not-authorized", {"series": "农业技术人员", "specialty": "农艺", "title": "高级农艺师"}),
        ("dual-directed-mixed", {"way": "双定向"}),
        ("way-of-other-committee", {"way": "评聘结合评审"}),
        ("way-of-other-channel", {"way": "乡村振兴人才"}),
        ("entrustment-missing", {"way": "委托评审"}),
        ("title-not-of-level", {"title": "工程师"}),
        ("old-title-name", SENIOR | {"title": "高级工程师（教授级）"}),
        ("old-title-name", SENIOR | {"title": "高级工程师(教授级)"}),
        ("post-is-no-title", {"title": "专业技术三级岗位"}),
        ("post-is-no-title", {"way": "事业单位二三级岗位"}),
        ("way-unknown", {"way": "考核"}),
        ("way-not-by-filing", {"way": "外省职称确认"}),
        ("series-unknown", {"series": "工程师系列"}),
        ("level-skip", SENIOR | {"base_level": Level.INTERMEDIATE}),
        ("level-skip", SENIOR | {"base_level": Level.INTERMEDIATE, "way": "人才激励"}),
        ("no-step-up", {"base_level": Level.DEPUTY_SENIOR}),
        ("conversion-level", {"way": "同级改职"}),
        ("conversion-level", {"way": "同级改职", "base_level": Level.SENIOR}),
        ("conversion-level", {"way": "同级改职", "base_level": Level.ASSISTANT}),
        ("base-title-missing", {"way": "同级改职", "base_level": None}),
        ("base-title-missing", {"base_level": None}),
        ("base-not-earlier", {"base_on": date(2024, 1, 1)}),
        ("base-not-earlier", {"base_on": date(2023, 9, 19)}),
        ("validity-area-not-wanted", {"validity_area": "222404"}),
        ("continuing-education-missing", {"continuing_education": None}),
        ("continuing-education-failed", {"continuing_education": "不合格"}),
        ("objection-upheld", {"objection": "异议成立"}),
        ("objection-open", {"objection": "有异议"}),
        ("review-outside-meeting", {"reviewed_on": date(2023, 9, 25)}),
        ("applied-after-review", {"applied_on": date(2023, 9, 20)}),
        ("grassroots-3010", SENIOR | {"way": "基层3010"}),
        ("grassroots-3010", economist(way="基层3010")),
        ("grassroots-degree", {"way": "基层硕博", "remark": "硕士"}),
        ("grassroots-degree", economist(way="基层硕博", remark="博士")),
        ("talent-post-only", {"way": "人才激励", "remark": "A类人才"}),
        ("talent-post-only", {"way": "人才激励", "remark": "吉林省Ｂ 类"}),
        ("talent-post-only", {"way": "人才激励", "basis_ref": "吉人才〔2023〕1号（a类）"}),
        ("talent-post-only", {"way": "人才激励", "post": "特设二级岗位", "remark": "C类"}),
        ("talent-class-missing", {"way": "人才激励", "basis_ref": "吉人才〔2023〕1号"}),
        ("talent-class-missing", {"way": "人才激励", "remark": "SCI类论文3篇"}),
        ("talent-level", {"way": "人才激励", "level": Level.INTERMEDIATE, "title": "工程师"}),
        ("aid-basis-missing", {"way": "援外激励"}),
        ("rural-too-early", {"way": "乡村振兴人才", "reviewed_on": date(2020, 9, 19)}),
        ("epidemic-tenure", {"way": "抗疫激励", "base_on": date(2020, 9, 20)}),
        ("epidemic-tenure", {"way": "抗疫激励", "unit_kind": "事业", "appointed_on": date(2020, 9, 20)}),
        ("skilled-worker-field", economist(way="高技能人才贯通")),
        ("exam-proof", economist()),
        ("exam-proof", economist(exam_ref="K1", exam_valid_to=date(2023, 2, 9))),
        ("examination-only", economist(level=Level.INTERMEDIATE, title="经济师")),
        (
            "examination-likely",
            {
                "series": "卫生技术人员",
                "level": Level.INTERMEDIATE,
                "title": "主治医师",
                "specialty": "内科学",
            },
        ),
        ("row-incomplete", {"result": None, "unreadable": frozenset({"评审结果"})}),
    ],
)
def test_a_spoiled_value_stops_the_row(code: str, changes: dict[str, Any]) -> None:
    (outcome,) = a.gate(a.header(), a.row(**changes)).outcomes
    assert code in a.stopping(outcome.findings)
    assert a.verdict(outcome) != "admitted"


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("a person beyond retirement age in service", {"born_on": date(1955, 1, 1)}),
        ("公主岭 under its new code", {"unit_region": "220184"}),
        ("an objection that was not upheld", {"objection": "异议不成立"}),
        ("codes instead of words", {"series": "5", "way": "01", "title": "50201"}),
        ("a conversion at equal level", {"base_level": Level.DEPUTY_SENIOR, "way": "同级改职"}),
        ("an entrusted review with its basis", {"way": "委托评审", "basis_ref": "示人函〔2023〕5号"}),
        ("education not asked before 2023", {"applied_on": date(2022, 12, 31), "continuing_education": None}),
        (
            "an unreadable cell that the intake has reported",
            {"base_level": None, "unreadable": frozenset({"现职称级别"})},
        ),
    ],
)
def test_what_the_notices_allow_is_admitted(case: str, changes: dict[str, Any]) -> None:
    (outcome,) = a.gate(a.header(), a.row(**changes)).outcomes
    assert a.verdict(outcome) == "admitted", (case, outcome.findings)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("statistical-zone", {"unit_region": "220171"}),
        ("registering-authority", {"unit_name": "长春市绿园区示例公司", "unit_region": "220100"}),
        (
            "level-skip-with-basis",
            SENIOR
            | {"base_level": Level.INTERMEDIATE, "way": "人才激励", "basis_ref": "出站博士后〔2023〕1号"},
        ),
        ("tenure-short", {"unit_kind": "事业", "appointed_on": date(2021, 6, 1)}),
        ("tenure-short", {"unit_kind": "事业", "base_on": date(2021, 6, 1)}),
        ("tenure-short", {"unit_kind": "事业", "base_on": date(2021, 6, 1), "appointed_on": None}),
        ("tenure-short", {"unit_kind": "事业", "appointed_on": date(2020, 1, 2)}),
        ("tenure-short", {"unit_kind": "事业", "unit_region": "220100", "appointed_on": date(2019, 1, 2)}),
        ("tenure-short", {"unit_kind": "事业", "unit_region": "220000", "appointed_on": date(2018, 1, 2)}),
    ],
)
def test_doubts_are_warnings_and_let_pass(code: str, changes: dict[str, Any]) -> None:
    head = a.header(channel="人才激励" if "basis_ref" in changes else "常规")
    (outcome,) = a.gate(head, a.row(**changes)).outcomes
    assert a.verdict(outcome) == "admitted"
    assert a.codes(outcome.findings) == {code}


def test_tenure_is_questioned_only_when_surely_too_short() -> None:
    """A county post needs three years, two near retirement: 2020-12-31 to 2022-12-31 may be enough."""
    near = a.row(unit_kind="事业", appointed_on=date(2020, 12, 31), born_on=date(1965, 3, 17))
    assert a.gate(a.header(), near).outcomes[0].findings == ()
    (young,) = a.gate(a.header(), replace(near, born_on=date(1985, 3, 17))).outcomes
    assert {(f.code, f.case, f.severity) for f in young.findings} == {("tenure-short", 84, Severity.WARNING)}


@pytest.mark.parametrize("unit_kind", ["评聘结合", "事业"])
@pytest.mark.parametrize(("appointed_on", "short"), [(date(2018, 1, 1), False), (date(2018, 1, 2), True)])
def test_an_appointment_linked_unit_asks_for_five_years(
    unit_kind: str, appointed_on: date, short: bool
) -> None:
    row = a.linked_row(unit_kind=unit_kind, appointed_on=appointed_on)
    (outcome,) = a.gate(a.linked_header(), row).outcomes
    assert (a.verdict(outcome), "tenure-short" in a.codes(outcome.findings)) == ("admitted", short)


@pytest.mark.parametrize(
    "changes",
    [
        {"appointed_on": date(2021, 6, 1)},  # 吉人社函〔2022〕38号 一（七）1 speaks of public institutions
        {"unit_kind": "事业", "base_dual_directed": True, "base_on": date(2022, 6, 1)},  # the years run on
    ],
)
def test_tenure_is_not_questioned_where_the_notice_sets_no_years(changes: dict[str, Any]) -> None:
    (outcome,) = a.gate(a.header(), a.row(**changes)).outcomes
    assert "tenure-short" not in a.codes(outcome.findings)


@pytest.mark.parametrize(
    ("words", "verdict", "case"),
    [
        ({"remark": "A类人才"}, "refused", 75),
        ({"remark": None}, "held", 75),
        ({"remark": "C类人才"}, "admitted", None),
        ({"remark": "D 类"}, "admitted", None),
        ({"basis_ref": "吉人才〔2023〕1号 E类"}, "admitted", None),
        ({"remark": "业绩突出的博士"}, "admitted", None),
    ],
)
def test_the_class_of_a_talent_says_whether_a_title_follows(
    words: dict[str, Any], verdict: str, case: int | None
) -> None:
    row = a.row(way="人才激励", **words)
    (outcome,) = a.gate(a.header(channel="人才激励"), row).outcomes
    assert a.verdict(outcome) == verdict
    assert {f.case for f in outcome.findings} == ({case} if case else set())


def test_one_place_is_told_one_thing_once() -> None:
    """A county outside the ten differs from the committee's county and perhaps from the unit's as well."""
    (outcome,) = a.gate(a.dual_header(), a.dual_row(validity_area="220605")).outcomes
    told = [(f.code, f.column) for f in outcome.findings]
    assert len(told) == len(set(told)) == 2
    assert {f.case for f in outcome.findings} == {54, 55}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (
            "dual-directed-senior",
            {"level": Level.SENIOR, "title": "正高级农艺师", "base_level": Level.DEPUTY_SENIOR},
        ),
        ("dual-directed-lower-level", {"level": Level.INTERMEDIATE, "title": "农艺师"}),
        ("dual-directed-county", {"validity_area": "220605", "unit_region": "220605"}),
        ("dual-directed-county", {"validity_area": "222401"}),
        ("dual-directed-county", {"unit_region": "220521"}),
        ("dual-directed-area", {"validity_area": None}),
        ("dual-directed-area", {"validity_area": "222402"}),
        ("dual-directed-area", {"unit_region": "222402"}),
        ("dual-directed-series", {"series": "卫生技术人员", "title": "副主任医师", "specialty": "内科学"}),
        ("dual-directed-post", {"post": None}),
        ("dual-directed-post", {"post": "专业技术六级岗位"}),
        ("dual-directed-mixed", {"way": "常规评审", "validity_area": None}),
        ("exam-proof", {"series": "会计人员", "title": "高级会计师"}),
    ],
)
def test_dual_directed_review_is_bound_to_its_county_level_and_post(
    code: str, changes: dict[str, Any]
) -> None:
    (outcome,) = a.gate(a.dual_header(), a.dual_row(**changes)).outcomes
    assert code in a.stopping(outcome.findings)
    assert a.verdict(outcome) == "refused"


@pytest.mark.parametrize(
    ("code", "verdict", "first", "second"),
    [
        ("same-person-twice", "refused", {}, {"name": "林晓棠"}),
        ("same-number-other-name", "refused", {}, {"name": "林小棠"}),
        ("same-name-other-number", "admitted", {}, {"document": a.citizen("229901198503171030")}),
        ("same-person-other-title", "admitted", {}, SENIOR),
    ],
)
def test_a_person_stands_in_a_batch_once(
    code: str, verdict: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    seen = a.gate(
        a.header(), a.row(1, **first), a.row(2, **second), a.row(3, document=a.citizen("9"), name="甲")
    )
    assert [a.verdict(o) for o in seen.outcomes] == [verdict, verdict, "admitted"]
    assert all(code in a.codes(o.findings) for o in seen.outcomes[:2])


@pytest.mark.parametrize(
    ("applied_on", "barred"),
    [
        (date(2024, 6, 2), False),
        (date(2024, 6, 3), True),
        (date(2027, 6, 2), True),
        (date(2027, 6, 3), False),
    ],
)
def test_a_credit_record_bars_for_exactly_three_years(applied_on: date, barred: bool) -> None:
    blocked = {PERSON: (CreditBlock(date(2024, 6, 3), date(2027, 6, 3)),)}
    row = a.row(applied_on=applied_on, reviewed_on=None)
    (outcome,) = a.gate(a.header(), row, known=a.facts(credit_blocks=blocked)).outcomes
    assert ("credit-block" in a.codes(outcome.findings)) is barred


def test_a_credit_record_made_between_application_and_review_bars_too() -> None:
    blocked = {PERSON: (CreditBlock(date(2023, 6, 1), date(2026, 6, 1)),)}
    (outcome,) = a.gate(a.header(), a.row(), known=a.facts(credit_blocks=blocked)).outcomes
    assert "credit-block" in a.stopping(outcome.findings)


def test_a_cancelled_year_bars_that_year_only() -> None:
    known = a.facts(cancelled_years={PERSON: frozenset({2023})})
    assert "year-cancelled" in a.stopping(a.gate(a.header(), a.row(), known=known).outcomes[0].findings)
    later = a.facts(cancelled_years={PERSON: frozenset({2022})})
    assert a.verdict(a.gate(a.header(), a.row(), known=later).outcomes[0]) == "admitted"


def test_a_title_already_held_is_not_filed_again() -> None:
    known = a.facts(held_titles={PERSON: (ENGINEER,)})
    (outcome,) = a.gate(a.header(), a.row(), known=known).outcomes
    assert "title-already-held" in a.stopping(outcome.findings)


def test_the_aid_incentive_is_given_once_and_a_second_one_waits() -> None:
    head, row = a.header(channel="援外激励"), a.row(way="援外激励", basis_ref="吉组派〔2019〕3号")
    assert a.verdict(a.gate(head, row).outcomes[0]) == "admitted"
    again = a.gate(head, row, known=a.facts(aided_before=frozenset({PERSON}))).outcomes[0]
    assert (a.verdict(again), a.stopping(again.findings)) == ("held", {"second-aid-incentive"})


def test_regular_pass_and_anti_epidemic_incentive_exclude_each_other_in_one_year() -> None:
    incentive = HeldTitle(
        4, Level.DEPUTY_SENIOR, 40203, False, date(2023, 3, 1), "P4", Way.ANTI_EPIDEMIC, 2023
    )
    (outcome,) = a.gate(a.header(), a.row(), known=a.facts(held_titles={PERSON: (incentive,)})).outcomes
    assert a.stopping(outcome.findings) == {"epidemic-and-regular"}


def test_missing_glyphs_hold_only_the_row_that_needs_them() -> None:
    known = a.facts(missing_glyphs=frozenset("𡉃"))
    seen = a.gate(a.header(), a.row(1, name="赵𡉃宇"), a.row(2, document=a.citizen("9")), known=known)
    assert [a.verdict(o) for o in seen.outcomes] == ["held", "admitted"]
    (finding,) = seen.outcomes[0].findings
    assert finding.column == "姓名"
    assert "字库缺字" in finding.message
    assert "𡉃" not in finding.message


def test_who_has_not_passed_hears_only_that() -> None:
    seen = a.gate(a.header(), a.row(result="未通过", person_kind="公务员", objection="有异议"))
    (outcome,) = seen.outcomes
    assert a.verdict(outcome) == "refused"
    assert a.codes(outcome.findings) == {"not-passed"}


def test_a_committee_for_its_own_unit_needs_an_entrustment_for_others() -> None:
    assert a.verdict(a.gate(a.linked_header(), a.linked_row()).outcomes[0]) == "admitted"
    stranger = a.gate(a.linked_header(), a.linked_row(unit_code="91229901MA00000159")).outcomes[0]
    assert "entrustment-missing" in a.stopping(stranger.findings)


@pytest.mark.parametrize("region", ["220102", "220100", "222401"])
def test_a_unit_reviews_its_own_staff_wherever_it_is_registered(region: str) -> None:
    (outcome,) = a.gate(a.linked_header(), a.linked_row(unit_region=region)).outcomes
    assert a.verdict(outcome) == "admitted"


def test_a_committee_limited_to_kinds_of_person_and_to_a_region_keeps_to_them() -> None:
    known = a.registry()
    committee = known.committee("JL-GC-GL")
    assert committee is not None
    narrow = replace(committee.authorizations[0], persons=frozenset({"编外"}), region="220100")
    registry = replace(known, committees=(replace(committee, authorizations=(narrow,)),))
    inside = a.row(1, person_kind="编外", unit_region="220106")
    outside = a.row(2, person_kind="编内", unit_region="222401", document=a.citizen("9"), name="甲")
    seen = a.gate(a.header(), inside, outside, known=a.facts(registry=registry))
    assert a.verdict(seen.outcomes[0]) == "admitted"
    assert a.stopping(seen.outcomes[1].findings) == {"person-out-of-scope", "region-out-of-scope"}


@pytest.mark.parametrize(
    ("base_marked", "held", "stopped"),
    [
        (True, (), True),
        (False, (AGRONOMIST,), True),
        (False, (AGRONOMIST, HeldTitle(6, Level.DEPUTY_SENIOR, 60201, False, date(2024, 1, 1), "P7")), False),
        (False, (), False),
    ],
)
def test_a_senior_title_follows_a_regular_deputy_senior_one(
    base_marked: bool, held: tuple[HeldTitle, ...], stopped: bool
) -> None:
    row = a.dual_row(
        way="常规评审",
        validity_area=None,
        level=Level.SENIOR,
        title="正高级农艺师",
        base_level=Level.DEPUTY_SENIOR,
        base_dual_directed=base_marked,
    )
    (outcome,) = a.gate(a.header(), row, known=a.facts(held_titles={DUAL_PERSON: held})).outcomes
    assert ("senior-after-dual-directed" in a.codes(outcome.findings)) is stopped
