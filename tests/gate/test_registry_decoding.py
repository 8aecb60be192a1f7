"""The registry is read strictly: every complaint names its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.domain.levels import Level
from certsvc.domain.registry import CommitteeKind, Delegated, FilingLevel, Registry
from certsvc.domain.registry_decoding import MAX_BYTES, decode_registry
from certsvc.errors import UnreadableInput
from tests.gate.builders import EXAMPLES

RAW = (EXAMPLES / "registry.json").read_bytes()
GOOD: dict[str, Any] = json.loads(RAW)


def test_the_example_registry_is_read_in_full() -> None:
    registry = decode_registry(RAW)
    assert (len(registry.departments), len(registry.committees), len(registry.approvals)) == (4, 4, 4)
    committee = registry.committee("SDX-222404-NY")
    assert committee is not None
    assert committee.kind is CommitteeKind.DUAL_DIRECTED
    assert committee.filing_path == (FilingLevel.CITY, FilingLevel.PROVINCE)
    assert committee.authorizations[0].levels == {Level.DEPUTY_SENIOR}
    assert committee.authorizations[0].in_force(date(2026, 11, 12))
    county = registry.county("222404")
    assert county is not None
    assert county.usable == {2023: 14}
    assert decode_registry(GOOD) == registry


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(top: Any) -> None:
        for key in path[:-1]:
            top = top[key]
        top[path[-1]] = to

    return change


def _drop(*path: Any) -> Callable[[Any], None]:
    def change(top: Any) -> None:
        for key in path[:-1]:
            top = top[key]
        del top[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (_drop("committees"), r"registry\.committees"),
        (_set("extra", to=1), r"registry\.extra"),
        (_set("hrss", to={}), r"registry\.hrss"),
        (_set("hrss", 0, "region", to="110000"), r"hrss\[0\]\.region"),
        (_set("hrss", 1, "level", to="镇"), r"hrss\[1\]\.level"),
        (_set("hrss", 1, "code", to="HRSS-220000"), r"hrss\[1\]"),
        (_set("hrss", 0, "name", to=" 省厅"), r"hrss\[0\]\.name"),
        (_set("committees", 0, "authorizations", 0, "from", to="2022-3-1"), r"authorizations\[0\]\.from"),
        (_set("committees", 0, "authorizations", 0, "from", to="20220301"), r"authorizations\[0\]\.from"),
        (_set("committees", 0, "authorizations", 0, "to", to="2021-01-01"), r"authorizations\[0\]\.to"),
        (_set("committees", 0, "authorizations", 0, "levels", 0, to="特级"), r"levels\[0\]"),
        (_set("committees", 0, "filing_path", 0, to="乡镇"), r"filing_path\[0\]"),
        (_drop("committees", 1, "county"), r"committees\[1\]\.county"),
        (_set("committees", 2, "local_hrss", to="HRSS-0"), r"committees\[2\]\.local_hrss"),
        (_set("dual_directed_counties", 0, "quota", to=True), r"counties\[0\]\.quota"),
        (_set("dual_directed_counties", 0, "quota", to=-1), r"counties\[0\]\.quota"),
        (_set("dual_directed_counties", 0, "usable", to={"23": 1}), r"usable\.23"),
        (_set("dual_directed_counties", 0, "city", to="HRSS-0"), r"counties\[0\]\.city"),
        (_set("meeting_approvals", 0, "meeting", to=["2023-09-18"]), r"approvals\[0\]\.meeting"),
        (_set("meeting_approvals", 0, "committee", to="JL-0"), r"approvals\[0\]\.committee"),
    ],
)
def test_a_flaw_is_named_with_its_place(change: Callable[[Any], None], place: str) -> None:
    flawed = copy.deepcopy(GOOD)
    change(flawed)
    with pytest.raises(UnreadableInput, match=place):
        decode_registry(flawed)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"[]", b"{", b'{"hrss":1,"hrss":2}', b"[" * 100_000, b"9" * 5000, b" " * (MAX_BYTES + 1)],
)
def test_bytes_that_are_no_registry_are_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableInput):
        decode_registry(raw)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_registry_or_the_one_declared_error(raw: bytes) -> None:
    try:
        decoded = decode_registry(raw)
    except UnreadableInput:
        return
    assert isinstance(decoded, Registry)


def test_optional_parts_may_be_absent_or_null() -> None:
    thin = copy.deepcopy(GOOD)
    county = thin["dual_directed_counties"][0]
    county["consented_on"] = None
    del county["criteria"], county["usable"]
    decoded = decode_registry(thin).county("222404")
    assert decoded is not None
    assert (decoded.consented_on, decoded.criteria, dict(decoded.usable)) == (None, None, {})


def test_delegated_authority_and_main_series_are_read_and_may_be_left_out() -> None:
    known = json.loads((EXAMPLES / "registry.json").read_bytes())
    hospital = next(c for c in known["committees"] if c["kind"] == "评聘结合")
    said = decode_registry(json.dumps(known).encode()).committee(hospital["code"])
    assert said is not None
    assert (said.authorizations[0].delegated, said.main_series) == (None, frozenset())
    hospital["main_series"] = ["卫生技术人员"]
    hospital["authorizations"][0]["delegated"] = ["自聘", "同级改职"]
    said = decode_registry(json.dumps(known).encode()).committee(hospital["code"])
    assert said is not None
    assert said.authorizations[0].delegated == {Delegated.UNIT_EMPLOYED, Delegated.CONVERSION}
    assert said.main_series == {"卫生技术人员"}
    hospital["authorizations"][0]["delegated"] = ["正高级"]
    with pytest.raises(UnreadableInput, match="delegated"):
        decode_registry(json.dumps(known).encode())
