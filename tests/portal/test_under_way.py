"""Where is my certificate in the chain? Told of one's own row alone, on both databases, without opening anybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from certsvc.adapters.clock import FixedClock
from certsvc.adapters.filed_person_schema import filed_person, persons_read
from certsvc.adapters.person_links import DatabasePersonLinks
from certsvc.domain.caller import holder_caller
from certsvc.domain.filed_person import FiledTitle
from certsvc.domain.filing import FilingStatus
from certsvc.domain.identity import IdDocument, IdKind
from certsvc.domain.rules.registry import declared_rules
from certsvc.domain.under_way import (
    BatchDays,
    FiledRow,
    Reason,
    Standing,
    Step,
    UnderWay,
    chain_of,
    reason_behind,
    reasons_of,
)
from certsvc.entrypoints.portal.pages import told
from certsvc.ports.credit import LinkedDocuments
from certsvc.stages.share_grants import Holder
from tests.portal.holders import Portal, page, person_of
from tests.support.office import OfficeUnderTest
from tests.support.workbooks import REGULAR, Batch, sample

TODAY = date(2023, 10, 10)
ROW = FiledRow(
    filing="F000000000000000",
    row=1,
    filed=FiledTitle("林晓棠", "高级工程师", "副高级", "工程技术人员", "道路与桥梁"),
    status=FilingStatus.EXAMINED,
    outcome="admitted",
    hold_codes=(),
    error_codes=(),
    error_columns=(),
    batch_ref="B1",
    committee_code="C1",
    announcement_ref="吉人社〔2023〕1号",
    received_at=datetime(2023, 10, 8, tzinfo=UTC),
    approved_on=None,
    header=(),
    received_on=date(2023, 10, 8),
    filing_due_on=date(2023, 10, 10),
    published=False,
    batch_void=False,
)
DAYS = BatchDays(date(2023, 9, 22), date(2023, 10, 7), date(2023, 10, 8))


@pytest.mark.parametrize(
    ("changes", "days", "step", "standing", "due_on"),
    [
        ({}, DAYS, Step.APPROVED, Standing.PRESENT, None),
        ({"approved_on": TODAY}, DAYS, Step.ISSUED, Standing.PRESENT, None),
        (
            {},
            replace(DAYS, publicity_ends_on=TODAY),
            Step.PUBLICITY,
            Standing.PRESENT,
            TODAY,
        ),
        (
            {"received_on": None},
            replace(DAYS, filed_on=None),
            Step.FILED,
            Standing.PRESENT,
            date(2023, 10, 10),
        ),
        ({"announcement_ref": None}, DAYS, Step.ANNOUNCED, Standing.PRESENT, None),
        ({"outcome": "held", "hold_codes": ("objection-open",)}, DAYS, Step.EXAMINED, Standing.STOPPED, None),
        ({"status": FilingStatus.REFUSED, "outcome": "refused"}, DAYS, Step.EXAMINED, Standing.STOPPED, None),
        ({}, BatchDays(None, None, None), Step.APPROVED, Standing.PRESENT, None),
    ],
)
def test_the_chain_has_one_present_step_and_says_by_when(
    changes: dict[str, Any], days: BatchDays, step: Step, standing: Standing, due_on: date | None
) -> None:
    chain = chain_of(replace(ROW, **changes), days, TODAY)
    assert [one.step for one in chain] == list(Step)
    (present,) = [one for one in chain if one.standing in (Standing.PRESENT, Standing.STOPPED)]
    assert (present.step, present.standing, present.due_on) == (step, standing, due_on)
    at = list(Step).index(step)
    assert {one.standing for one in chain[:at]} <= {Standing.DONE}
    assert {one.standing for one in chain[at + 1 :]} <= {Standing.AHEAD}


def test_every_reason_is_told_in_words_that_name_no_objection() -> None:
    assert set(told.REASONS) == set(Reason)
    assert set(told.STEPS) == set(told.PRESENT) == set(Step)
    assert reason_behind("objection-open") is Reason.UNDER_EXAMINATION
    for words in told.REASONS.values():
        assert "有异议的，核查" not in words[0]
    assert "异议" not in told.REASONS[Reason.UNDER_EXAMINATION][0]
    assert {reason_behind(code) for code in (rule.code for rule in declared_rules())} <= set(Reason)
    assert reasons_of(replace(ROW, batch_void=True)) == (Reason.BATCH_VOID,)
    assert reasons_of(replace(ROW, outcome="refused", error_codes=("not-passed",))) == (Reason.NOT_PASSED,)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[OfficeUnderTest]:
    """An office with nothing in it."""
    opened = OfficeUnderTest(
        tmp_path / "home", FixedClock(datetime(2023, 11, 1, 2, 0, tzinfo=UTC)), database_url
    )
    yield opened
    opened.close()


def _batch(*changes: dict[str, Any]) -> Batch:
    """The regular sample's first rows, changed."""
    batch = sample(REGULAR)
    return batch.with_rows([{**row, **change} for row, change in zip(batch.rows, changes, strict=False)])


def _told(office: OfficeUnderTest, name: str, id_number: str) -> tuple[UnderWay, ...]:
    caller = holder_caller(b"\1" * 32)
    return office.office.titles_under_way.of_holder(Holder(name, id_number), caller, "portal")


def test_a_row_is_followed_from_the_filing_to_the_certificate(office: OfficeUnderTest) -> None:
    batch = _batch({}, {"公示结果": "有异议"})
    first, second = map(person_of, batch.rows)
    report = office.submit(batch.xlsx())
    (one,) = _told(office, *first)
    assert (one.filing, one.filed.title, one.present.step) == (
        report.filing,
        batch.rows[0]["职称名称"],
        Step.APPROVED,
    )
    days = {step.step: step.done_on for step in one.chain if step.done_on is not None}
    assert days[Step.PUBLICITY] == date(2023, 10, 7)
    (held,) = _told(office, *second)
    assert (held.present.step, held.reasons) == (Step.EXAMINED, (Reason.UNDER_EXAMINATION,))
    assert _told(office, "别人", first[1]) == _told(office, first[0], second[1]) == ()
    office.approval.approve(report.filing, "maker")
    assert _told(office, *first)[0].present.step is Step.ISSUED
    office.issue(report)
    assert _told(office, *first) == ()
    assert _told(office, *second)[0].reasons == (Reason.UNDER_EXAMINATION,)


def test_what_was_filed_wrongly_names_the_column_and_the_next_filing_takes_its_place(
    office: OfficeUnderTest,
) -> None:
    wrong = _batch({"性别": "男"})
    person = person_of(wrong.rows[0])
    office.submit(wrong.xlsx())
    (one,) = _told(office, *person)
    assert (one.reasons, one.columns) == ((Reason.DATA,), ("性别",))
    office.clock.advance(timedelta(minutes=1))
    right = office.submit(_batch({"性别": "女"}).xlsx())
    (one,) = _told(office, *person)
    assert (one.filing, one.present.step) == (right.filing, Step.APPROVED)


def test_a_linked_number_finds_the_same_rows(office: OfficeUnderTest) -> None:
    batch = _batch({})
    name, filed_under = person_of(batch.rows[0])
    office.submit(batch.xlsx())
    assert _told(office, name, "E12345678") == ()
    links = DatabasePersonLinks(office.office.engine, office.office.keys.cipher)
    passport = IdDocument(IdKind.PASSPORT, "E12345678")
    card = IdDocument(IdKind.CITIZEN, filed_under)
    links.link(LinkedDocuments(passport, card, "吉人社函〔2023〕1号"), office.clock.now())
    assert len(_told(office, name, "E12345678")) == 1
    assert _told(office, "别人", "E12345678") == ()


def test_filings_from_before_are_read_once(office: OfficeUnderTest) -> None:
    batch = _batch({})
    person = person_of(batch.rows[0])
    office.submit(batch.xlsx())
    with office.office.engine.begin() as connection:
        connection.execute(delete(filed_person))
        connection.execute(delete(persons_read))
    assert _told(office, *person) == ()
    assert office.office.information.persons.fill() == 1
    assert len(_told(office, *person)) == 1
    assert office.office.information.persons.fill() == 0


def test_the_page_shows_the_chain_to_the_person_alone(portal: Portal) -> None:
    batch = sample(REGULAR)
    rows = [{**batch.rows[6], "公示结果": "有异议"}, batch.rows[7]]
    portal.filed(batch.with_rows(rows).with_header(批次编号="2023-补-1", 公布文号="吉人社职字〔2023〕901号"))
    name, id_number = person_of(batch.rows[6])
    with portal.person(name, id_number) as browser:
        shown = page(browser.get("/portal"))
    assert "停在这一步" in shown.text
    assert "核查中" in shown.text
    assert "有异议" not in shown.text
    assert person_of(batch.rows[7])[0] not in shown.text
