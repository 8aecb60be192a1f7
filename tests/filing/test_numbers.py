"""Check characters, and readers of numbers, names and codes that have an answer for every text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.domain import id_numbers, unit_codes
from certsvc.domain.identity import IdKind
from certsvc.domain.names import LONGEST_NAME, read_name
from certsvc.domain.written_values import (
    UnreadableCellError,
    forbidden_in,
    read_date,
    read_percent,
    read_text,
    read_whole,
)

CITIZENS = ["229902197909040112", "229901198503171022", "22990119900101008X", "229901196604010018"]
UNITS = [
    "11229900000000019C",
    "12229900A000000112",
    "91229901MA00000159",
    "112299820000000270",
    "51229900500000015L",
]
ID_LIKE = st.text(alphabet="0123456789XxOo'Ee+.２Ｘ 张", max_size=20) | st.text(max_size=20)
CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.dates()
    | st.datetimes()
)


@pytest.mark.parametrize("number", CITIZENS)
def test_check_characters_of_known_numbers_are_right(number: str) -> None:
    assert id_numbers.check_character(number[:17]) == number[17]


def test_an_old_number_is_upgraded() -> None:
    assert id_numbers.upgraded("229901660401001") == "229901196604010018"


@given(st.sampled_from(CITIZENS), st.integers(0, 16), st.integers(1, 9))
def test_a_wrong_digit_is_always_found(number: str, place: int, shift: int) -> None:
    digit = str((int(number[place]) + shift) % 10)
    changed = number[:place] + digit + number[place + 1 :]
    assert id_numbers.check_character(changed[:17]) != changed[17]


@given(st.sampled_from(list(IdKind)), ID_LIKE)
def test_reading_a_number_is_total_and_settled(kind: IdKind, text: str) -> None:
    reading = id_numbers.read_id(kind, text)
    assert reading.document is not None or reading.flaws
    if reading.document is not None:
        again = id_numbers.read_id(kind, reading.document.number)
        assert again.document == reading.document
        assert set(again.flaws) <= {id_numbers.IdFlaw.PRECISION_SUSPECT}


@pytest.mark.parametrize("code", UNITS)
def test_both_check_characters_of_known_unit_codes_are_right(code: str) -> None:
    assert unit_codes.check_character(code[:17]) == code[17]
    assert unit_codes.organisation_check_character(code[8:16]) == code[16]


def test_a_code_with_a_wrong_organisation_part_is_found_though_its_last_character_fits() -> None:
    first17 = "91229901MA0000016"
    reading = unit_codes.read_unit_code(first17 + unit_codes.check_character(first17))
    assert reading.flaws == (unit_codes.UnitCodeFlaw.CHECK_CHARACTER,)


@given(st.text(alphabet="0123456789ABCDEFGHIOSVZaiＡ１ ", max_size=20) | st.text(max_size=20))
def test_reading_a_unit_code_is_total(text: str) -> None:
    reading = unit_codes.read_unit_code(text)
    assert reading.code is not None or reading.flaws


@given(st.text(max_size=60) | st.text(alphabet="王丽 ·•.．?□\ue863Ab'-\u3000", max_size=60))
def test_reading_a_name_is_total_and_settled(text: str) -> None:
    reading = read_name(text)
    assert reading.name is not None or reading.flaws
    if reading.name is not None:
        assert 1 <= len(reading.name) <= LONGEST_NAME
        assert not forbidden_in(reading.name)
        assert read_name(reading.name).name == reading.name


@given(CELLS)
def test_reading_a_cell_is_total(cell: str | int | float | bool | date | None) -> None:
    for read in (read_date, read_whole, read_percent):
        try:
            read(cell)
        except UnreadableCellError:
            continue
    assert read_text(cell) is None or read_text(cell)


@pytest.mark.parametrize(
    ("cell", "points"),
    [("45%", 45), ("45", 45), (45, 45), (0.45, 45), (0.55, 55), (1.0, 100), ("100％", 100)],
)
def test_percentages_are_read_as_whole_points(cell: str | float, points: int) -> None:
    assert read_percent(cell) == points


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_back_from_its_text(day: date) -> None:
    assert read_date(day.isoformat()) == day
    assert read_date(f"{day.year}/{day.month}/{day.day}") == day
