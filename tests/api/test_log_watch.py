"""The search of everything logged finds what it must."""

from __future__ import annotations

import pytest

from tests.support.log_watch import people_in
from tests.support.workbooks import REGULAR, sample


@pytest.mark.parametrize("number", ["229901198503171022", "22990119900101008X", "810000198510100018"])
def test_a_document_number_in_a_line_is_found(number: str) -> None:
    assert people_in(f'{{"event": "filing", "note": "{number}"}}') == {number}


def test_a_name_of_the_samples_is_found() -> None:
    name = next(str(row["姓名"]) for row in sample(REGULAR).rows if len(str(row["姓名"])) > 2)
    assert people_in(f"holder {name} asked") == {name}


def test_what_is_no_person_is_left_alone() -> None:
    assert people_in('{"request_id": "02B63A96C2", "route": "/api/v1/verify", "ms": 229901198503}') == set()
