"""Every certificate has its entry in the information base: written with its draft, changed with its correction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from certsvc.adapters.information_schema import title_entry
from certsvc.adapters.title_entries import drop_entry, note_entry
from certsvc.domain.decision import DecisionKind
from certsvc.domain.statistics import FIELDS, EntrySource, TitleEntry, bits_of
from tests.decisions.deciders import Deciders, issue_sample
from tests.support.workbooks import RURAL, sample

PAST = TitleEntry(
    number="H1998-0001",
    source=EntrySource.HISTORICAL,
    filled=frozenset({"name", "series", "title"}),
    entered_on=date(2024, 5, 1),
    acquired_on=None,
    acquired_year=1998,
    series=5,
    level=2,
    way=90,
    specialty=None,
)


def entries(deciders: Deciders) -> list[Any]:
    with deciders.office.engine.begin() as connection:
        return list(connection.execute(select(title_entry).order_by(title_entry.c.number)))


def test_an_issued_title_has_an_entry_with_unit_kind_and_review_year(deciders: Deciders) -> None:
    batch = sample(RURAL)
    filed = deciders.under_test.submit(batch.with_rows([dict(batch.rows[0])]).xlsx())
    (certificate,) = deciders.under_test.issue(filed)
    (entry,) = entries(deciders)
    assert entry.number == certificate.draft.content.number
    assert (entry.source, entry.filing_id, entry.committee_code) == ("filing", filed.filing, "JL-XC-NY")
    assert (entry.unit_region, entry.city, entry.unit_kind) == ("220621", "220600", "乡村")
    assert (entry.series, entry.level, entry.way, entry.specialty) == (6, 3, 15, "肉牛养殖")
    assert (entry.review_year, entry.acquired_on, entry.acquired_year) == (2023, "2023-08-22", 2023)
    without = frozenset({"unit_name", "unit_code"})
    assert entry.filled == bits_of(frozenset(FIELDS) - without)


def test_no_entry_says_who_the_holder_is(deciders: Deciders) -> None:
    (certificate,) = issue_sample(deciders, 1)
    award = certificate.draft.content.award
    (entry,) = entries(deciders)
    told = "|".join(str(value) for value in entry)
    for personal in (award.name, award.document.number, str(award.born_on), award.unit_name):
        assert personal not in told


def test_a_correction_changes_what_it_touches_and_keeps_the_rest(deciders: Deciders) -> None:
    (certificate,) = issue_sample(deciders, 1)
    (before,) = entries(deciders)
    number = certificate.draft.content.number
    deciders.decide(DecisionKind.CORRECT, number, changes={"specialty": "隧道工程"})
    (after,) = entries(deciders)
    assert (after.specialty, after.unit_kind, after.review_year) == ("隧道工程", before.unit_kind, 2023)
    assert after.filled == before.filled


def test_a_record_of_the_past_is_noted_again_and_taken_out(deciders: Deciders) -> None:
    with deciders.office.engine.begin() as connection:
        note_entry(connection, PAST, deciders.clock.now())
        note_entry(connection, replace(PAST, level=3), deciders.clock.now())
    (entry,) = entries(deciders)
    assert (entry.level, entry.source, entry.city) == (3, "historical", None)
    with deciders.office.engine.begin() as connection:
        drop_entry(connection, PAST.number)
    assert entries(deciders) == []


def test_fields_that_nobody_measures_are_refused() -> None:
    with pytest.raises(ValueError, match="no fields"):
        replace(PAST, filled=frozenset({"shoe_size"}))
