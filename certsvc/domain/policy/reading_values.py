"""Reading the value of an entry: one reader for each theme, strict and total."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from certsvc.domain.json_reading import Place
from certsvc.domain.levels import Level, level_named
from certsvc.domain.policy import values as v
from certsvc.domain.policy.values import Theme
from certsvc.domain.regions import city_of, is_county
from certsvc.domain.series import series_named
from certsvc.domain.titles import historical_title_of, title_of
from certsvc.domain.ways import Way, way_named
from certsvc.errors import UnreadableInput

T = TypeVar("T")

_LAST_YEAR: Final = 9998


def read_value(theme: Theme, key: str, place: Place) -> v.Value:
    """The typed value of an entry. Raises UnreadableInput naming the place."""
    return _READERS[theme](key, place)


def check_key(theme: Theme, key: str, place: Place) -> None:
    """Raise UnreadableInput when the key is none of the theme's."""
    expected = _KEYS[theme](key)
    if expected is not None:
        raise place.wrong(expected)


def _level(place: Place) -> Level:
    level = level_named(place.text())
    if level is None or level.label != place.value:
        raise place.wrong("、".join(known.label for known in Level))
    return level


def _distinct(place: Place, read: Callable[[Place], T]) -> frozenset[T]:
    found: set[T] = set()
    for item in place.items():
        one = read(item)
        if one in found:
            raise UnreadableInput(f"{item.path}：重复。")
        found.add(one)
    return frozenset(found)


def _levels(place: Place) -> frozenset[Level]:
    return _distinct(place, _level)


def _some_levels(place: Place) -> frozenset[Level]:
    levels = _levels(place)
    if not levels:
        raise place.wrong("至少一个级别")
    return levels


def _series(place: Place) -> int:
    code = series_named(place.text())
    if code is None:
        raise place.wrong("27个职称系列之一")
    return code


def _way(place: Place) -> int:
    way = way_named(place.text())
    if way is None or way.label != place.value:
        raise place.wrong("取得方式的规范名称")
    return int(way)


def _up_to(most: int, what: str) -> Callable[[Place], int]:
    def read(place: Place) -> int:
        count = place.count()
        if not 0 < count <= most:
            raise place.wrong(f"1至{most}的{what}")
        return count

    return read


_percent = _up_to(100, "百分数")
_days = _up_to(366, "天数")
_years = _up_to(60, "年数")
_persons = _up_to(1_000_000, "人数")


def _year(place: Place) -> int:
    year = place.count()
    if not 2000 <= year <= _LAST_YEAR:
        raise place.wrong("四位年份")
    return year


def _county(key: str, place: Place) -> v.DualDirectedCounty:
    f = place.fields("name city")
    city = f["city"].text()
    if city != city_of(key):
        raise f["city"].wrong(f"{key} 所属市（州）的区划代码")
    return v.DualDirectedCounty(f["name"].text(), city)


def _posts(_key: str, place: Place) -> v.DualDirectedPosts:
    f = place.fields("percent post")
    return v.DualDirectedPosts(_percent(f["percent"]), f["post"].text())


def _usable(_key: str, place: Place) -> v.Persons:
    return v.Persons(place.fields("posts")["posts"].count())


def _target(place: Place) -> v.Target:
    f = place.fields("persons yearly")
    return v.Target(_persons(f["persons"]), f["yearly"].flag())


def _way_policy(_key: str, place: Place) -> v.WayPolicy:
    f = place.fields("levels", "series examined level_skip by_filing base_years basis target")
    return v.WayPolicy(
        levels=_some_levels(f["levels"]),
        series=f.maybe("series", lambda p: _distinct(p, _series)),
        examined=_flag(f.maybe("examined", Place.flag), default=True),
        level_skip=_flag(f.maybe("level_skip", Place.flag), default=False),
        by_filing=_flag(f.maybe("by_filing", Place.flag), default=True),
        base_years=f.maybe("base_years", _years),
        basis=_flag(f.maybe("basis", Place.flag), default=False),
        target=f.maybe("target", _target),
    )


def _flag(given: bool | None, *, default: bool) -> bool:
    return default if given is None else given


def _channel(_key: str, place: Place) -> v.ChannelPolicy:
    f = place.fields("ways", "category")
    return v.ChannelPolicy(_distinct(f["ways"], _way), f.maybe("category", Place.text))


def _window(_key: str, place: Place) -> v.ApplicationWindow:
    f = place.fields("review_year category opens_on closes_on")
    found = v.ApplicationWindow(
        _year(f["review_year"]), f["category"].text(), f["opens_on"].day(), f["closes_on"].day()
    )
    if found.closes_on < found.opens_on:
        raise f["closes_on"].wrong("不早于起始日的日期")
    return found


def _deadline(_key: str, place: Place) -> v.Deadline:
    f = place.fields("review_year on", "way")
    return v.Deadline(_year(f["review_year"]), f["on"].day(), f.maybe("way", _way))


def _cut_off(_key: str, place: Place) -> v.CutOff:
    f = place.fields("years_before month day")
    years, month, day = f["years_before"].count(), f["month"].count(), f["day"].count()
    found = v.CutOff(years, month, day)
    try:
        found.in_review_year(2023)  # not a leap year: 02-29 is no day of every year
    except ValueError as error:
        raise place.wrong("每年都有的一天") from error
    return found


def _ratio(_key: str, place: Place) -> v.RatioCap:
    percent = {_level(Place(key, item.path)): _percent(item) for key, item in place.entries()}
    if not percent:
        raise place.wrong("至少一个级别的通过比例")
    return v.RatioCap(MappingProxyType(percent))


def _bonus(_key: str, place: Place) -> v.RatioBonus:
    f = place.fields("levels least most")
    found = v.RatioBonus(_some_levels(f["levels"]), _percent(f["least"]), _percent(f["most"]))
    if found.most < found.least:
        raise f["most"].wrong("不小于 least 的百分点")
    return found


def _tenure(_key: str, place: Place) -> v.Years:
    return v.Years(_years(place.fields("years")["years"]))


def _relief(_key: str, place: Place) -> v.TenureRelief:
    f = place.fields("years before_retirement")
    return v.TenureRelief(_years(f["years"]), _years(f["before_retirement"]))


def _publicity(_key: str, place: Place) -> v.PublicityTerm:
    f = place.fields("workdays count_first_day")
    return v.PublicityTerm(_days(f["workdays"]), f["count_first_day"].flag())


def _term(_key: str, place: Place) -> v.Term:
    f = place.fields("days rolled")
    return v.Term(_days(f["days"]), f["rolled"].flag())


def _required(_key: str, place: Place) -> v.Required:
    return v.Required(place.fields("required")["required"].flag())


def _examination(_key: str, place: Place) -> v.Examination:
    f = place.fields("with_review only certain")
    found = v.Examination(_levels(f["with_review"]), _levels(f["only"]), f["certain"].flag())
    if found.with_review & found.only:
        raise f["only"].wrong("与 with_review 不重复的级别")
    return found


def _level_code(key: str, place: Place) -> v.LevelCode:
    code = place.fields("code")["code"]
    level = level_named(key)
    if level is None or code.count() != int(level):
        raise code.wrong("该级别原有的代码（代码不得改变）")
    return v.LevelCode(code.count())


def _names(table: Callable[[int, Level, str], int | None]) -> Callable[[str, Place], v.TitleNames]:
    def read(key: str, place: Place) -> v.TitleNames:
        series = series_named(key)
        found: dict[Level, tuple[str, ...]] = {}
        for word, names in place.entries():
            level = _level(Place(word, names.path))
            found[level] = tuple(_named(table, series, level, name) for name in names.items())
            if len(set(found[level])) != len(found[level]):
                raise names.wrong("不重复的职称名称")
        return v.TitleNames(MappingProxyType(found))

    return read


def _named(
    table: Callable[[int, Level, str], int | None], series: int | None, level: Level, place: Place
) -> str:
    """A name needs a frozen code of that series and level: new names come with a new version of the program."""
    name = place.text()
    if series is None or name.isdecimal() or table(series, level, name) is None:
        raise place.wrong(
            f"该系列{level.label}已有代码的职称名称（新名称须先在程序的职称名称表末尾取得代码）"
        )
    return name


_READERS: Final[Mapping[Theme, Callable[[str, Place], v.Value]]] = MappingProxyType(
    {
        Theme.DUAL_DIRECTED_COUNTY: _county,
        Theme.DUAL_DIRECTED_POSTS: _posts,
        Theme.DUAL_DIRECTED_USABLE: _usable,
        Theme.WAY: _way_policy,
        Theme.CHANNEL: _channel,
        Theme.APPLICATION_WINDOW: _window,
        Theme.DEADLINE: _deadline,
        Theme.CUT_OFF: _cut_off,
        Theme.RATIO_CAP: _ratio,
        Theme.RATIO_BONUS: _bonus,
        Theme.TENURE: _tenure,
        Theme.TENURE_RELIEF: _relief,
        Theme.PUBLICITY: _publicity,
        Theme.FILING_TERM: _term,
        Theme.REPORT_TERM: _term,
        Theme.CONTINUING_EDUCATION: _required,
        Theme.EXAMINATION: _examination,
        Theme.LEVEL: _level_code,
        Theme.TITLE_NAMES: _names(title_of),
        Theme.HISTORICAL_TITLE_NAMES: _names(historical_title_of),
    }
)


def _one_of(*words: str) -> Callable[[str], str | None]:
    return lambda key: None if key in words else "、".join(words)


def _a_county(key: str) -> str | None:
    return None if is_county(key) else "县（市、区）的六位区划代码"


def _a_series(key: str) -> str | None:
    return None if series_named(key) is not None and not key.isdecimal() else "职称系列全称"


def _anything(_key: str) -> str | None:
    return None


_the_whole = _one_of(v.WHOLE)
_KEYS: Final[Mapping[Theme, Callable[[str], str | None]]] = MappingProxyType(
    {
        Theme.DUAL_DIRECTED_COUNTY: _a_county,
        Theme.DUAL_DIRECTED_POSTS: _the_whole,
        Theme.DUAL_DIRECTED_USABLE: _a_county,
        Theme.WAY: _one_of(*(way.label for way in Way)),
        Theme.CHANNEL: _one_of(*(way.label for way in Way)),
        Theme.APPLICATION_WINDOW: _anything,
        Theme.DEADLINE: _anything,
        Theme.CUT_OFF: _the_whole,
        Theme.RATIO_CAP: _one_of(*v.RatioGroup),
        Theme.RATIO_BONUS: _anything,
        Theme.TENURE: _one_of(*v.TenureGroup),
        Theme.TENURE_RELIEF: _one_of(*v.ReliefGroup),
        Theme.PUBLICITY: _the_whole,
        Theme.FILING_TERM: _the_whole,
        Theme.REPORT_TERM: _the_whole,
        Theme.CONTINUING_EDUCATION: _the_whole,
        Theme.EXAMINATION: _a_series,
        Theme.LEVEL: _one_of(*(level.label for level in Level)),
        Theme.TITLE_NAMES: _a_series,
        Theme.HISTORICAL_TITLE_NAMES: _a_series,
    }
)
