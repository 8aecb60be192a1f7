"""Decoding `registry.json` into a Registry: strict, total, each complaint with its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from certsvc.domain.json_reading import Place, parse_json
from certsvc.domain.levels import Level, level_named
from certsvc.domain.regions import REGIONS
from certsvc.domain.registry import (
    ApprovedShare,
    Authorization,
    Committee,
    CommitteeKind,
    CountyProfile,
    Criteria,
    Delegated,
    Department,
    FilingLevel,
    MeetingApproval,
    OfficeLevel,
    QuotaApproval,
    Registry,
    VacancyPlan,
)
from certsvc.domain.ways import way_named
from certsvc.errors import UnreadableInput

MAX_BYTES: Final = 8 * 1024 * 1024
_WHOLE_PERCENT: Final = 100


def decode_registry(raw: bytes | dict[str, object]) -> Registry:
    """The registry of the bytes of `registry.json` (or of its parsed object).

    Raises UnreadableInput naming the place: not JSON, unknown or missing keys, wrong types, codes given twice,
    references that lead nowhere.
    """
    value = parse_json(raw, limit=MAX_BYTES, what="登记簿") if isinstance(raw, bytes) else raw
    top = Place(value, "registry").fields(
        "hrss committees dual_directed_counties meeting_approvals", "quota_approvals"
    )
    registry = Registry(
        tuple(_department(p) for p in top["hrss"].items()),
        tuple(_committee(p) for p in top["committees"].items()),
        tuple(_county(p) for p in top["dual_directed_counties"].items()),
        tuple(_approval(p) for p in top["meeting_approvals"].items()),
        top.maybe("quota_approvals", lambda p: tuple(_quota_approval(q) for q in p.items())) or (),
    )
    _check_unique(registry)
    _check_references(registry)
    return registry


def _region(place: Place) -> str:
    code = place.text()
    if code not in REGIONS:
        raise place.wrong("吉林省的六位行政区划代码")
    return code


def _levels(place: Place) -> frozenset[Level]:
    return frozenset(_level(p) for p in place.items())


def _level(place: Place) -> Level:
    level = level_named(place.text())
    if level is None:
        raise place.wrong("、".join(known.label for known in Level))
    return level


def _texts(place: Place) -> frozenset[str]:
    return frozenset(p.text() for p in place.items())


def _department(place: Place) -> Department:
    f = place.fields("code name region level")
    return Department(f["code"].text(), f["name"].text(), _region(f["region"]), f["level"].word(OfficeLevel))


def _authorization(place: Place) -> Authorization:
    f = place.fields("series specialties levels region from to", "persons delegated")
    found = Authorization(
        series=f["series"].text(),
        specialties=_texts(f["specialties"]),
        levels=_levels(f["levels"]),
        region=_region(f["region"]),
        from_on=f["from"].day(),
        to_on=f["to"].day(),
        persons=f.maybe("persons", _texts),
        delegated=f.maybe("delegated", lambda p: frozenset(one.word(Delegated) for one in p.items())),
    )
    if found.to_on < found.from_on:
        raise f["to"].wrong("不早于起始日的日期")
    return found


def _plan(place: Place) -> VacancyPlan:
    f = place.fields("ref years")
    return VacancyPlan(f["ref"].text(), frozenset(p.count() for p in f["years"].items()))


def _committee(place: Place) -> Committee:
    f = place.fields(
        "code name kind authorizations filing_path",
        "county local_hrss unit_uscc vacancy_plans channels college ratio_bonus main_series",
    )
    kind = f["kind"].word(CommitteeKind)
    county = f.maybe("county", _region)
    if (kind is CommitteeKind.DUAL_DIRECTED) != (county is not None):
        raise UnreadableInput(
            f"{place.path}.county：双定向评委会须写明所属县（市、区），其他评委会不得填写。"
        )
    return Committee(
        code=f["code"].text(),
        name=f["name"].text(),
        kind=kind,
        authorizations=tuple(_authorization(p) for p in f["authorizations"].items()),
        filing_path=tuple(p.word(FilingLevel) for p in f["filing_path"].items()),
        county=county,
        local_hrss=f.maybe("local_hrss", Place.text),
        unit_uscc=f.maybe("unit_uscc", Place.text),
        vacancy_plans=f.maybe("vacancy_plans", lambda p: tuple(_plan(q) for q in p.items())) or (),
        channels=f.maybe("channels", _texts) or frozenset(),
        college=f.maybe("college", Place.flag) or False,
        ratio_bonus=f.maybe("ratio_bonus", Place.count) or 0,
        main_series=f.maybe("main_series", _texts) or frozenset(),
    )


def _criteria(place: Place) -> Criteria:
    f = place.fields("ref", "confirmed_by_city_on filed_province_on")
    confirmed, filed = (f.maybe(key, Place.day) for key in ("confirmed_by_city_on", "filed_province_on"))
    return Criteria(f["ref"].text(), confirmed, filed)


def _evaluated(place: Place) -> tuple[str, date | None]:
    f = place.fields("name", "evaluated_by_city_on")
    return f["name"].text(), f.maybe("evaluated_by_city_on", Place.day)


def _usable(place: Place) -> dict[int, int]:
    found: dict[int, int] = {}
    for key, number in place.entries():
        if not (len(key) == 4 and key.isascii() and key.isdecimal()):
            raise number.wrong("以四位年份为键的数")
        found[int(key)] = number.count()
    return found


def _county(place: Place) -> CountyProfile:
    f = place.fields(
        "region city series regular_deputy_senior_posts quota",
        "consented_on filed_city_on filed_province_on starts_on criteria usable",
    )
    return CountyProfile(
        region=_region(f["region"]),
        city=f["city"].text(),
        consented_on=f.maybe("consented_on", Place.day),
        filed_city_on=f.maybe("filed_city_on", Place.day),
        filed_province_on=f.maybe("filed_province_on", Place.day),
        starts_on=f.maybe("starts_on", Place.day),
        criteria=f.maybe("criteria", _criteria),
        series=dict(_evaluated(p) for p in f["series"].items()),
        regular_deputy_senior_posts=f["regular_deputy_senior_posts"].count(),
        quota=f["quota"].count(),
        usable=f.maybe("usable", _usable) or {},
    )


def _approval(place: Place) -> MeetingApproval:
    f = place.fields("ref committee approved_on by meeting")
    days = tuple(p.day() for p in f["meeting"].items())
    if len(days) != 2 or days[1] < days[0]:
        raise f["meeting"].wrong("起止两个日期")
    return MeetingApproval(
        f["ref"].text(), f["committee"].text(), f["approved_on"].day(), f["by"].text(), (days[0], days[1])
    )


def _share(place: Place) -> ApprovedShare:
    f = place.fields("", "ratio quota applicants")
    found = ApprovedShare(*(f.maybe(key, Place.count) for key in ("ratio", "quota", "applicants")))
    if found.ratio is None and found.quota is None:
        raise place.wrong("至少有 ratio 或 quota 之一")
    if found.ratio is not None and found.ratio > _WHOLE_PERCENT:
        raise f["ratio"].wrong("不超过100的百分数")
    return found


def _quota_approval(place: Place) -> QuotaApproval:
    f = place.fields("ref department approved_on committee year levels", "unit sub_unit way bonus")
    shares = {_level(Place(key, item.path)): _share(item) for key, item in f["levels"].entries()}
    if not shares:
        raise f["levels"].wrong("至少一个级别")
    found = QuotaApproval(
        ref=f["ref"].text(),
        department=f["department"].text(),
        approved_on=f["approved_on"].day(),
        committee=f["committee"].text(),
        year=f["year"].count(),
        shares=shares,
        unit=f.maybe("unit", Place.text),
        sub_unit=f.maybe("sub_unit", Place.text),
        way=f.maybe("way", Place.text),
        bonus=f.maybe("bonus", Place.text),
    )
    if found.sub_unit is not None and found.unit is None:
        raise UnreadableInput(f"{place.path}.unit：写明二级单位的，须写明所属单位的统一社会信用代码。")
    if found.way is not None and way_named(found.way) is None:
        raise f["way"].wrong("取得方式的名称")
    return found


def _check_unique(registry: Registry) -> None:
    _unique("hrss", (d.code for d in registry.departments))
    _unique("committees", (c.code for c in registry.committees))
    _unique("dual_directed_counties", (p.region for p in registry.counties))
    _unique("meeting_approvals", (a.ref for a in registry.approvals))
    _unique(
        "quota_approvals",
        (
            "、".join(
                str(part) for part in (q.committee, q.year, q.unit, q.sub_unit, q.way) if part is not None
            )
            for q in registry.quota_approvals
        ),
    )


def _unique(path: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for i, code in enumerate(codes):
        if code in seen:
            raise UnreadableInput(f"registry.{path}[{i}]：{code} 重复登记。")
        seen.add(code)


def _check_references(registry: Registry) -> None:
    offices = [(f"committees[{i}].local_hrss", c.local_hrss) for i, c in enumerate(registry.committees)]
    offices += [(f"dual_directed_counties[{i}].city", p.city) for i, p in enumerate(registry.counties)]
    offices += [(f"meeting_approvals[{i}].by", a.by) for i, a in enumerate(registry.approvals)]
    offices += [
        (f"quota_approvals[{i}].department", q.department) for i, q in enumerate(registry.quota_approvals)
    ]
    for path, code in offices:
        if code is not None and registry.department(code) is None:
            raise UnreadableInput(f"registry.{path}：{code} 未登记为人社部门。")
    for i, approval in enumerate(registry.approvals):
        if registry.committee(approval.committee) is None:
            raise UnreadableInput(
                f"registry.meeting_approvals[{i}].committee：评委会 {approval.committee} 未登记。"
            )
    for i, quota in enumerate(registry.quota_approvals):
        if registry.committee(quota.committee) is None:
            raise UnreadableInput(
                f"registry.quota_approvals[{i}].committee：评委会 {quota.committee} 未登记。"
            )
