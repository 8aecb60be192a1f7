"""Who on one list is who on another: by number, by the end of a number, by name, unit and title; nobody is guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certsvc.domain.announced_changes import ChangeKind, compare_lists
from certsvc.domain.announced_list import Listed
from certsvc.domain.announced_matching import differences, pair
from certsvc.domain.levels import Level

NUMBER, OTHER_NUMBER = "229901198503171022", "229902197909040112"
LIN = Listed(
    1, "林晓棠", NUMBER, None, "示例路桥有限公司", 5, "道路与桥梁工程", Level.DEPUTY_SENIOR, 50201, None
)
BARE = replace(LIN, id_number=None)
TAIL = replace(LIN, id_number=None, id_tail="1022")


def one(number: int = 1, of: Listed = LIN, **changed: Any) -> Listed:
    return replace(of, number=number, **changed)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (LIN, one(name="林小棠", unit="别处"), True),
        (LIN, one(id_number=OTHER_NUMBER), False),
        (TAIL, one(unit="别处", title=50101), True),
        (TAIL, one(id_number=OTHER_NUMBER), False),
        (TAIL, one(name="林小棠"), False),
        (BARE, LIN, True),
        (BARE, one(unit="示例 路桥有限公司"), True),
        (BARE, one(unit="别处"), False),
        (BARE, one(title=50101), False),
        (BARE, one(of=BARE, name="林小棠"), False),
        (one(of=TAIL, id_tail="171022"), TAIL, True),
    ],
    ids=[
        "the number decides, whatever the name",
        "another number is another person",
        "name and end of number",
        "another end of number",
        "another name with the same end",
        "name, unit and title against a whole number",
        "blanks do not count",
        "another unit without numbers",
        "another title without numbers",
        "another name without numbers",
        "a longer end of the same number",
    ],
)
def test_two_rows_are_one_person(left: Listed, right: Listed, *, same: bool) -> None:
    found = pair([left], [right])
    assert dict(found.pairs) == ({1: 1} if same else {})
    assert not found.ambiguous_left


def test_who_could_be_two_people_is_named_and_not_guessed() -> None:
    found = pair([one(1, BARE)], [one(1), one(2, id_number=OTHER_NUMBER)])
    assert (dict(found.pairs), found.ambiguous_left, found.ambiguous_right) == ({}, {1}, {1, 2})
    found = pair([one(1, BARE), one(2, BARE)], [one(7)])
    assert (dict(found.pairs), found.ambiguous_left, found.ambiguous_right) == ({}, {1, 2}, {7})


def test_one_person_with_two_titles_is_paired_title_by_title() -> None:
    left = [one(1), one(2, title=50101, level=Level.SENIOR)]
    right = [one(8, title=50101, level=Level.SENIOR), one(9)]
    assert dict(pair(left, right).pairs) == {1: 9, 2: 8}


def test_differences_name_the_columns() -> None:
    assert differences(LIN, one(name="林小棠", specialty="公路", title=50101)) == (
        "name",
        "specialty",
        "title",
    )
    assert differences(TAIL, LIN) == ()


def test_changes_are_told_by_person() -> None:
    old = [one(1), one(2, id_number=OTHER_NUMBER)]
    found = compare_lists(old, [one(1, name="林小棠"), one(2, id_number="229909196802120913")])
    assert [(c.kind, c.fields, c.correctable) for c in found.changes] == [
        (ChangeKind.CHANGED, ("name",), True),
        (ChangeKind.WITHDRAWN, (), False),
        (ChangeKind.ADDED, (), False),
    ]
    assert (found.unclear, found.mistaken) == ((), ())
    assert found.changes[0].corrections() == {"name": "林小棠"}


@pytest.mark.parametrize(
    ("field", "value", "correctable"),
    [
        ("name", "林小棠", True),
        ("specialty", "公路", True),
        ("unit", "别处", True),
        ("unit", None, False),
        ("series", 6, False),
        ("level", Level.SENIOR, False),
        ("title", 50101, False),
        ("validity_area", "222404", False),
    ],
)
def test_a_correction_covers_words_and_never_the_title_itself(
    field: str, value: Any, *, correctable: bool
) -> None:
    (change,) = compare_lists([LIN], [one(**{field: value})]).changes
    assert (change.fields, change.correctable) == ((field,), correctable)


def test_without_numbers_a_changed_name_needs_the_old_number_in_the_list() -> None:
    changed = one(1, BARE, name="林小棠")
    assert compare_lists([BARE], [changed]).unclear == (1,)
    (change,) = compare_lists([BARE], [replace(changed, formerly=1)]).changes
    assert (change.kind, change.fields) == (ChangeKind.CHANGED, ("name",))
    declared_new = compare_lists([BARE], [replace(changed, formerly=0)])
    assert [c.kind for c in declared_new.changes] == [ChangeKind.WITHDRAWN, ChangeKind.ADDED]
    assert declared_new.unclear == ()


def test_an_old_number_that_names_nobody_or_two_is_a_mistake() -> None:
    assert compare_lists([LIN], [one(1, formerly=9)]).mistaken == (1,)
    assert compare_lists([LIN], [one(1, formerly=1), one(2, formerly=1)]).mistaken == (2,)


def _listed(number: int, person: tuple[int, int, bool]) -> Listed:
    who, title, shown = person
    return one(
        number,
        name=f"甲{who % 3}",
        id_number=f"2299{who:04}" if shown else None,
        unit=f"单位{who % 2}",
        title=50201 + title,
    )


PEOPLE = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.booleans()), max_size=8)


@given(PEOPLE, PEOPLE)
def test_everybody_stands_in_exactly_one_part_of_the_answer(left: Any, right: Any) -> None:
    ours = [_listed(place, person) for place, person in enumerate(left, start=1)]
    theirs = [_listed(place, person) for place, person in enumerate(right, start=1)]
    found = pair(ours, theirs)
    assert sorted([*found.pairs, *found.only_left, *found.ambiguous_left]) == [r.number for r in ours]
    assert sorted([*found.pairs.values(), *found.only_right, *found.ambiguous_right]) == [
        r.number for r in theirs
    ]
    for here, there in found.pairs.items():
        mine, other = ours[here - 1], theirs[there - 1]
        assert None in (mine.id_number, other.id_number) or mine.id_number == other.id_number


@given(st.lists(st.integers(0, 400), unique=True, max_size=20))
def test_a_list_with_numbers_does_not_differ_from_itself_in_another_order(people: list[int]) -> None:
    rows = [one(place, id_number=f"2299{who:05}") for place, who in enumerate(people, start=1)]
    assert compare_lists(rows, rows[::-1]).changes == ()
