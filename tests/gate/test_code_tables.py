"""Frozen code tables: series, titles, regions, ways, and the published tables."""

from __future__ import annotations

from datetime import date

import pytest

from certsvc.adapters.shipped_policies import shipped_policies
from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, city_of, is_county, lies_within, region_at
from certsvc.domain.series import SERIES, series_named
from certsvc.domain.titles import (
    TITLES,
    historical_title_of,
    is_only_historical,
    title_name,
    title_of,
    titles_at,
)
from certsvc.domain.validity_area import DUAL_DIRECTED_CITIES, may_evaluate
from certsvc.domain.ways import WAYS, Way, way_named
from certsvc.stages.trust_files import published_tables
from tests.gate import builders as a


@pytest.mark.parametrize(
    ("code", "name"),
    [(1, "高等学校教师"), (5, "工程技术人员"), (6, "农业技术人员"), (22, "中小学教师"), (27, "审计专业人员")],
)
def test_series_codes_are_frozen(code: int, name: str) -> None:
    assert SERIES[code] == name
    assert series_named(name) == series_named(str(code)) == code
    assert len(SERIES) == 27


@pytest.mark.parametrize(
    ("series", "level", "name", "code"),
    [
        (5, Level.DEPUTY_SENIOR, "高级工程师", 50201),
        (5, Level.SENIOR, "正高级工程师", 50101),
        (6, Level.SENIOR, "农业技术推广研究员", 60104),
        (6, Level.ASSISTANT, "助理畜牧师", 60402),
        (4, Level.DEPUTY_SENIOR, "副主任护师", 40203),
        (4, Level.ENTRY, "技士", 40504),
        (27, Level.DEPUTY_SENIOR, "高级审计师", 270201),
        (13, Level.INTERMEDIATE, "讲师", 130301),
        (1, Level.INTERMEDIATE, "讲师", 10301),
        (5, Level.DEPUTY_SENIOR, "工程师", None),
        (5, Level.INTERMEDIATE, "50201", None),
        (22, Level.DEPUTY_SENIOR, "中学高级教师", None),
    ],
)
def test_a_title_belongs_to_series_and_level(series: int, level: Level, name: str, code: int | None) -> None:
    assert title_of(series, level, name) == code
    if code is not None:
        assert title_name(code) == name
        assert name in titles_at(series, level)


@pytest.mark.parametrize(
    ("name", "old"),
    [("高级工程师（教授级）", True), ("中学高级教师", True), ("高级教师", False), ("杂务", False)],
)
def test_old_names_are_told_from_current_ones(name: str, old: bool) -> None:
    assert is_only_historical(name) is old


def test_an_old_title_has_a_code_for_records_of_the_past() -> None:
    code = historical_title_of(22, Level.INTERMEDIATE, "小学高级教师")
    assert code == 220352
    assert TITLES[code] == "小学高级教师"


def test_jilin_has_sixty_counties_in_nine_cities() -> None:
    counties = [code for code in REGIONS if is_county(code)]
    assert len(counties) == 60
    assert len({city_of(code) for code in counties}) == 9


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("220381", date(2019, 6, 1), "公主岭市"),
        ("220381", date(2023, 9, 19), None),
        ("220184", date(2023, 9, 19), "公主岭市"),
        ("220184", date(2018, 9, 19), None),
        ("220602", date(2023, 9, 19), "白山市浑江区"),
        ("220104", date(2023, 9, 19), "长春市朝阳区"),
        ("110105", date(2023, 9, 19), None),
        ("220582", date(2023, 9, 19), "集安市"),
        ("222401", date(2023, 9, 19), "延吉市"),
    ],
)
def test_a_division_has_a_code_while_it_lasts(code: str, on: date, name: str | None) -> None:
    region = region_at(code, on)
    assert (None if region is None else region.full_name) == name


@pytest.mark.parametrize(
    ("code", "area", "within"),
    [
        ("222404", "220000", True),
        ("222404", "222400", True),
        ("222404", "222404", True),
        ("222401", "222404", False),
        ("220106", "222400", False),
        ("220171", "220100", True),
    ],
)
def test_a_division_lies_within_its_city_and_province(code: str, area: str, within: bool) -> None:
    assert lies_within(code, area) is within


@pytest.mark.parametrize("code", ["220605", "220622", "222401", "222403", "222424", "220521"])
def test_neighbours_of_the_ten_counties_are_not_among_them(code: str) -> None:
    assert is_county(code)
    assert not may_evaluate(code, date(2023, 11, 19), shipped_policies())


def test_the_ten_counties_belong_to_the_city_that_files_for_them() -> None:
    assert len(DUAL_DIRECTED_CITIES) == 10
    assert all(city_of(county) == city for county, city in DUAL_DIRECTED_CITIES.items())


@pytest.mark.parametrize(
    ("word", "way"), [("双定向", 4), ("04", 4), ("4", 4), ("常规评审", 1), ("援外激励", 7), ("某方式", None)]
)
def test_ways_are_named_by_word_or_code(word: str, way: int | None) -> None:
    assert way_named(word) == way


@pytest.mark.parametrize(
    ("channel", "way", "taken"),
    [
        ("常规", Way.REGULAR, True),
        ("常规", Way.ENTRY_RECOGNITION, True),
        ("常规", Way.RURAL_TALENT, False),
        ("评聘结合", Way.CONVERSION, True),
        ("评聘结合", Way.ENTRUSTED, False),
        ("自主评审", Way.CONVERSION, False),
        ("自主评审", Way.ENTRUSTED, False),
        ("自主评审", Way.REGULAR, True),
        ("乡村振兴人才", Way.REGULAR, False),
        ("尚未列出的类别", Way.RURAL_TALENT, True),
    ],
)
def test_a_channel_takes_its_own_ways(channel: str, way: Way, taken: bool) -> None:
    row = a.row(way=way.label, base_level=Level.DEPUTY_SENIOR, basis_ref="依据〔2023〕1号")
    (outcome,) = a.gate(a.header(channel=channel), row).outcomes
    assert ("way-of-other-channel" not in a.codes(outcome.findings)) is taken


def test_published_tables_name_every_code() -> None:
    tables = published_tables()
    named = (tables.regions["222404"], tables.titles[50201], tables.ways[4])
    assert named == ("珲春市", "高级工程师", "双定向")
    assert "220381" not in tables.regions
    assert len(tables.regions) == 70
    assert set(tables.ways) == set(WAYS)
