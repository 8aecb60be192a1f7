"""English renderings: every word of the frozen tables has its English."""

from __future__ import annotations

from certsvc.domain.english_places import place_in_english
from certsvc.domain.english_titles import (
    ID_KINDS_ENGLISH,
    LEVELS_ENGLISH,
    SERIES_ENGLISH,
    WAYS_ENGLISH,
    title_in_english,
)
from certsvc.domain.identity import IdKind
from certsvc.domain.levels import Level
from certsvc.domain.regions import REGIONS, is_county
from certsvc.domain.series import SERIES
from certsvc.domain.titles import TITLES
from certsvc.domain.ways import WAYS


def test_every_title_series_level_and_way_has_its_english() -> None:
    assert [name for name in TITLES.values() if title_in_english(name) is None] == []
    assert set(SERIES_ENGLISH) == set(SERIES)
    assert set(WAYS_ENGLISH) == set(WAYS)
    assert set(LEVELS_ENGLISH) == set(Level)
    assert set(ID_KINDS_ENGLISH) == set(IdKind)


def test_titles_of_one_series_that_differ_in_chinese_differ_in_english() -> None:
    by_series: dict[int, set[str]] = {}
    for code, name in TITLES.items():
        if code % 100 <= 50:  # older systems had several words for one thing
            english = title_in_english(name)
            assert english is not None
            assert english not in by_series.setdefault(code // 10000, set()), name
            by_series[code // 10000].add(english)


def test_every_county_has_its_english_and_a_district_names_its_city() -> None:
    assert [code for code in REGIONS if is_county(code) and place_in_english(code) is None] == []
    assert place_in_english("222404") == "Hunchun City"
    assert place_in_english("220602") == "Hunjiang District, Baishan City"
    assert place_in_english("220171") is None
