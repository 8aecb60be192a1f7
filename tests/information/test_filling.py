"""What was issued before the information base was there gets its entries from the stored files, in chunks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from certsvc.adapters.filing_store import award_context
from certsvc.adapters.information_schema import filing_milestone, title_entry
from certsvc.adapters.schema import filing_row
from certsvc.domain.caller import OPERATOR
from certsvc.domain.decision import DecisionKind
from certsvc.domain.statistics import Dimension, StatisticsQuestion
from certsvc.errors import UnreadableInput
from certsvc.formats.award import decode_award, encode_award
from certsvc.stages import reports_fill
from tests.decisions.deciders import Deciders, issue_sample


def rows(deciders: Deciders) -> list[Any]:
    with deciders.office.engine.begin() as connection:
        return [
            row[:-1] for row in connection.execute(select(title_entry).order_by(title_entry.c.number))
        ]  # all but the instant of the note


def forget(deciders: Deciders, *, awards_too: bool) -> None:
    """As an upgraded database is: no entries, and rows whose awards do not know the unit's kind."""
    cipher = deciders.office.keys.cipher
    with deciders.office.engine.begin() as connection:
        connection.execute(delete(title_entry))
        for row in connection.execute(select(filing_row)).all() if awards_too else ():
            context = award_context(row.filing_id, row.row_no)
            award = decode_award(cipher.decrypt(row.sealed_award, context=context))
            older = replace(award, unit_code=None, unit_kind=None, review_year=None)
            own = filing_row.c.filing_id == row.filing_id, filing_row.c.row_no == row.row_no
            sealed = cipher.encrypt(encode_award(older), context=context)
            connection.execute(update(filing_row).where(*own).values(sealed_award=sealed))


@pytest.mark.parametrize("awards_too", [False, True])
def test_older_certificates_get_the_same_entries_from_the_stored_file(
    deciders: Deciders, awards_too: bool
) -> None:
    certificates = issue_sample(deciders, 3)
    number = certificates[0].draft.content.number
    deciders.decide(DecisionKind.CORRECT, number, changes={"specialty": "隧道工程"})
    before = rows(deciders)
    forget(deciders, awards_too=awards_too)
    assert statistics(deciders).not_entered == 3
    assert deciders.office.information.filling.fill() == (3, 1)
    assert rows(deciders) == before
    assert deciders.office.information.filling.fill() == (0, 0)
    assert statistics(deciders).not_entered == 0


def test_filling_that_is_stopped_goes_on_where_it_was(
    deciders: Deciders, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue_sample(deciders, 5)
    before = rows(deciders)
    forget(deciders, awards_too=True)
    monkeypatch.setattr(reports_fill, "CHUNK", 2)
    filling = deciders.office.information.filling
    goes_on = iter((True, True))  # begun, and the first of its chunks
    assert filling.fill(lambda: not next(goes_on, False)) == (2, 0)
    assert statistics(deciders).not_entered == 3
    assert filling.fill() == (3, 1)
    assert rows(deciders) == before


def test_a_file_that_cannot_be_read_any_more_holds_up_nothing(deciders: Deciders) -> None:
    issue_sample(deciders, 2)
    forget(deciders, awards_too=True)

    def unreadable(_raw: bytes, _name: str) -> Any:
        raise UnreadableInput("无法读取")

    filling = replace(deciders.office.information.filling, read_file=unreadable)
    assert filling.fill() == (2, 1)
    measured = {one.field: (one.filled, one.applicable) for one in statistics(deciders).completeness}
    assert (measured["unit_kind"], measured["unit_name"]) == ((0, 2), (2, 2))


def test_the_dates_of_a_filing_are_read_once(deciders: Deciders) -> None:
    issue_sample(deciders, 1)
    assert deciders.office.information.filling.read_milestones() == 1
    assert deciders.office.information.filling.read_milestones() == 0
    with deciders.office.engine.begin() as connection:
        (kept,) = connection.execute(select(filing_milestone)).all()
    assert (kept.review_year, kept.meeting_ends_on, kept.reported_on) == (2023, "2023-09-21", "2023-09-22")
    assert (kept.publicity_ends_on, kept.filed_on) == ("2023-10-07", "2023-10-08")


def statistics(deciders: Deciders) -> Any:
    question = StatisticsQuestion(Dimension.CITY, None, deciders.clock.today())
    return deciders.office.information.reports.statistics(question, OPERATOR)
