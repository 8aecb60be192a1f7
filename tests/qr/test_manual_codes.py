"""The manual code: one of a record, however it is typed; a slip of the finger is always found."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from certverify.errors import ManualCodeError
from certverify.manual_code import ALPHABET, SYMBOLS, code_of_record, decode_manual_code, grouped
from hypothesis import given
from hypothesis import strategies as st

from certsvc.formats.manual_code import manual_code

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "manual-code.json").read_text(encoding="utf-8")
)
CODES = [code_of_record(number.to_bytes(2, "big")) for number in range(100)]


def is_refused(typed: str) -> bool:
    try:
        decode_manual_code(typed)
    except ManualCodeError:
        return True
    return False


@pytest.mark.parametrize("case", VECTORS["records"], ids=lambda case: case["code"])
def test_both_sides_give_a_record_its_code(case: dict[str, str]) -> None:
    record = bytes.fromhex(case["record_hex"])
    assert manual_code(record) == case["code"] == grouped(code_of_record(record))


@given(st.binary(max_size=400))
def test_both_sides_agree_on_whatever_bytes(record: bytes) -> None:
    assert decode_manual_code(manual_code(record)) == code_of_record(record)


@pytest.mark.parametrize("name", VECTORS["typed"]["cases"])
def test_case_width_spaces_and_hyphens_do_not_count(name: str) -> None:
    assert decode_manual_code(VECTORS["typed"]["cases"][name]) == VECTORS["typed"]["code"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_what_is_refused_names_the_group_to_look_at(case: dict[str, Any]) -> None:
    with pytest.raises(ManualCodeError) as refused:
        decode_manual_code(case["typed"])
    assert refused.value.group == case["group"]


def test_every_single_substitution_is_found() -> None:
    wrong = (
        code[:place] + symbol + code[place + 1 :]
        for code in CODES
        for place in range(SYMBOLS)
        for symbol in ALPHABET
        if symbol != code[place]
    )
    assert all(map(is_refused, wrong))


def test_every_exchange_of_two_symbols_is_found_wherever_they_stand() -> None:
    places = list(combinations(range(SYMBOLS), 2))
    for code in CODES:
        for one, other in places:
            if code[one] != code[other]:
                swapped = list(code)
                swapped[one], swapped[other] = code[other], code[one]
                assert is_refused("".join(swapped))


def test_the_same_wrong_symbol_twice_side_by_side_is_found() -> None:
    """A key that sticks, `AA` read as `BB`: no two neighbouring weights add up to 31."""
    twins = (
        (code, place) for code in CODES for place in range(SYMBOLS - 1) if code[place] == code[place + 1]
    )
    wrong = [
        code[:place] + symbol * 2 + code[place + 2 :]
        for code, place in twins
        for symbol in ALPHABET
        if symbol != code[place]
    ]
    assert wrong
    assert all(map(is_refused, wrong))


def what_stands_in(typed: str) -> str | int | None:
    """The symbols, or the group that the refusal names."""
    try:
        return decode_manual_code(typed)
    except ManualCodeError as error:
        return error.group


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_typed_gives_a_code_or_one_error(typed: str) -> None:
    found = what_stands_in(typed)
    assert found in (None, 1, 2, 3) or what_stands_in(grouped(str(found))) == found
