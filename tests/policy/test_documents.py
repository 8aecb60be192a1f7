"""Policy documents are read strictly; the newest period that holds a day counts; codes never change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.adapters.shipped_policies import shipped_documents, shipped_policies
from certsvc.domain.levels import Level
from certsvc.domain.policy.decoding import decode_policy
from certsvc.domain.policy.document import PolicyEntry
from certsvc.domain.policy.resolution import PolicySet
from certsvc.domain.policy.telling import told_value
from certsvc.domain.policy.values import PublicityTerm, Theme, TitleNames, WayPolicy, Years
from certsvc.domain.series import SERIES
from certsvc.domain.title_table import CURRENT, HISTORICAL
from certsvc.domain.titles import TITLES, title_of
from certsvc.domain.validity_area import DUAL_DIRECTED_CITIES
from certsvc.domain.ways import WAYS, Way
from certsvc.errors import UnreadableInput
from tests.policy import builders as p

SHIPPED = shipped_policies()
IN_2023 = date(2023, 12, 1)


def test_every_theme_is_known_in_2023_but_the_numbers_of_posts_that_no_notice_names() -> None:
    unknown = {theme for theme in Theme if not SHIPPED.knows(theme, IN_2023)}
    assert unknown == {Theme.DUAL_DIRECTED_USABLE}
    assert all(told_value(entry) for document in shipped_documents() for entry in document.entries), (
        "every entry can be told in words"
    )


def test_the_ten_counties_come_into_force_with_their_notice() -> None:
    theme = Theme.DUAL_DIRECTED_COUNTY
    assert not SHIPPED.knows(theme, date(2023, 11, 12))
    assert SHIPPED.on(theme, date(2023, 11, 12)) == {}
    assert set(SHIPPED.on(theme, date(2023, 11, 13))) == set(DUAL_DIRECTED_CITIES)


def test_every_way_has_its_policy() -> None:
    assert set(SHIPPED.on(Theme.WAY, IN_2023)) == set(WAYS.values())
    skipping = {key for key, way in SHIPPED.values(Theme.WAY, IN_2023, WayPolicy) if way.level_skip}
    assert skipping == {
        way.label
        for way in (
            Way.FROM_GOVERNMENT,
            Way.FROM_ARMY,
            Way.PRIVATE_EXECUTIVE,
            Way.TALENT_INCENTIVE,
            Way.SKILLED_WORKER,
            Way.GRASSROOTS_DEGREE,
        )
    }
    rural = SHIPPED.value(Theme.WAY, IN_2023, WayPolicy, Way.RURAL_TALENT.label)
    epidemic = SHIPPED.value(Theme.WAY, IN_2023, WayPolicy, Way.ANTI_EPIDEMIC.label)
    assert rural is not None
    assert epidemic is not None
    assert [(one.target.persons, one.target.yearly) for one in (rural, epidemic) if one.target] == [
        (2000, True),
        (1600, False),
    ]


def test_the_relief_near_retirement_ends() -> None:
    theme = Theme.TENURE_RELIEF
    assert [set(SHIPPED.on(theme, date(year, 1, 1))) for year in (2023, 2024, 2025)] == [
        {"评聘分开", "评聘结合"},
        {"评聘分开"},
        set(),
    ]


@pytest.mark.parametrize(
    ("table", "theme"), [(CURRENT, "title-names"), (HISTORICAL, "historical-title-names")]
)
def test_the_shipped_names_are_those_that_have_codes(table: Any, theme: str) -> None:
    told = dict(SHIPPED.values(Theme(theme), IN_2023, TitleNames))
    assert {key: dict(names.names) for key, names in told.items()} == {
        SERIES[series]: {level: tuple(names.split()) for level, names in levels.items()}
        for series, levels in table.items()
    }


FROZEN: dict[str, str] = json.loads((Path(__file__).parents[1] / "vectors" / "title_codes.json").read_bytes())
"""Every code ever given out: lines are only added, when a name gets the next code of its series and level."""


def test_codes_of_titles_ways_and_levels_never_change() -> None:
    assert {str(code): name for code, name in TITLES.items()} == FROZEN
    assert (FROZEN["50201"], FROZEN["60104"], FROZEN["220352"]) == (
        "高级工程师",
        "农业技术推广研究员",
        "小学高级教师",
    )
    assert all(code // 10000 in SERIES and 1 <= code // 100 % 100 <= 5 for code in TITLES)
    assert [(int(level), level.label) for level in Level] == [
        (1, "正高级"),
        (2, "副高级"),
        (3, "中级"),
        (4, "助理级"),
        (5, "员级"),
    ]
    assert sorted(WAYS) == [*range(1, 22), 90]


GOOD = p.entry()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (p.document(GOOD, format="certsvc-policy/2"), "policy.format"),
        (p.document(GOOD, id="JL 1"), "policy.id"),
        (p.document(GOOD, id="a" * 65), "policy.id"),
        (p.document(GOOD, issued_on="2026-13-01"), "policy.issued_on"),
        (p.document(GOOD, more=1), "policy.more"),
        (p.document(), "policy.entries"),
        (p.document(p.entry("weather")), "policy.entries[0].theme"),
        (p.document(p.entry(key="一半")), "policy.entries[0].key"),
        (p.document(p.entry(to="2026-12-31")), "policy.entries[0].to"),
        (p.document(GOOD, p.entry(**{"from": "2028-01-01"})), "policy.entries[1].from"),
        (
            p.document(p.entry(to="2027-12-31"), p.entry(**{"from": "2027-12-31"})),
            "policy.entries[1].from",
        ),
        (
            p.document(p.entry(**{"from": "2028-01-02"}), p.entry(to="2027-12-31")),
            "policy.entries[0].from",
        ),
        (p.document(p.entry(value={"workdays": 0, "count_first_day": False})), "value.workdays"),
        (p.document(p.entry(value={"workdays": True, "count_first_day": False})), "value.workdays"),
        (p.document(p.entry(value={"workdays": 5})), "value.count_first_day"),
        (p.document(p.entry("way", "某方式", value={"levels": ["中级"]})), "entries[0].key"),
        (p.document(p.entry("way", "双定向", value={"levels": []})), "value.levels"),
        (p.document(p.entry("way", "双定向", value={"levels": ["3"]})), "value.levels[0]"),
        (p.document(p.entry("way", "双定向", value={"levels": ["中级", "中级"]})), "value.levels[1]"),
        (
            p.document(p.entry("way", "双定向", value={"levels": ["中级"], "series": ["工程师"]})),
            "value.series[0]",
        ),
        (
            p.document(p.entry("dual-directed-county", "222401", value={"name": "延吉市", "city": "220100"})),
            "value.city",
        ),
        (
            p.document(p.entry("dual-directed-county", "222400", value={"name": "延边州", "city": "222400"})),
            "entries[0].key",
        ),
        (p.document(p.entry("ratio-cap", "评聘结合院校", value={"正高级": 101})), "正高级"),
        (p.document(p.entry("ratio-cap", "评聘结合院校", value={})), "value"),
        (
            p.document(p.entry("ratio-bonus", "甲", value={"levels": ["中级"], "least": 9, "most": 5})),
            "value.most",
        ),
        (p.document(p.entry("cut-off", value={"years_before": 1, "month": 2, "day": 29})), "value"),
        (p.document(p.entry("cut-off", value={"years_before": 9999, "month": 1, "day": 1})), "value"),
        (p.document(p.entry("level", "中级", value={"code": 2})), "value.code"),
        (p.document(p.entry("title-names", "工程技术人员", value={"中级": ["新工程师"]})), "中级[0]"),
        (p.document(p.entry("title-names", "工程技术人员", value={"中级": ["50301"]})), "中级[0]"),
        (p.document(p.entry("title-names", "5", value={"中级": ["工程师"]})), "entries[0].key"),
        (p.document(p.entry("channel", "双定向", value={"ways": ["常规"]})), "value.ways[0]"),
        (
            p.document(
                p.entry(
                    "application-window",
                    "2027年度",
                    value={
                        "review_year": 2027,
                        "category": "常规类别",
                        "opens_on": "2027-02-02",
                        "closes_on": "2027-02-01",
                    },
                )
            ),
            "value.closes_on",
        ),
    ],
)
def test_a_document_that_is_not_sound_is_refused_with_the_place(content: dict[str, Any], place: str) -> None:
    with pytest.raises(UnreadableInput) as refused:
        decode_policy(p.raw(content))
    assert place in str(refused.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_a_sentence(raw: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_policy(raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "全部", "中级", "2027-01-01", "常规评审"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["levels", "years", "中级"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.sampled_from(list(Theme)), st.sampled_from(["全部", "双定向", "222404", "中级", "工程技术人员"]), JSON
)
def test_any_value_of_any_theme_is_typed_or_refused(theme: Theme, key: str, value: Any) -> None:
    raw = p.raw(p.document(p.entry(theme.value, key, value=value)))
    try:
        document = decode_policy(raw)
    except UnreadableInput:
        return
    assert (document.entries[0].value is None) == (value is None)


def with_documents(*contents: dict[str, Any]) -> PolicySet:
    return PolicySet((*shipped_documents(), *(decode_policy(p.raw(content)) for content in contents)))


def days_of_publicity(policies: PolicySet, day: date) -> int | None:
    term = policies.value(Theme.PUBLICITY, day, PublicityTerm)
    return None if term is None else term.workdays


def test_a_new_document_counts_from_its_effective_day_on() -> None:
    policies = with_documents(p.document(p.entry()))
    assert [days_of_publicity(policies, day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [5, 10]


def test_a_measure_with_an_end_gives_way_to_what_held_before() -> None:
    policies = with_documents(p.document(p.entry(to="2027-06-30")))
    assert [days_of_publicity(policies, day) for day in (date(2027, 6, 30), date(2027, 7, 1))] == [10, 5]


def test_of_two_documents_for_the_same_days_the_one_issued_last_counts_whatever_was_loaded_last() -> None:
    newer = p.document(
        p.entry(value={"workdays": 7, "count_first_day": False}), id="b", issued_on="2026-11-02"
    )
    older = p.document(p.entry())
    for documents in ((newer, older), (older, newer)):
        assert days_of_publicity(with_documents(*documents), date(2027, 1, 1)) == 7


def test_a_document_can_end_what_an_older_one_set() -> None:
    ended = p.entry("dual-directed-county", "222404", value=None)
    policies = with_documents(p.document(ended))
    theme = Theme.DUAL_DIRECTED_COUNTY
    assert "222404" in policies.on(theme, date(2026, 12, 31))
    assert "222404" not in policies.on(theme, date(2027, 1, 1))
    assert told_value(PolicyEntry(theme, "222404", "一", date(2027, 1, 1), None, None)) == "废止"


def test_before_the_first_period_nothing_is_known_rather_than_absent() -> None:
    assert not SHIPPED.knows(Theme.TENURE, date(2021, 12, 31))
    assert SHIPPED.value(Theme.TENURE, date(2021, 12, 31), Years, "省级") is None
    assert SHIPPED.knows(Theme.TENURE, date(2022, 1, 1))
    assert not PolicySet().knows(Theme.PUBLICITY, IN_2023)


def test_a_name_with_a_code_can_be_taken_out_of_use() -> None:
    assert title_of(5, Level.ENTRY, "技术员") == 50501
    fewer = p.entry("title-names", "工程技术人员", value={"中级": ["工程师"]})
    names = with_documents(p.document(fewer)).value(
        Theme.TITLE_NAMES, date(2027, 1, 1), TitleNames, "工程技术人员"
    )
    assert names is not None
    assert dict(names.names) == {Level.INTERMEDIATE: ("工程师",)}
